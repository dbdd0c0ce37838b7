"""The order of the queue: counts with their interval, urgency, and a floor for clinical denials."""

from dataclasses import replace
from decimal import Decimal

import pytest

from mso.denials.scoring import Interval, OverturnCounts, ScoreInput, Tally, overturn_chance, score, wilson

D = Decimal
CASE = ScoreInput("50", "SYN01", 1, "medical_necessity", D(1000), D(118), 60, False)
MANY, FEW = Tally(15, 20), Tally(19, 19)


def counts(reason: Tally, payer: Tally, category: Tally) -> OverturnCounts:
    return OverturnCounts({("50", "SYN01", 1): reason}, {"SYN01": payer}, {"medical_necessity": category})


@pytest.mark.parametrize(
    ("tallies", "basis", "probability"),
    [
        ((MANY, FEW, FEW), "reason", "0.75"),
        ((FEW, MANY, FEW), "payer", "0.75"),
        ((FEW, FEW, MANY), "category", "0.75"),
        ((FEW, FEW, FEW), "none", "0.5"),
    ],
)
def test_too_few_cases_back_off_to_the_next_wider_count(
    tallies: tuple[Tally, Tally, Tally], basis: str, probability: str
) -> None:
    chance = overturn_chance(CASE, counts(*tallies))
    assert (chance.basis, chance.probability) == (basis, D(probability))


@pytest.mark.parametrize(
    ("tally", "low", "high"),
    [
        (Tally(0, 0), "0", "1"),
        (Tally(5, 10), "0.2366", "0.7634"),
        (Tally(0, 10), "0", "0.2775"),
        (Tally(10, 10), "0.7225", "1"),
        (Tally(50, 100), "0.4038", "0.5962"),
    ],
)
def test_wilson_interval(tally: Tally, low: str, high: str) -> None:
    assert wilson(tally) == Interval(D(low), D(high))


def test_expected_recovery_is_amount_times_chance_less_cost() -> None:
    assert score(CASE).expected == D("382.00")


def test_the_last_14_days_come_first() -> None:
    small_urgent = replace(CASE, remaining_amount=D(1), days_left=14)
    assert score(small_urgent).rank > score(CASE).rank
    assert not score(replace(CASE, days_left=15)).is_urgent


def test_a_small_clinical_denial_never_falls_below_its_floor() -> None:
    clinical = score(replace(CASE, remaining_amount=D(1), is_clinical=True))
    assert (clinical.rank, clinical.expected) == (D(100), D("-117.50"))
