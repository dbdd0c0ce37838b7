"""What goes to the log: names, places and ids. Never the message of an error, which may quote a file or a row."""

import logging
import sys
from typing import Any

from store.traces import places


class _Discreet(logging.Formatter):
    """Formats an error as its class and places."""

    def formatException(self, ei: Any) -> str:
        kind, _, trace = ei
        return f"{kind.__name__ if kind else 'error'} at {', '.join(places(trace))}"

    def formatStack(self, stack_info: str) -> str:
        return ""


def configure() -> None:
    """Send warnings and errors of every library to standard error, discreetly. Safe to call more than once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
