"""Dates outside the years 1 to 9999, which Python's calendar does not know (XML Schema 1.1 years, up to nine digits).

The calendar repeats every 400 years, to the day of the week. So such a date is the date of the same place in the cycle
that starts in 2000, and how many cycles away from it.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from workflows.feel.errors import Trouble
from workflows.feel.values import CYCLE_YEARS, FarDate, FarMoment

CYCLE_DAYS = 146_097
MAX_YEAR = 999_999_999
_DAY = 86_400_000_000  # microseconds
_START = 2000

AnyDate: TypeAlias = date | FarDate  # includes dates with a time: both kinds are subclasses
AnyMoment: TypeAlias = datetime | FarMoment


def far_date(year: int, month: int, day: int) -> AnyDate:
    """Raises Trouble when there is no such day, or the year has more than nine digits."""
    cycles, place = divmod(year - _START, CYCLE_YEARS)
    try:
        return _folded_date(cycles, date(_START + place, month, day))
    except ValueError:
        raise Trouble("argument", "There is no such day.") from None


def far_moment(day: AnyDate, clock: time) -> AnyMoment:
    """A date with a time of day."""
    cycles, inner = unfolded(day)
    return _folded_moment(cycles, datetime.combine(inner, clock))


def unfolded(value: AnyDate) -> tuple[int, date]:
    """The cycle, and the date (or date and time) within the first one."""
    if isinstance(value, FarDate):
        return value.cycles, value.inner
    cycles, place = divmod(value.year - _START, CYCLE_YEARS)
    return cycles, value.replace(year=_START + place)


def in_cycle(value: AnyDate) -> date:
    """A date with the same month, day and day of the week, which Python knows."""
    return unfolded(value)[1] if isinstance(value, FarDate) else value


def _settled(cycles: int, inner: date) -> tuple[int, int]:
    """The cycle the inner date has run into, and its year there. Raises Trouble when it is too far away."""
    if abs(cycles * CYCLE_YEARS + inner.year) > MAX_YEAR:
        raise Trouble("arithmetic", f"The result is outside the years -{MAX_YEAR} to {MAX_YEAR}.")
    further, place = divmod(inner.year - _START, CYCLE_YEARS)
    return cycles + further, _START + place


def _folded_date(cycles: int, inner: date) -> AnyDate:
    cycles, year = _settled(cycles, inner)
    actual = cycles * CYCLE_YEARS + year
    return inner.replace(year=actual) if 1 <= actual <= 9999 else FarDate(cycles, inner.replace(year=year))


def _folded_moment(cycles: int, inner: datetime) -> AnyMoment:
    cycles, year = _settled(cycles, inner)
    actual = cycles * CYCLE_YEARS + year
    return inner.replace(year=actual) if 1 <= actual <= 9999 else FarMoment(cycles, inner.replace(year=year))


def date_of(value: AnyDate) -> AnyDate:
    """The day of a date and time; a date itself."""
    cycles, inner = unfolded(value)
    return _folded_date(cycles, inner.date()) if isinstance(inner, datetime) else value


def position(value: AnyDate) -> int:
    """Microseconds on a line that all dates and moments are on; those with a zone in UTC."""
    cycles, inner = unfolded(value)
    total = (cycles * CYCLE_DAYS + inner.toordinal()) * _DAY
    if not isinstance(inner, datetime):
        return total
    offset = inner.utcoffset() or timedelta(0)
    clock = inner.replace(tzinfo=None) - datetime.combine(inner.date(), time()) - offset
    return total + clock // timedelta(microseconds=1)


def moved_date(value: AnyDate, by: timedelta) -> AnyDate:
    """Whole days later, rounded down. Raises Trouble."""
    cycles, inner = unfolded(value)
    further, days = divmod(by.days, CYCLE_DAYS)
    return _folded_date(cycles + further, inner + timedelta(days=days))


def moved_moment(value: AnyMoment, by: timedelta) -> AnyMoment:
    """On the time line, not on the wall clock. Raises Trouble."""
    cycles, inner = unfolded(value)
    assert isinstance(inner, datetime)
    further, days = divmod(by.days, CYCLE_DAYS)
    step = by - timedelta(days=by.days) + timedelta(days=days)
    moved = inner + step if inner.tzinfo is None else (inner.astimezone(UTC) + step).astimezone(inner.tzinfo)
    return _folded_moment(cycles + further, moved)


def with_date(value: AnyDate, year: int, month: int, day: int) -> AnyDate:
    """The same time of another day. Raises Trouble."""
    moved = far_date(year, month, day)
    inner = in_cycle(value)
    return far_moment(moved, inner.timetz()) if isinstance(inner, datetime) else moved
