"""Values at the doors: in from Python, out as text."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.workflows.feel.say import value
from workflows.feel import Range, Value, YearsMonths, from_python, to_text


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (1, Decimal(1)),
        (0.1, Decimal("0.1")),
        (True, True),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ((1, "a"), [Decimal(1), "a"]),
        ({"a": {"b": 2}}, {"a": {"b": Decimal(2)}}),
        (None, None),
    ],
)
def test_python_values_become_feel_values(thing: object, expected: Value) -> None:
    found = from_python(thing)
    assert found == expected
    assert type(found) is type(expected)


def test_nesting_at_the_door_is_bounded() -> None:
    deep: object = 1
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        from_python(deep)


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (None, "null"),
        (True, "true"),
        (Decimal("1.50"), "1.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0"), "0"),
        ("a", "a"),
        (["a", None], '["a", null]'),
        ({"a b": Decimal(1), "x-y": "q\""}, '{a b: 1, "x-y": "q\\""}'),
        (date(2026, 1, 2), "2026-01-02"),
        (time(10, 0, 0, 500000), "10:00:00.5"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00Z"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=ZoneInfo("Europe/Paris")), "2026-01-02T03:04:00@Europe/Paris"),
        (timedelta(days=1, hours=2, seconds=1.5), "P1DT2H1.5S"),
        (-timedelta(minutes=1), "-PT1M"),
        (timedelta(0), "PT0S"),
        (YearsMonths(-14), "-P1Y2M"),
        (YearsMonths(0), "P0M"),
        (Range(Decimal(1), Decimal(2), True, False), "[1..2)"),
    ],
)
def test_values_as_text(thing: Value, text: str) -> None:
    assert to_text(thing) == text


@pytest.mark.parametrize("text", ["P1DT2H1.5S", "-PT1M", "P1Y2M", "2026-01-02T03:04:00@Europe/Paris", "10:00:00.5"])
def test_text_of_a_temporal_value_reads_back(text: str) -> None:
    assert value(f'string(@"{text}")') == text
