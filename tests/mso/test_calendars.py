"""Business days of a jurisdiction."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mso.calendars import (
    CalendarUnknown,
    add_business_days,
    add_months,
    business_days_between,
    is_business_day,
    next_business_day,
)


@pytest.mark.parametrize(
    ("day", "calendar", "is_open", "why"),
    [
        (date(2026, 11, 24), "US", True, "a Tuesday"),
        (date(2026, 11, 28), "US", False, "a Saturday"),
        (date(2026, 11, 26), "US", False, "Thanksgiving"),
        (date(2026, 7, 3), "US", False, "Independence Day on a Saturday is observed on Friday"),
        (date(2027, 7, 5), "US", False, "Independence Day on a Sunday is observed on Monday"),
        (date(2027, 12, 31), "US", False, "New Year 2028 on a Saturday is observed in the old year"),
        (date(2026, 2, 12), "NY", False, "Lincoln's birthday is a holiday of New York"),
        (date(2026, 2, 12), "US", True, "and not of the federation"),
        (date(2026, 3, 31), "CA", False, "Cesar Chavez Day in California"),
        (date(2026, 3, 31), "NY", True, "and not in New York"),
    ],
)
def test_business_days(day: date, calendar: str, is_open: bool, why: str) -> None:
    assert is_business_day(day, calendar) is is_open, why


@pytest.mark.parametrize(
    ("start", "count", "end", "why"),
    [
        (date(2026, 11, 24), 0, date(2026, 11, 24), "day 0 is the day itself"),
        (date(2026, 11, 24), 1, date(2026, 11, 25), "the next day"),
        (date(2026, 11, 24), 2, date(2026, 11, 27), "over Thanksgiving"),
        (date(2026, 11, 28), 1, date(2026, 11, 30), "from a Saturday"),
        (date(2026, 12, 31), 1, date(2027, 1, 4), "over New Year and a weekend"),
        (date(2026, 11, 24), 30, date(2027, 1, 8), "over two holidays of the year's end"),
    ],
)
def test_adding_business_days(start: date, count: int, end: date, why: str) -> None:
    assert add_business_days(start, count, "US") == end, why


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 60), st.sampled_from(["US", "NY", "CA", "TX"]))
def test_between_undoes_adding(start: date, count: int, calendar: str) -> None:
    assert business_days_between(start, add_business_days(start, count, calendar), calendar) == count


def test_between_is_negative_backwards() -> None:
    assert business_days_between(date(2026, 11, 25), date(2026, 11, 24)) == -1


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_business_days(date(2026, 11, 24), -1)


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(CalendarUnknown, match="XX"):
        is_business_day(date(2026, 11, 24), "XX")


def test_next_business_day_keeps_a_business_day() -> None:
    assert next_business_day(date(2026, 11, 24)) == date(2026, 11, 24)
    assert next_business_day(date(2026, 11, 26)) == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "count", "end"),
    [
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2027, 10, 31), 4, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 15), 4, date(2026, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_keep_the_day_or_end_with_the_month(day: date, count: int, end: date) -> None:
    assert add_months(day, count) == end
