"""The only source of time. A request or a job takes it once and hands it down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


_clock: Clock = system_clock


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _clock()


@contextmanager
def using(clock: Clock) -> Iterator[None]:
    """Take time from another clock for a while (tests move time with it)."""
    global _clock
    previous, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = previous
