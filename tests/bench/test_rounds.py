"""A repetition whose two raw commits differ too much is made again and leaves no number."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from bench import rounds
from bench.records import Book
from bench.rig import Failed, Nothing, NotRun
from bench.rounds import Cell, Plan, repeat
from bench.settings import Settings


def rig(**more: Any) -> Any:
    return SimpleNamespace(settings=Settings(**{"reps": 2, **more}), book=Book(), say=lambda line: None)


def raw(monkeypatch: pytest.MonkeyPatch, *milliseconds: float) -> None:
    """What the raw commits take, one after the other; the last one for ever."""
    left: Iterator[float] = iter((*milliseconds, *(milliseconds[-1] for _ in range(100))))
    monkeypatch.setattr(rounds, "measure_raw", lambda _, processes: {"p50": next(left)})


def results(made: Any, measure: str) -> list[float]:
    return [one["numbers"]["p50"] for one in made.book.of("result") if one["measure"] == measure]


def test_an_even_repetition_is_kept_with_the_limit_between_its_two_raw_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    raw(monkeypatch, 1.0, 1.21)
    made = rig(reps=1)
    repeat(made, Plan("W1", (Cell("countersign", "complete", lambda: {"p50": 3.0}),)))
    assert results(made, "complete") == [3.0]
    assert results(made, "raw") == [pytest.approx(1.1)]


def test_a_drifting_repetition_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    raw(monkeypatch, 1.0, 2.0, 1.0)
    made, times = rig(reps=1), iter([3.0, 4.0])
    repeat(made, Plan("W1", (Cell("countersign", "complete", lambda: {"p50": next(times)}),)))
    assert results(made, "complete") == [4.0]
    assert [one["kept"] for one in made.book.of("repetition")] == [False, True]


def test_a_machine_that_never_rests_gives_no_number_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = iter(range(1000))
    monkeypatch.setattr(rounds, "measure_raw", lambda _, processes: {"p50": 1.0 if next(turn) % 2 else 9.0})
    made = rig(reps=1)
    repeat(made, Plan("W1", (Cell("countersign", "complete", lambda: {"p50": 3.0}),)))
    assert results(made, "complete") == []
    assert len(list(made.book.of("repetition"))) == 4
    (gone,) = made.book.of("missing")
    assert (gone["measure"], gone["what"]) == ("complete", "not run")


@pytest.mark.parametrize(("problem", "what"), [(NotRun("no npm here"), "not run"), (Failed("it stalled"), "failed")])
def test_what_cannot_be_measured_is_noted_once_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, what: str
) -> None:
    def broken() -> dict[str, float]:
        raise problem

    raw(monkeypatch, 1.0)
    made = rig()
    cells = (Cell("viewflow", "complete", broken), Cell("countersign", "complete", lambda: {"p50": 3.0}))
    repeat(made, Plan("W1", cells))
    assert [(one["system"], one["what"], one["reason"]) for one in made.book.of("missing")] == [
        ("viewflow", what, str(problem))
    ]
    assert results(made, "complete") == [3.0, 3.0]


def test_a_window_in_which_nothing_ended_is_tried_again_in_the_next_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = iter([Nothing("too slow"), None])

    def slow() -> dict[str, float]:
        problem = next(turn)
        if problem:
            raise problem
        return {"p50": 3.0}

    raw(monkeypatch, 1.0)
    made = rig()
    repeat(made, Plan("W1", (Cell("countersign", "complete", slow),)))
    assert results(made, "complete") == [3.0]
    assert list(made.book.of("missing")) == []
