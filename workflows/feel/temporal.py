"""Reading dates, times and durations from text, and comparing them as instants.

Lexical forms: DMN 1.5 section 10.3.4.1 (XML Schema 1.1, plus `@Area/City` zones). Seconds are kept to the microsecond.
Years outside 1 to 9999 are in far.py.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from workflows.feel.errors import Trouble
from workflows.feel.far import AnyDate, AnyMoment, far_date, far_moment, moved_moment, with_date
from workflows.feel.values import FarDate, FarMoment, YearsMonths

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+/-]{1,64})?")
_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,11})M)?")
_DAYS = re.compile(r"(-)?P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{0,9}))?S)?)?")
MAX_OFFSET = timedelta(hours=18)


def read_date(text: str) -> AnyDate:
    """A date such as 2026-01-31. Raises Trouble."""
    found = _DATE.fullmatch(text)
    if not found:
        raise Trouble("argument", "The text is not a date (YYYY-MM-DD).")
    return make_date(*(int(part) for part in found.groups()))


def make_date(year: int, month: int, day: int) -> AnyDate:
    """Raises Trouble when there is no such day."""
    if not 1 <= year <= 9999:
        return far_date(year, month, day)
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise Trouble("argument", "There is no such day.") from None


def read_time(text: str) -> time:
    """A time such as 10:30:00, 10:30:00.5Z, 10:30:00+02:00 or 10:30:00@Europe/Paris. Raises Trouble."""
    found = _TIME.fullmatch(text)
    if not found:
        raise Trouble("argument", "The text is not a time (hh:mm:ss).")
    hour, minute, second, fraction, zone = found.groups()
    micro = int(fraction.ljust(6, "0")[:6]) if fraction else 0
    return make_time(int(hour), int(minute), int(second), micro, read_zone(zone))


def make_time(hour: int, minute: int, second: int, micro: int, zone: tzinfo | None) -> time:
    """Raises Trouble when there is no such time. 24:00:00 is read as 00:00:00, as XML Schema 1.1 says."""
    if (hour, minute, second, micro) == (24, 0, 0, 0):
        hour = 0
    try:
        return time(hour, minute, second, micro, zone)
    except (ValueError, OverflowError):
        raise Trouble("argument", "There is no such time.") from None


def read_zone(text: str | None) -> tzinfo | None:
    """The zone part of a time. Raises Trouble for an unknown zone or an offset over 18 hours."""
    if not text:
        return None
    if text == "Z":
        return UTC
    if text[0] == "@":
        return _region(text[1:])
    hours, minutes, seconds = (int(part) for part in f"{text[1:]}:0".split(":")[:3])
    if minutes > 59 or seconds > 59:
        raise Trouble("argument", "The time offset is not valid.")
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return make_offset(-size if text[0] == "-" else size)


def make_offset(offset: timedelta) -> tzinfo:
    """A fixed offset from UTC. Raises Trouble when it is over 18 hours."""
    if abs(offset) > MAX_OFFSET:
        raise Trouble("argument", "The time offset is not valid.")
    return timezone(offset) if offset else UTC


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _region(name: str) -> tzinfo:
    if name not in _known_zones():
        raise Trouble("argument", "The time zone is not known.")
    return ZoneInfo(name)


def at_time(day: AnyDate, clock: time) -> AnyMoment:
    """A date, or the day of a date and time, with another time of day."""
    return far_moment(day, clock) if isinstance(day, FarDate) else datetime.combine(day, clock)


def read_datetime(text: str) -> AnyMoment:
    """A date and time joined by T; a date alone is its midnight. Raises Trouble."""
    day, separator, clock = text.partition("T")
    if not separator:
        return at_time(read_date(day), time())
    moment = at_time(read_date(day), read_time(clock))
    return shift(moment, timedelta(days=1)) if clock.startswith("24:") else moment


def read_duration(text: str) -> timedelta | YearsMonths:
    """A duration such as P1DT2H or P1Y2M. Raises Trouble."""
    months = _MONTHS.fullmatch(text)
    if months and (months[2] or months[3]):
        total = int(months[2] or 0) * 12 + int(months[3] or 0)
        return YearsMonths(-total if months[1] else total)
    days = _DAYS.fullmatch(text)
    if not days or not any(days.group(2, 3, 4, 5)):
        raise Trouble("argument", "The text is not a duration (such as P3D, PT4H or P1Y6M).")
    return _days_and_time(days)


def _days_and_time(found: re.Match[str]) -> timedelta:
    day, hour, minute, second, fraction = found.group(2, 3, 4, 5, 6)
    seconds = int(day or 0) * 86400 + int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)
    micro = int((fraction or "").ljust(6, "0")[:6])
    try:
        size = timedelta(seconds=seconds, microseconds=micro)
    except OverflowError:
        raise Trouble("argument", "The duration is too long.") from None
    return -size if found[1] else size


def read_literal(text: str) -> AnyDate | time | timedelta | YearsMonths:
    """The value of `@"..."`. Raises Trouble."""
    if text.startswith(("P", "-P")):
        return read_duration(text)
    if "T" in text:
        return read_datetime(text)
    return read_time(text) if text[2:3] == ":" else read_date(text)


def shift(moment: AnyMoment, by: timedelta) -> AnyMoment:
    """Move an instant; a zoned one moves on the time line, not on the wall clock. Raises Trouble out of range."""
    if isinstance(moment, FarMoment):
        return moved_moment(moment, by)
    try:
        if moment.tzinfo is None or moment.tzinfo is UTC:
            return moment + by
        return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)
    except (OverflowError, ValueError):
        return moved_moment(moment, by)


def add_months(day: AnyDate, months: int) -> AnyDate:
    """Same day of a later month, or that month's last day. Works for dates and date-times. Raises Trouble."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = min(day.day, days_in_month(year, month + 1))
    if isinstance(day, FarDate) or not 1 <= year <= 9999:
        return with_date(day, year, month + 1, last)
    return day.replace(year=year, month=month + 1, day=last)


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def instant(moment: datetime) -> datetime:
    """The same moment in UTC, so that comparison and difference are exact across summer time."""
    if moment.tzinfo is None or moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Trouble("arithmetic", "The moment is outside the years 1 to 9999.") from None


def time_seconds(clock: time) -> Decimal:
    """Seconds since midnight UTC for a fixed offset, since local midnight otherwise."""
    total = Decimal(clock.hour * 3600 + clock.minute * 60 + clock.second) + Decimal(clock.microsecond).scaleb(-6)
    offset = clock.utcoffset()
    return total - Decimal(offset.total_seconds()) if offset is not None else total


def zone_kind(clock: time) -> str:
    """ "local", "offset", or the region's name: only times of one kind can be compared."""
    if clock.tzinfo is None:
        return "local"
    return clock.tzinfo.key if isinstance(clock.tzinfo, ZoneInfo) else "offset"


def microseconds(size: timedelta) -> int:
    """The exact length."""
    return (size.days * 86400 + size.seconds) * 1_000_000 + size.microseconds


def from_microseconds(count: int) -> timedelta:
    """Raises Trouble when the duration is too long."""
    try:
        return timedelta(microseconds=count)
    except OverflowError:
        raise Trouble("arithmetic", "The duration is too long.") from None
