"""Times of day in order, as FEEL compares them: those with an offset by their distance from midnight UTC."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, time, timedelta, timezone
from math import floor
from typing import Any

from workflows.feel.temporal import MAX_OFFSET, time_seconds, zone_kind

_SECOND = 1_000
_DAY = 86_400 * _SECOND
_REACH = int(MAX_OFFSET.total_seconds()) * _SECOND
_STEP = 3_600 * _SECOND


def clock_family(clock: time) -> str:
    """ "local", "offset", or the name of a region."""
    return zone_kind(clock)


def _key(clock: time) -> int:
    """Milliseconds since midnight: in UTC for a time with an offset, else where it is."""
    return floor(time_seconds(clock) * _SECOND)


def _at(key: int, like: time) -> Iterator[time]:
    """The time of that key, in the family of another; nothing outside the day."""
    if clock_family(like) != "offset":
        if 0 <= key < _DAY:
            yield _clock(key).replace(tzinfo=like.tzinfo)
        return
    if 0 <= key < _DAY:
        yield _clock(key).replace(tzinfo=UTC)
    elif -_REACH <= key < 0:
        yield _shifted(key, _REACH)
    elif _DAY <= key < _DAY + _REACH:
        yield _shifted(key, -_REACH)


def _shifted(key: int, by: int) -> time:
    return _clock(key + by).replace(tzinfo=timezone(timedelta(milliseconds=by)))


def _clock(key: int) -> time:
    seconds, rest = divmod(key, _SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return time(hour, minute, second, rest * 1_000)


def _before(end: time) -> Iterator[time]:
    lowest = -_REACH if clock_family(end) == "offset" else 0
    key = _key(end)
    if key > lowest:
        yield from _at(max(lowest, key - _STEP), end)


def _between(low: time, high: time) -> Iterator[time]:
    first, last = _key(low), _key(high)
    if last - first > 1:
        yield from _at((first + last) // 2, low)


def _after(end: time) -> Iterator[time]:
    highest = _DAY - 1 + (_REACH if clock_family(end) == "offset" else 0)
    key = _key(end)
    if key < highest:
        yield from _at(min(highest, key + _STEP), end)


CLOCKS: tuple[
    Callable[[Any], Any], Callable[[Any], Iterable[time]], Callable[[Any, Any], Iterable[time]],
    Callable[[Any], Iterable[time]],
] = (_key, _before, _between, _after)  # fmt: skip
"""Key, before, between, after."""
