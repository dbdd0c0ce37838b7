"""When is a task due? `dueIn` of the model, counted on the practice's calendar."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mso.calendars import add_business_days
from mso.practices import zone_of
from workflows.engine import value_of, wrong_kind
from workflows.model.human import business_days, plain_duration

NO_DUE = datetime(9999, 1, 1, tzinfo=UTC)
"""Sorts after every real due time; such a task shows no due time."""

END_OF_DAY = time(17, 0)


def due_at(due_in: str | None, variables: Mapping[str, Any], state: str | None, *, now: datetime) -> datetime | None:
    """The due instant (UTC) for a `dueIn` value: a business duration, an ISO 8601 duration, or FEEL.

    FEEL may give a date (due at 17:00 of that day in the practice's zone), an instant or a duration. None when the
    model sets no due time or the expression gives none. Raises EngineFault when the expression has no usable value.
    """
    if not due_in:
        return None
    days, duration = business_days(due_in), plain_duration(due_in)
    if days is not None:
        return _end_of(add_business_days(now.astimezone(zone_of(state)).date(), days, state or ""), state)
    if duration is not None:
        return now + duration
    local = now.astimezone(zone_of(state))
    match value_of(due_in, {"now": local, "today": local.date(), **variables}, now=local):
        case None:
            return None
        case datetime() as instant:
            return instant if instant.tzinfo else instant.replace(tzinfo=zone_of(state)).astimezone(UTC)
        case date() as day:
            return _end_of(day, state)
        case timedelta() as span:
            return now + span
        case other:
            raise wrong_kind(due_in, other, "a date, a date and time or a duration in days")


def _end_of(day: date, state: str | None) -> datetime:
    return datetime.combine(day, END_OF_DAY, tzinfo=zone_of(state)).astimezone(UTC)
