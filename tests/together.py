"""Several people or workers in the same instant."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run these in threads, each with an application context of its own; what each gave or raised."""
    found: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                found[place] = acts[place]()
            except Exception as error:
                found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found
