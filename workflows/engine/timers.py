"""When is a timer due?

A timer is ISO 8601 text (`PT1H`, `P3D`, `2026-07-01`, `R3/P1D`), a number of business days (`5 business days`, `P5BD`),
or FEEL that gives such text, a date, a date and time or a duration. A date means the start of that day where the
instance is at home, and so does a date and time without zone. Due times are aware UTC.

Years, months, weeks, days and business days in a text are counted on the calendar there: the clock shows the same time
then, also after it was put forward or back, and a day that a month does not have is its last one. Hours, minutes and
seconds are exact, and so is a FEEL duration of days and time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from workflows.engine.faults import EngineFault
from workflows.feel import YearsMonths, type_name
from workflows.model.human import business_days

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"^(-)?P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?$"
)
_CYCLE = re.compile(r"^R(\d*)/(.+)$")
_ISO_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}(T.+)?$")

Evaluate = Callable[[str], Any]
Business = Callable[[date, int], date]
"""The day so many business days after a day."""


@dataclass(frozen=True)
class Span:
    """A duration: whole months and days of the calendar, business days, and exact time."""

    months: int = 0
    days: int = 0
    rest: timedelta = timedelta(0)
    business_days: int = 0

    def after(self, moment: datetime, zone: tzinfo = UTC, business: Business | None = None) -> datetime:
        """The moment plus this duration, by the calendar of the zone."""
        if not (self.months or self.days or self.business_days):
            return moment + self.rest
        local = moment.astimezone(zone).replace(tzinfo=None) + relativedelta(months=self.months, days=self.days)
        if self.business_days:
            day = (business or weekdays_after)(local.date(), self.business_days)
            local = datetime.combine(day, local.time())
        return local.replace(tzinfo=zone).astimezone(UTC) + self.rest

    def times(self, count: int) -> "Span":
        """So many of them, one after the other."""
        return Span(self.months * count, self.days * count, self.rest * count, self.business_days * count)


@dataclass(frozen=True)
class Cycle:
    """count: firings left, None without limit; first: first due time; every: ISO 8601 text of the duration."""

    count: int | None
    first: datetime
    every: str


def is_literal(text: str) -> bool:
    """Whether the text is a time as it stands and needs no evaluation."""
    return bool(
        _DURATION.match(text) or _CYCLE.match(text) or _ISO_MOMENT.match(text) or business_days(text) is not None
    )


def wall_clock(now: datetime, zone: tzinfo) -> datetime:
    """Now as the clocks of a zone show it, with the offset of this moment: today() and now() of expressions."""
    local = now.astimezone(zone)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))


def weekdays_after(day: date, count: int) -> date:
    """The day so many weekdays after a day, where nobody knows the holidays."""
    for _ in range(count):
        day += timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))
    return day


def due_at(text: str, evaluate: Evaluate, now: datetime, zone: tzinfo, business: Business | None = None) -> datetime:
    """Due time of a date or duration timer. Raises the "timer" fault when the text gives neither."""
    text = text.strip()
    value = text if is_literal(text) else evaluate(text)
    try:
        moment = _moment(value, now, zone, business)
    except (OverflowError, ValueError):  # Beyond the calendar, or more business days than are counted through.
        moment = None
    if moment is None:
        raise _fault(text, value)
    return moment


def cycle_of(text: str, evaluate: Evaluate, now: datetime, zone: tzinfo, business: Business | None = None) -> Cycle:
    """The cycle of a repeating timer: `R3/P1D`, `R/2026-07-01T09:00Z/P1D`, or FEEL giving such text."""
    text = text.strip()
    value = text if is_literal(text) else evaluate(text)
    match = _CYCLE.match(value) if isinstance(value, str) else None
    if match is None:
        raise _fault(text, value)
    parts = match.group(2).split("/")
    span = parse_duration(parts[-1])
    start = _moment(parts[0], now, zone, business) if len(parts) == 2 and _ISO_MOMENT.match(parts[0]) else None
    if span is None or span == Span() or len(parts) > 2 or (len(parts) == 2 and start is None):
        raise _fault(text, value)
    count = int(match.group(1)) if match.group(1) else None
    return Cycle(count, start if start is not None else span.after(now, zone, business), parts[-1])


def parse_duration(text: str) -> Span | None:
    """A duration in ISO 8601 or business days, not negative; None for any other text. Fractions only below months."""
    counted = business_days(text)
    if counted is not None:
        return Span(business_days=counted)
    match = _DURATION.match(text.strip())
    if match is None or match.group(1) or not any(match.groups()[1:]):
        return None
    years, months, weeks, days, hours, minutes, seconds = (
        Decimal((group or "0").replace(",", ".")) for group in match.groups()[1:]
    )
    if years % 1 or months % 1:
        return None
    days += weeks * 7
    rest = timedelta(days=float(days % 1), hours=float(hours), minutes=float(minutes), seconds=float(seconds))
    return Span(int(years) * 12 + int(months), int(days), rest)


def _moment(value: Any, now: datetime, zone: tzinfo, business: Business | None) -> datetime | None:
    if isinstance(value, datetime):
        return _utc(value, zone)
    if isinstance(value, date):
        return _utc(datetime.combine(value, time()), zone)
    if isinstance(value, timedelta):
        return now + value
    if isinstance(value, YearsMonths):
        return Span(value.months).after(now, zone)
    return _moment_of_text(value.strip(), now, zone, business) if isinstance(value, str) else None


def _moment_of_text(text: str, now: datetime, zone: tzinfo, business: Business | None) -> datetime | None:
    span = parse_duration(text)
    if span is not None:
        return span.after(now, zone, business)
    if not _ISO_MOMENT.match(text):
        return None
    try:
        return _utc(datetime.fromisoformat(text), zone)
    except ValueError:
        return None


def _utc(value: datetime, zone: tzinfo) -> datetime:
    return (value.replace(tzinfo=zone) if value.tzinfo is None else value).astimezone(UTC)


def _fault(text: str, value: Any) -> EngineFault:
    return EngineFault(
        "timer",
        f"The timer {text} gives no time (it gives {type_name(value)}). "
        "Use an ISO 8601 duration or date, a number of business days, or FEEL that gives one.",
        {"expression": text},
    )
