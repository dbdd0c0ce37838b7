"""A window counts what began and ended inside it, and nobody's rate is better for having run out of work."""

import time
from typing import Any

import pytest

from bench.crew import together
from bench.stats import quantile, spread
from bench.wire import Samples, steps, window


class Counted:
    """A subject whose operations take a while and may fail."""

    def __init__(self, work: int, takes: float = 0.002, fails: bool = False) -> None:
        self.left, self.takes, self.fails = work, takes, fails

    def load(self, work: list[Any]) -> None:
        self.left = len(work)

    def step(self) -> float | None:
        if not self.left:
            return None
        self.left -= 1
        time.sleep(self.takes)
        if self.fails:
            raise ValueError("no such row")
        return self.takes * 1000


def answer(ends: list[float], *, dry: bool = False, errors: dict[str, int] | None = None) -> dict[str, Any]:
    found = Samples(ends, [1.0] * len(ends), errors or {}, dry, 2, 0.5)
    return found.as_answer()


def test_what_ends_before_the_window_begins_is_for_warming_up() -> None:
    begin = time.monotonic() + 0.05
    found = window(Counted(10_000), begin, begin + 0.05)
    assert found.warmed > 0
    assert found.times
    assert all(0 <= end <= 0.2 for end in found.ends)


def test_a_subject_without_work_says_so() -> None:
    begin = time.monotonic()
    found = window(Counted(3), begin, begin + 5)
    assert found.ran_dry
    assert len(found.times) + found.warmed == 3


def test_an_operation_that_fails_is_counted_and_is_no_time() -> None:
    found = steps(Counted(4, fails=True), 4)
    assert found.times == []
    assert sum(found.errors.values()) == 4
    assert "no such row" in next(iter(found.errors))


def test_so_many_steps_are_made() -> None:
    assert len(steps(Counted(100), 7).times) == 7


def test_processes_are_measured_in_one_window() -> None:
    found = together([answer([0.1, 0.2, 0.9]), answer([0.3])], 1.0)
    assert (found.count, found.seconds, found.rate) == (4, 1.0, 4.0)
    assert found.total == 8, "those for warming up wrote to the log too"


def test_when_one_process_ran_out_of_work_only_the_time_before_counts() -> None:
    found = together([answer([0.1, 0.2], dry=True), answer([0.1, 0.15, 0.9])], 1.0)
    assert found.seconds == 0.2
    assert found.count == 4
    assert found.rate == pytest.approx(20.0)
    assert found.ran_dry


def test_what_ends_after_the_window_is_not_counted() -> None:
    assert together([answer([0.5, 1.3])], 1.0).count == 1


def test_errors_of_all_processes_are_added_up() -> None:
    assert together([answer([], errors={"a": 1}), answer([], errors={"a": 2, "b": 1})], 1.0).failed == 4


def test_quantiles_are_values_that_were_measured() -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.99) == 4.0
    assert quantile([5.0], 0.01) == 5.0


def test_a_spread_of_nothing_is_nothing() -> None:
    assert spread([]) is None
    found = spread([3.0, 1.0, 2.0])
    assert found is not None
    assert (found.median, found.least, found.most, found.count) == (2.0, 1.0, 3.0, 3)
