"""The fixed properties of dates, times, durations and ranges: the only "attributes" an expression can read."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.errors import Trouble
from workflows.feel.temporal import microseconds
from workflows.feel.values import FarDate, FarMoment, Range, Value, YearsMonths, type_name


def property_of(value: Value, name: str) -> Value:
    """Raises Trouble when values of this type have no such property."""
    found = _PROPERTIES.get((type(value), name))
    if found is None:
        raise Trouble("missing-field", f'A {type_name(value)} has no property "{name}".')
    result: Value = found(value)
    return result


def _offset(clock: Any) -> timedelta | None:
    offset: timedelta | None = clock.utcoffset()
    return offset


def _zone(clock: Any) -> str | None:
    return clock.tzinfo.key if isinstance(clock.tzinfo, ZoneInfo) else None


def _part(divisor: int, modulus: int) -> Callable[[Any], Decimal]:
    """A component of a duration, with the sign of the duration. Units: seconds."""

    def read(size: timedelta) -> Decimal:
        total = microseconds(size)
        part = abs(total) // 1_000_000 // divisor
        part = part % modulus if modulus else part
        return Decimal(-part if total < 0 else part)

    return read


def _years(size: YearsMonths) -> Decimal:
    years = abs(size.months) // 12
    return Decimal(-years if size.months < 0 else years)


def _months(size: YearsMonths) -> Decimal:
    months = abs(size.months) % 12
    return Decimal(-months if size.months < 0 else months)


def _seconds(clock: Any) -> Decimal:
    return Decimal(clock.second)


def _within(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same of a date in a far cycle."""
    return lambda value: read(value.inner)


_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda clock: Decimal(clock.hour),
    "minute": lambda clock: Decimal(clock.minute),
    "second": _seconds,
    "time offset": _offset,
    "timezone": _zone,
}
_DAYS: dict[str, Callable[[Any], Any]] = {
    "days": _part(86400, 0),
    "hours": _part(3600, 24),
    "minutes": _part(60, 60),
    "seconds": _part(1, 60),
}
_RANGE: dict[str, Callable[[Any], Any]] = {
    "start": lambda span: span.low,
    "end": lambda span: span.high,
    "start included": lambda span: span.low_closed,
    "end included": lambda span: span.high_closed,
}
_FAR_DATE = _DATE | {"weekday": _within(_DATE["weekday"])}
_PROPERTIES: dict[tuple[type, str], Callable[[Any], Any]] = {
    (kind, name): read
    for kind, table in (
        (date, _DATE),
        (FarDate, _FAR_DATE),
        (FarMoment, _FAR_DATE | {name: _within(read) for name, read in _TIME.items()}),
        (datetime, _DATE | _TIME),
        (time, _TIME),
        (timedelta, _DAYS),
        (YearsMonths, {"years": _years, "months": _months}),
        (Range, _RANGE),
    )
    for name, read in table.items()
}
