"""Ratios come from one repetition at a time, and a bound without a number is missed."""

import pytest

from bench import gate
from bench.gate import outcomes, read_bound
from bench.goals import GOALS, judge, ratio_of
from bench.ratios import NotARatio, read_ratio, value
from bench.records import Book
from tests.bench.books import book


def found(text: str, made: Book) -> float | None:
    spread = value(made, read_ratio(text))
    return None if spread is None else round(spread.median, 3)


def test_both_sides_come_from_the_same_repetition() -> None:
    # The medians alone would say 3/1: the machine was slow when the product was.
    made = book({"complete": 2.0, "raw": 1.0}, {"complete": 30.0, "raw": 10.0}, {"complete": 3.0, "raw": 1.0})
    assert found("complete/raw", made) == 3.0
    made = book({"complete": 2.0, "raw": 1.0}, {"complete": 40.0, "raw": 20.0})
    assert found("complete/raw", made) == 2.0


def test_a_repetition_without_one_of_the_sides_is_left_out() -> None:
    assert found("complete/raw", book({"complete": 2.0, "raw": 1.0}, {"complete": 9.0})) == 2.0


def test_a_system_alone_means_the_same_measure() -> None:
    made = book({"complete": 2.0, "viewflow complete": 8.0, "viewflow start": 1.0})
    assert found("viewflow/complete", made) == 4.0
    assert found("viewflow.start/complete", made) == 0.5


def test_another_field_than_the_median_time_is_named() -> None:
    assert found("complete.P2@rate/raw.P2@rate", book({"complete.P2": 4.0, "raw.P2": 1.0})) == 0.25


def test_counts_may_stand_alone() -> None:
    made = Book()
    made.note("counts", workload="W1", system="countersign", measure="complete", numbers={"round_trips": 3.0})
    assert found("complete@round_trips", made) == 3.0


@pytest.mark.parametrize(
    "text", ["complete", "complete@rate", "complete@wal_bytes", "complete/", "/raw", "viewflow/naive"]
)
def test_milliseconds_alone_and_halves_are_no_ratio(text: str) -> None:
    with pytest.raises(NotARatio):
        read_ratio(text)


@pytest.mark.parametrize("text", ["complete/raw", "complete/raw=", "=3", "complete/raw=fast"])
def test_a_bound_needs_a_number(text: str) -> None:
    with pytest.raises(NotARatio):
        read_bound(text, is_most=True)


def verdicts(made: Book, *bounds: str, least: bool = False) -> list[bool]:
    return [one.passed for one in outcomes(made, [read_bound(one, is_most=not least) for one in bounds])]


def test_bounds_are_held_against_the_median() -> None:
    made = book({"complete": 2.0, "raw": 1.0, "viewflow complete": 5.0})
    assert verdicts(made, "complete/raw=2", "complete/raw=1.9") == [True, False]
    assert verdicts(made, "viewflow/complete=2.5", "viewflow/complete=2.6", least=True) == [True, False]


def test_a_peer_that_was_not_run_never_passes() -> None:
    made = book({"complete": 2.0, "raw": 1.0})
    made.note("missing", workload="W1", system="viewflow", measure="complete", what="not run", reason="no network")
    (only,) = outcomes(made, [read_bound("viewflow/complete=3", is_most=False)])
    assert not only.passed
    assert "no network" in only.text
    assert gate.not_run(made) == ["W1 viewflow complete not run: no network"]


def test_a_measure_nobody_took_never_passes() -> None:
    assert verdicts(book({"raw": 1.0}), "complete/raw=1000") == [False]


def test_what_failed_and_what_is_wrong_misses_without_being_asked() -> None:
    made = book({"complete": 2.0, "raw": 1.0})
    made.note("missing", workload="W5", system="countersign", measure="*", what="failed", reason="it stalled")
    made.note("check", workload="W10", name="lost", value=1, must=0, ok=False)
    assert verdicts(made, "complete/raw=3") == [True, False, False]


def test_every_goal_names_a_ratio() -> None:
    assert all(ratio_of(goal) for goal in GOALS)
    assert all((goal.most is None) != (goal.least is None) for goal in GOALS)
    assert {one.met for one in judge(Book())} == {None}, "nothing was measured, so nothing is met"


def test_a_goal_that_is_missed_says_by_how_much() -> None:
    made = book({"complete": 6.0, "raw": 1.0, "viewflow complete": 9.0})
    by_ratio = {one.goal.ratio: one for one in judge(made)}
    assert by_ratio["complete/raw"].met is False
    assert by_ratio["complete/raw"].factor == 3.0
    assert by_ratio["viewflow/complete"].factor == 2.0
