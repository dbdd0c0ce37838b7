"""In which order is the queue worked? The score orders; it never closes, routes or writes off.

The chance to overturn comes from the practice's own counts, with a Wilson interval, and is always shown with its n.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

ENOUGH = 20
URGENT_DAYS = 14
EVEN = Decimal("0.5")
_Z = Decimal("1.959964")  # 95 percent, two-sided
_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Tally:
    """Decided appeals and those of them overturned, wholly or in part."""

    overturned: int
    decided: int


@dataclass(frozen=True, slots=True)
class Interval:
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Chance:
    """basis: "reason" (this reason, payer and level), "payer", "category" or "none" (too few cases anywhere)."""

    probability: Decimal
    interval: Interval
    decided: int
    basis: str


@dataclass(frozen=True, slots=True)
class OverturnCounts:
    """The practice's own counts, from the closest to the widest."""

    by_reason: Mapping[tuple[str, str, int], Tally]
    by_payer: Mapping[str, Tally]
    by_category: Mapping[str, Tally]


NO_COUNTS = OverturnCounts({}, {}, {})


@dataclass(frozen=True, slots=True)
class ScoreInput:
    """remaining_amount and cost in dollars; days_left to the filing deadline, None when there is none."""

    reason_code: str
    payer_id: str
    level: int
    category: str
    remaining_amount: Decimal
    cost: Decimal
    days_left: int | None
    is_clinical: bool


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """urgent_boost: dollars added inside the last 14 days. clinical_floor: the least rank of a clinical denial."""

    urgent_boost: Decimal = Decimal(10_000)
    clinical_floor: Decimal = Decimal(100)


SETTINGS = ScoreSettings()


@dataclass(frozen=True, slots=True)
class Score:
    """rank orders the queue, highest first. expected is dollars: amount times chance, less the cost of the work."""

    rank: Decimal
    expected: Decimal
    chance: Chance
    is_urgent: bool


def score(case: ScoreInput, counts: OverturnCounts = NO_COUNTS, settings: ScoreSettings = SETTINGS) -> Score:
    """Expected recovery, boosted near the deadline; a clinical denial never falls below its floor."""
    chance = overturn_chance(case, counts)
    expected = (case.remaining_amount * chance.probability - case.cost).quantize(_CENT)
    is_urgent = case.days_left is not None and case.days_left <= URGENT_DAYS
    rank = max(expected, settings.clinical_floor) if case.is_clinical else expected
    return Score(rank + settings.urgent_boost if is_urgent else rank, expected, chance, is_urgent)


def overturn_chance(case: ScoreInput, counts: OverturnCounts) -> Chance:
    """From (reason, payer, level), else the payer, else the category, else one half: the first with 20 decided."""
    steps = (
        ("reason", counts.by_reason.get((case.reason_code, case.payer_id, case.level))),
        ("payer", counts.by_payer.get(case.payer_id)),
        ("category", counts.by_category.get(case.category)),
    )
    for basis, tally in steps:
        if tally is not None and tally.decided >= ENOUGH:
            probability = (Decimal(tally.overturned) / tally.decided).quantize(_PLACES)
            return Chance(probability, wilson(tally), tally.decided, basis)
    return Chance(EVEN, Interval(Decimal(0), Decimal(1)), 0, "none")


def wilson(tally: Tally) -> Interval:
    """Wilson score interval at 95 percent (E. B. Wilson, 1927); everything is possible when nothing was decided."""
    if tally.decided == 0:
        return Interval(Decimal(0), Decimal(1))
    n, z2 = Decimal(tally.decided), _Z * _Z
    share = tally.overturned / n
    center = share + z2 / (2 * n)
    spread = _Z * ((share * (1 - share) + z2 / (4 * n)) / n).sqrt()
    whole = 1 + z2 / n
    low, high = (center - spread) / whole, (center + spread) / whole
    return Interval(max(low, Decimal(0)).quantize(_PLACES), min(high, Decimal(1)).quantize(_PLACES))
