"""A process that dies by kill -9 just before it says its nth statement to the database.

The process is a fork of the test's: it gets connections of its own, does one thing and ends. Nothing of it can be
caught, flushed or rolled back on the way out, as when the machine loses power.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from store.db import REGISTER_BIND, db

DONE, REFUSED = 0, 3


def outcomes(act: Callable[[], Any], *, most: int = 400) -> Iterator[tuple[int, int]]:
    """Do `act` in processes that die before statement 1, 2, 3 …, until one lives; gives (statement, how it ended).

    How it ended: -9 killed, DONE, or REFUSED when `act` raised. The caller looks at the database after each.
    """
    for place in range(1, most):
        ended = run_dying(act, place)
        yield place, ended
        if ended >= 0:
            return
    raise AssertionError(f"It still says something after {most} statements.")


def run_dying(act: Callable[[], Any], place: int) -> int:
    """Do it in a process that dies before its statement number `place`. -9, DONE or REFUSED."""
    child = os.fork()
    if child == 0:
        _live(act, place)
    _, status = os.waitpid(child, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _live(act: Callable[[], Any], place: int) -> None:
    ended = REFUSED
    try:
        for engine in (db.engine, db.engines[REGISTER_BIND]):
            engine.dispose(close=False)  # The connections belong to the parent.
        _die_before(place)
        act()
        ended = DONE
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(ended)


def _die_before(place: int) -> None:
    """Count what is said through every kind of cursor; BEGIN and COMMIT of the driver's own are counted too."""
    said = 0

    def count() -> None:
        nonlocal said
        said += 1
        if said == place:
            os.kill(os.getpid(), signal.SIGKILL)

    for kind in (psycopg.Cursor, psycopg.RawCursor):
        _counted(kind, "execute", count)
    for verb in ("commit", "rollback"):
        _counted(psycopg.Connection, verb, count)


def _counted(owner: Any, name: str, count: Callable[[], None]) -> None:
    plain = getattr(owner, name)

    def counted(self: Any, *arguments: Any, **named: Any) -> Any:
        count()
        return plain(self, *arguments, **named)

    setattr(owner, name, counted)
