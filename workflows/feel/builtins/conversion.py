"""Conversion functions (DMN 1.5 section 10.3.4.1)."""

import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import FeelSyntaxError, Trouble
from workflows.feel.far import AnyDate, AnyMoment, date_of, in_cycle
from workflows.feel.range_text import read_range
from workflows.feel.temporal import (
    at_time,
    make_date,
    make_offset,
    make_time,
    read_date,
    read_datetime,
    read_duration,
    read_time,
)
from workflows.feel.values import NUMBERS, Range, YearsMonths

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_SEPARATORS = (" ", ",", ".")


@builtin("number", "from: string", "grouping separator?: string", "decimal separator?: string", price=12)
def number(text: str, grouping: str | None, decimal: str | None) -> Decimal:
    allowed = (None, *_SEPARATORS)
    if grouping not in allowed or decimal not in (None, ".", ",") or (grouping and grouping == decimal):
        raise Trouble("argument", "The separators are not valid.")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(decimal, ".") if decimal else plain
    if not _NUMBER.fullmatch(plain):
        raise Trouble("argument", "The text is not a number.")
    return NUMBERS.create_decimal(plain)


@builtin("number", "from: number")
def same_number(value: Decimal) -> Decimal:
    return value


@builtin("date", "from: string", price=12)
def date_of_text(text: str) -> AnyDate:
    return read_date(text)


@builtin("date", "from: date|date and time")
def date_only(value: AnyDate) -> AnyDate:
    return value.date() if isinstance(value, datetime) else date_of(value)


@builtin("date", "year: number", "month: number", "day: number")
def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> AnyDate:
    return make_date(_whole(year), _whole(month), _whole(day))


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value() or abs(value) > 1_000_000_000:
        raise Trouble("argument", "A whole number is expected.")
    return int(value)


@builtin("time", "from: string", price=12)
def time_of_text(text: str) -> time:
    return read_time(text)


@builtin("time", "from: time|date and time|date")
def time_of(value: time | AnyDate) -> time:
    if isinstance(value, time):
        return value
    inner = in_cycle(value)
    return inner.timetz() if isinstance(inner, datetime) else time(tzinfo=UTC)


@builtin("time", "hour: number", "minute: number", "second: number", "offset?: days and time duration", price=16)
def time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> time:
    micro = int((second % 1).scaleb(6)) if abs(second) < 100 else 0
    zone = make_offset(offset) if offset is not None else None
    if hour >= 24:
        raise Trouble("argument", "There is no such time.")
    return make_time(_whole(hour), _whole(minute), _whole(second - second % 1), micro, zone)


@builtin("date and time", "from: string", price=12)
def datetime_of_text(text: str) -> AnyMoment:
    return read_datetime(text)


@builtin("date and time", "from: date and time")
def same_datetime(value: AnyMoment) -> AnyMoment:
    return value


@builtin("date and time", "date: date|date and time", "time: time")
def datetime_of_parts(day: AnyDate, clock: time) -> AnyMoment:
    return at_time(day, clock)


@builtin("duration", "from: string", price=12)
def duration_of_text(text: str) -> timedelta | YearsMonths:
    return read_duration(text)


@builtin("duration", "from: days and time duration|years and months duration")
def same_duration(value: timedelta | YearsMonths) -> timedelta | YearsMonths:
    return value


@builtin("years and months duration", "from: date|date and time", "to: date|date and time")
def months_between(start: AnyDate, end: AnyDate) -> YearsMonths:
    """Whole months from start to end; the time of day does not count (section 10.3.4.1)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearsMonths(months)


@builtin("range", "from: string", price=80)
def range_of_text(text: str) -> Range:
    try:
        return read_range(text)
    except FeelSyntaxError:
        raise Trouble("argument", "The text is not a range of literals.") from None
