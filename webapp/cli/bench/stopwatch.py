"""Timing small things side by side: interleaved batches, the median of each, as processor time of this thread."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat as times
from statistics import median
from time import thread_time

Work = Callable[[], object]
BATCH_SECONDS = 0.002
"""Long enough for the clock, short enough that a change of the machine's speed meets all works alike."""


def measure(works: Sequence[Work], repeat: int) -> list[float]:
    """Microseconds per call of each work: the median of `repeat` batches, the works taking turns."""
    seconds: list[list[float]] = [[] for _ in works]
    with _without_collector():
        counts = [_batch(work) for work in works]
        for _ in range(repeat):
            for work, count, found in zip(works, counts, seconds, strict=True):
                found.append(_seconds(work, count) / count)
            gc.collect()
    return [median(found) * 1e6 for found in seconds]


def _batch(work: Work) -> int:
    """How many calls make a batch. Warms the work up on the way; the faster of two tries counts, the other may have
    been disturbed."""
    count = 1
    while True:
        used = min(_seconds(work, count), _seconds(work, count))
        if used > BATCH_SECONDS / 4:
            return max(1, round(count * BATCH_SECONDS / used))
        count *= 4


def _seconds(work: Work, count: int) -> float:
    start = thread_time()
    for _ in times(None, count):
        work()
    return thread_time() - start


@contextmanager
def _without_collector() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
