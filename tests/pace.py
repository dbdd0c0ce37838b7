"""How fast is this machine? Limits of time are measured on one machine and held on others."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from time import thread_time

REFERENCE = 0.0043  # CPU seconds of `_work` where the limits of time were set
SLACK = 1.5  # neighbors on the same processor


@cache
def allowed(seconds: float) -> float:
    """CPU seconds that work may take here when it may take `seconds` where the limits were set."""
    return seconds * SLACK * max(1.0, min(_timed(_work) for _ in range(5)) / REFERENCE)


def ends_within(seconds: float, work: Callable[[], object], *, runs: int) -> None:
    """The shortest of several runs counts: other work on the machine makes a run longer, never shorter."""
    best = float("inf")
    for _ in range(runs):
        best = min(best, _timed(work))
        if best < allowed(seconds):
            return
    assert best < allowed(seconds)


def _timed(work: Callable[[], object]) -> float:
    started = thread_time()
    work()
    return thread_time() - started


def _work() -> None:
    """What evaluating does most: small objects, numbers, dictionaries."""
    total, kept = Decimal(0), dict[int, tuple[Decimal, str]]()
    for number in range(20_000):
        total += Decimal(number)
        kept[number % 100] = (total, str(number))
