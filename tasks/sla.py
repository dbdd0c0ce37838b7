"""When is a task due? `dueIn` of the model, counted on the practice's calendar."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mso.calendars import add_business_days
from mso.practices import zone_of
from workflows import feel

NO_DUE = datetime(9999, 1, 1, tzinfo=UTC)
"""Sorts after every real due time; such a task shows no due time."""

END_OF_DAY = time(17, 0)
_BUSINESS = re.compile(r"(\d+) business days?")
_ISO = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def due_at(due_in: str | None, variables: Mapping[str, Any], state: str | None, *, now: datetime) -> datetime | None:
    """The due instant (UTC) for a `dueIn` value: a business duration, an ISO 8601 duration, or FEEL.

    FEEL may give a date (due at 17:00 of that day in the practice's zone), an instant or a duration. None when the
    model sets no due time or the expression gives none.
    """
    if not due_in:
        return None
    business = _BUSINESS.fullmatch(due_in.strip())
    if business:
        return _end_of(add_business_days(now.astimezone(zone_of(state)).date(), int(business[1]), state or ""), state)
    duration = _ISO.fullmatch(due_in.strip())
    if duration:
        days, hours, minutes = (int(part or 0) for part in duration.groups())
        return now + timedelta(days=days, hours=hours, minutes=minutes)
    match feel.parse(due_in).evaluate(variables, now=now).value:
        case datetime() as instant:
            return instant if instant.tzinfo else instant.replace(tzinfo=zone_of(state)).astimezone(UTC)
        case date() as day:
            return _end_of(day, state)
        case timedelta() as span:
            return now + span
        case _:
            return None


def _end_of(day: date, state: str | None) -> datetime:
    return datetime.combine(day, END_OF_DAY, tzinfo=zone_of(state)).astimezone(UTC)
