"""Which days are business days? Saturdays, Sundays and public holidays of a jurisdiction are not.

A calendar is named by a two-letter USPS code (state, DC or territory: federal and state holidays) or "US" (federal
holidays only). Holidays observed on a Friday or Monday count on the day they are observed. All dates are civil dates.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import holidays
from sqlalchemy.orm import Session

from mso.practices import get_practice, is_state
from store.errors import Invalid

FEDERAL = "US"
ONE_DAY = timedelta(days=1)
MOST_DAYS = 4_000  # that are counted through, about eleven years: expressions of models can ask for any number


class CalendarUnknown(Invalid, ValueError):
    """No holiday calendar of that name. A ValueError too, so that in an expression it is null with a reason."""

    code = "calendar.unknown"
    message = "There is no holiday calendar {calendar}. Use a two-letter state code or US."


def is_business_day(day: date, calendar: str = FEDERAL) -> bool:
    return day.weekday() < 5 and day not in _holidays(calendar)


def holiday_name(day: date, calendar: str = FEDERAL) -> str | None:
    return _holidays(calendar).get(day)


def add_business_days(day: date, count: int, calendar: str = FEDERAL) -> date:
    """The day `count` business days after `day`. Day 0 is the day itself, also when it is no business day.

    Raises ValueError for a count below 0 or over MOST_DAYS, and CalendarUnknown.
    """
    if not 0 <= count <= MOST_DAYS:
        raise ValueError("count of business days is negative or too large")
    for _ in range(count):
        day = next_business_day(day + ONE_DAY, calendar)
    return day


def business_days_between(start: date, end: date, calendar: str = FEDERAL) -> int:
    """Business days after `start` up to and including `end`; negative when `end` lies before `start`.

    So that business_days_between(day, add_business_days(day, n)) == n. Raises ValueError when they are more than
    twice MOST_DAYS apart, and CalendarUnknown.
    """
    if abs(end - start) > 2 * MOST_DAYS * ONE_DAY:
        raise ValueError("the days are too far apart")
    if end < start:
        return -business_days_between(end, start, calendar)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(1 for day in days if is_business_day(day, calendar))


def next_business_day(day: date, calendar: str = FEDERAL) -> date:
    """The day itself, or the first business day after it."""
    while not is_business_day(day, calendar):
        day += ONE_DAY
    return day


def business_days_of_practice(session: Session, practice_id: int) -> Callable[[date, int], date]:
    """What counts business days for a practice, on the calendar of its state; federal holidays where none is known.

    The practice is looked up when a day is asked for: most work asks for none.
    """

    def after(day: date, count: int) -> date:
        state = get_practice(session, practice_id).state
        return add_business_days(day, count, state if is_state(state or "") else FEDERAL)

    return after


def add_months(day: date, count: int) -> date:
    """The same day number `count` months later, or the last day of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cache
def _holidays(calendar: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays("US", subdiv=None if calendar == FEDERAL else calendar)
    except NotImplementedError:
        raise CalendarUnknown(calendar=calendar) from None
