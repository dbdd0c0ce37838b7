"""Equality, order and membership (DMN 1.5 sections 10.3.2.13 and 10.3.2.16).

Null equals only null. Values of different types are not comparable: that is a Trouble, hence null, never false.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import floor
from typing import Any

from workflows.feel import remedies
from workflows.feel.budget import Run
from workflows.feel.errors import Trouble
from workflows.feel.far import in_cycle, position
from workflows.feel.temporal import instant, time_seconds, zone_kind
from workflows.feel.values import FarDate, FarMoment, Range, Value, YearsMonths, type_name


def equal(run: Run, left: Value, right: Value) -> bool:
    """Are the values equal? Raises Trouble when their types differ or cannot be compared."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        if isinstance(left, FarDate) or isinstance(right, FarDate):
            return order(left, right) == 0
        raise _different(left, right)
    if kind is list:
        return _equal_lists(run, left, right)  # type: ignore[arg-type]
    if kind is dict:
        return _equal_contexts(run, left, right)  # type: ignore[arg-type]
    if kind is Range:
        return _equal_ranges(run, left, right)  # type: ignore[arg-type]
    if kind is datetime or kind is time or kind is FarMoment:
        return order(left, right) == 0
    return left == right


def same(run: Run, left: Value, right: Value) -> bool:
    """Like `equal`, but values of different types are simply not the same."""
    try:
        return equal(run, left, right)
    except Trouble:
        return False


def _equal_lists(run: Run, left: list[Value], right: list[Value]) -> bool:
    run.charge(1 + min(len(left), len(right)))
    return len(left) == len(right) and all(equal(run, a, b) for a, b in zip(left, right, strict=True))


def _equal_contexts(run: Run, left: dict[str, Value], right: dict[str, Value]) -> bool:
    run.charge(1 + len(left))
    return left.keys() == right.keys() and all(equal(run, value, right[key]) for key, value in left.items())


def _equal_ranges(run: Run, left: Range, right: Range) -> bool:
    shape = (left.low_closed, left.high_closed, left.operator)
    if shape != (right.low_closed, right.high_closed, right.operator):
        return False
    return equal(run, left.low, right.low) and equal(run, left.high, right.high)


def order(left: Value, right: Value) -> int:
    """Negative, zero or positive. Raises Trouble when the values have no order."""
    a, b = _keys(left, right)
    return int(a > b) - int(a < b)


def _keys(left: Value, right: Value) -> tuple[Any, Any]:
    kind = type(left)
    if isinstance(left, FarDate) or isinstance(right, FarDate):
        return _far_keys(left, right)
    if kind is not type(right):
        raise _different(left, right)
    if kind is Decimal or kind is str or kind is date or kind is timedelta:
        return left, right
    if isinstance(left, datetime) and isinstance(right, datetime):
        return _moments(left, right)
    if isinstance(left, time) and isinstance(right, time):
        return _clocks(left, right)
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return left.months, right.months
    raise Trouble("type", f"Values of type {type_name(left)} have no order.")


def _far_keys(left: Value, right: Value) -> tuple[int, int]:
    """Of dates or moments at least one of which is outside the years 1 to 9999."""
    if not isinstance(left, date | FarDate) or not isinstance(right, date | FarDate):
        raise _different(left, right)
    a, b = in_cycle(left), in_cycle(right)
    if isinstance(a, datetime) and isinstance(b, datetime):
        _check_zones(a, b)
    elif isinstance(a, datetime) or isinstance(b, datetime):
        raise _different(left, right)
    return position(left) // 1000, position(right) // 1000


def _check_zones(left: datetime, right: datetime) -> None:
    if (left.tzinfo is None) is not (right.tzinfo is None):
        raise Trouble("type", "A date and time with a zone cannot be compared with one without.")


def _moments(left: datetime, right: datetime) -> tuple[datetime, datetime]:
    _check_zones(left, right)
    return _to_millisecond(instant(left)), _to_millisecond(instant(right))


def _to_millisecond(moment: datetime) -> datetime:
    """Moments are told apart by the millisecond, as the conformance cases want it (0068, datetime_003_a)."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000) if moment.microsecond else moment


def _clocks(left: time, right: time) -> tuple[int, int]:
    """Milliseconds of the day (0068, time_005)."""
    if zone_kind(left) != zone_kind(right):
        raise Trouble("type", "Times of different zones cannot be compared without a date.")
    return floor(time_seconds(left) * 1000), floor(time_seconds(right) * 1000)


def _different(left: Value, right: Value) -> Trouble:
    one, other = type_name(left), type_name(right)
    return Trouble("type", f"A {one} cannot be compared with a {other}. {remedies.for_types(one, other)}".rstrip())


def holds(run: Run, operator: str, left: Value, right: Value) -> bool:
    """One comparison, operator as written. Raises Trouble."""
    if operator == "=":
        return equal(run, left, right)
    if operator == "!=":
        return not equal(run, left, right)
    found = order(left, right)
    if operator == "<":
        return found < 0
    if operator == "<=":
        return found <= 0
    return found > 0 if operator == ">" else found >= 0


def in_range(run: Run, value: Value, span: Range) -> bool:
    """Is the value inside? Raises Trouble when it cannot be compared with the ends."""
    if span.operator in ("=", "!="):
        return equal(run, value, span.low) is (span.operator == "=")
    if span.low is not None:
        above = order(value, span.low)
        if above < 0 or (above == 0 and not span.low_closed):
            return False
    if span.high is not None:
        below = order(value, span.high)
        return below < 0 or (below == 0 and span.high_closed)
    return True


def is_member(run: Run, value: Value, tested: Value) -> bool:
    """Does the value match the result of a test: equal to it, in its range, or matching one of its items?

    Raises Trouble when they cannot be compared.
    """
    if isinstance(tested, list):
        run.charge(3 * len(tested))
        return any(_matches_item(run, value, item) for item in tested) or same(run, value, tested)
    if isinstance(tested, Range) and not isinstance(value, Range):
        return in_range(run, value, tested)
    return equal(run, value, tested)


def _matches_item(run: Run, value: Value, item: Value) -> bool:
    """Items that are lists are not looked into: they are equal or not."""
    try:
        return equal(run, value, item) if isinstance(item, list) else is_member(run, value, item)
    except Trouble:
        return False


def range_of(operator: str, end: Value) -> Range:
    """The range written `(< end)`, `(= end)` and so on. Raises Trouble when there is no such range."""
    if operator in ("=", "!="):
        return Range(end, end, True, True, operator)
    order(end, end)
    if operator in ("<", "<="):
        return Range(None, end, False, operator == "<=", operator)
    return Range(end, None, operator == ">=", False, operator)


def interval(low: Value, high: Value, low_closed: bool, high_closed: bool) -> Range:
    """The range `[low..high]`. Raises Trouble for ends that are null, of different types or in the wrong order."""
    if order(low, high) > 0:
        raise Trouble("argument", "The range ends before it starts.")
    return Range(low, high, low_closed, high_closed)
