"""Built-ins of the product: added by the wiring, checked like all others."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.workflows.feel.say import kinds, value
from workflows.feel import Value, builtin_names, register_builtin
from workflows.feel.builtins import registry


@pytest.fixture(autouse=True)
def _business_days() -> Iterator[None]:
    def add(start: Value, days: Value, calendar: Value) -> Value:
        assert isinstance(start, date)
        assert isinstance(days, Decimal)
        if calendar != "US":
            raise ValueError("unknown calendar")
        return start + timedelta(days=int(days))

    register_builtin("add test days", ["date: date", "n: number", "calendar?: string"], add)
    yield
    registry.forget("add test days")


def test_a_registered_built_in_is_called_by_position_and_by_name() -> None:
    assert value('add test days(@"2026-01-01", 2, "US")') == date(2026, 1, 3)
    assert value('add test days(n: 2, date: @"2026-01-01", calendar: "US")') == date(2026, 1, 3)
    assert "add test days" in builtin_names()


def test_wrong_arguments_never_reach_it() -> None:
    assert value('add test days("2026-01-01", 2)') is None
    assert kinds('add test days("2026-01-01", 2)') == ["argument"]


def test_its_value_error_is_null_with_a_problem() -> None:
    assert kinds('add test days(@"2026-01-01", 2, "XX")') == ["argument"]


def test_a_name_with_a_word_of_the_language_in_it_can_be_called() -> None:
    register_builtin("test days between", ["from: date", "to: date"], lambda start, end: Decimal((end - start).days))
    try:
        assert value('test days between(@"2026-01-01", @"2026-01-03") + 1') == 3
        assert value('1 in [test  days\nbetween (@"2026-01-01", @"2026-01-02")..2]') is True
        assert value("test days between 1 and 3", **{"test days": 2}) is True
    finally:
        registry.forget("test days between")
