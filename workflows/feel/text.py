"""Values as text, the way FEEL's string() writes them (DMN 1.5 section 10.3.4.1)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from workflows.feel.budget import check_text
from workflows.feel.lexer import NAME_PART, NAME_START
from workflows.feel.temporal import microseconds
from workflows.feel.values import FarDate, Function, Range, Value, YearsMonths


def to_text(value: Value) -> str:
    """The text of a value; a string is returned as it is. Raises FeelBudgetExceeded for a text that is too long."""
    if isinstance(value, str):
        return value
    return _temporal_text(value) if isinstance(value, _TEMPORAL) else _written(value)


def to_literal(value: Value) -> str:
    """The text that reads back as the value: a string in quotes, a date as `@"2026-12-01"`."""
    return _written(value)


def _written(value: Value) -> str:
    """The text of a value as it is inside a list, context or range, where it reads back as an expression."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_text(value)
        case str():
            return quoted(value)
        case list():
            return _joined("[", (_written(item) for item in value), "]")
        case dict():
            return _joined("{", (f"{_key(key)}: {_written(item)}" for key, item in value.items()), "}")
        case Range():
            return _range_text(value)
        case Function():
            return _joined("function(", iter(value.parameters), ")")
    return f'@"{_temporal_text(value)}"'


_TEMPORAL = (date, FarDate, time, datetime, timedelta, YearsMonths)
_PLAIN_KEY = re.compile(rf"[{NAME_START}][{NAME_PART}]*(?: [{NAME_PART}]+)*")


def _joined(start: str, parts: object, end: str) -> str:
    pieces: list[str] = []
    length = 0
    for part in parts:  # type: ignore[attr-defined]
        length += len(part) + 2
        check_text(length)
        pieces.append(part)
    return start + ", ".join(pieces) + end


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else quoted(key)


def quoted(text: str) -> str:
    """A FEEL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + escaped.replace("\t", "\\t") + '"'


def number_text(value: Decimal) -> str:
    """Plain digits without exponent and without trailing zeros."""
    if not value:
        return "0"
    digits = format(value, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _range_text(value: Range) -> str:
    if value.operator:
        end = value.low if value.low is not None else value.high
        return f"({value.operator} {_written(end)})"
    low = "[" if value.low_closed else "("
    high = "]" if value.high_closed else ")"
    return f"{low}{_written(value.low)}..{_written(value.high)}{high}"


def _temporal_text(value: date | FarDate | time | datetime | timedelta | YearsMonths) -> str:
    if isinstance(value, FarDate):
        return f"{'-' if value.year < 0 else ''}{abs(value.year):04}{_temporal_text(value.inner)[4:]}"
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{_clock_text(value.timetz())}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return _clock_text(value)
    return _months_text(value) if isinstance(value, YearsMonths) else _days_text(value)


def _clock_text(clock: time) -> str:
    text = clock.replace(tzinfo=None).isoformat()
    if clock.microsecond:
        text = text.rstrip("0")
    zone = clock.tzinfo
    if zone is None:
        return text
    if isinstance(zone, ZoneInfo):
        return f"{text}@{zone.key}"
    if zone is UTC:
        return text + "Z"
    offset = zone.utcoffset(None)
    return text + _offset_text(offset) if offset else text + "Z"


def _offset_text(offset: timedelta) -> str:
    sign = "-" if offset < timedelta(0) else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def _months_text(value: YearsMonths) -> str:
    years, months = divmod(abs(value.months), 12)
    parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-P" if value.months < 0 else "P") + (parts or "0M")


def _days_text(value: timedelta) -> str:
    total = abs(microseconds(value))
    seconds, micro = divmod(total, 1_000_000)
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, whole = divmod(rest, 60)
    second = number_text(Decimal(whole) + Decimal(micro).scaleb(-6)) if whole or micro else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{second}S" if second else "")
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-P" if microseconds(value) < 0 else "P") + (text or "T0S")
