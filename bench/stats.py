"""Numbers out of samples: quantiles, medians over repetitions, spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """The median over repetitions, with the smallest and the largest."""

    median: float
    least: float
    most: float
    count: int


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value that `part` (0..1) of the sorted samples do not exceed (nearest rank). Samples must not be empty."""
    return ordered[max(0, min(len(ordered) - 1, ceil(part * len(ordered)) - 1))]


def spread(values: Sequence[float]) -> Spread | None:
    """The spread of what was measured once in each repetition; None when nothing was."""
    if not values:
        return None
    return Spread(median(values), min(values), max(values), len(values))
