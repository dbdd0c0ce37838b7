"""One operation taken apart, in the driver that does it."""

import cProfile
import pstats
from statistics import median
from typing import Any

from bench.spans import PYTHON, watched
from bench.wire import Samples, Subject, steps

FUNCTIONS = 30
"""How many functions are listed, those that spend most time themselves first."""


def breakdown(subject: Subject, count: int) -> dict[str, Any]:
    """Do it `count` times untouched, `count` times with every phase timed, and `count` times under cProfile.

    The subject needs work for 3 * count operations. Times are milliseconds of one operation.
    """
    plain = _middle(steps(subject, count))
    with watched() as ledger:
        timed = steps(subject, count)
    if timed.errors or not timed.times:
        raise RuntimeError(f"The operation failed: {next(iter(timed.errors), 'there was no work')}")
    found = ledger.answer(len(timed.times))
    mean = sum(timed.times) / len(timed.times)
    known = sum(one["ms"] for one in found["phases"])
    found["phases"].append({"phase": PYTHON, "ms": mean - known, "calls": 1.0})
    profile = cProfile.Profile()
    profile.enable()
    profiled = steps(subject, count)
    profile.disable()
    return {
        "count": len(timed.times),
        "untouched_ms": plain,
        "timed_ms": mean,
        **found,
        "functions": _functions(profile, max(1, len(profiled.times))),
    }


def _middle(samples: Samples) -> float:
    if samples.errors or not samples.times:
        raise RuntimeError(f"The operation failed: {next(iter(samples.errors), 'there was no work')}")
    return median(samples.times)


def _functions(profile: cProfile.Profile, count: int) -> list[dict[str, Any]]:
    stats: Any = pstats.Stats(profile)
    rows = sorted(stats.stats.items(), key=lambda one: -one[1][2])[:FUNCTIONS]
    return [
        {
            "function": f"{'/'.join(place.split('/')[-2:])}:{line} {name}",
            "own_ms": own * 1000 / count,
            "whole_ms": whole * 1000 / count,
            "calls": calls / count,
        }
        for (place, line, name), (_, calls, own, whole, _) in rows
    ]
