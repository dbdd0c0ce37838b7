"""`+ - * / **` and unary minus: which pairs of types have a result (DMN 1.5 section 10.3.2.15, tables 57 to 60)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from workflows.feel import remedies
from workflows.feel.budget import Run
from workflows.feel.errors import FeelBudgetExceeded, Trouble
from workflows.feel.far import AnyDate, AnyMoment, in_cycle, moved_date, position
from workflows.feel.temporal import (
    add_months,
    at_time,
    from_microseconds,
    instant,
    microseconds,
    shift,
    time_seconds,
    zone_kind,
)
from workflows.feel.values import NUMBERS, FarDate, FarMoment, Value, YearsMonths, type_name

MAX_EXPONENT = 10_000
STEPS_OF_POWER = 50
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def calculate(run: Run, operator: str, left: Value, right: Value) -> Value:
    """The result of one operator. Raises Trouble when there is none."""
    if left is None or right is None:
        raise Trouble("type", f'"{operator}" has no result for null. {remedies.for_types("null", "null")}')
    found = _TABLE.get((operator, type(left), type(right)))
    if found is None and (isinstance(left, FarDate) or isinstance(right, FarDate)):
        found = _TABLE.get((operator, _NEAR.get(type(left), type(left)), _NEAR.get(type(right), type(right))))
    if found is None:
        one, other = type_name(left), type_name(right)
        advice = remedies.for_types(one, other)
        raise Trouble("type", f'"{operator}" has no result for {one} and {other}. {advice}'.rstrip())
    try:
        result: Value = found(run, left, right)
        return result
    except ArithmeticError:
        raise Trouble("arithmetic", f'"{operator}" has no result: division by zero or a number too large.') from None


def negate(value: Value) -> Value:
    """Unary minus. Raises Trouble."""
    if isinstance(value, Decimal):
        return NUMBERS.minus(value)
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    if isinstance(value, timedelta):
        return from_microseconds(-microseconds(value))
    raise Trouble("type", f"A {type_name(value)} cannot be negated.")


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """base ** exponent. Raises ArithmeticError, or FeelBudgetExceeded for an exponent over 10,000."""
    if abs(exponent) > MAX_EXPONENT:
        raise FeelBudgetExceeded("digits", MAX_EXPONENT)
    if not base and not exponent:
        return Decimal(1)
    if not base and exponent < 0:
        raise ZeroDivisionError  # the decimal module would answer infinity without complaint
    return NUMBERS.power(base, exponent)


def _raised(run: Run, base: Decimal, exponent: Decimal) -> Decimal:
    run.charge(STEPS_OF_POWER if len(base.as_tuple().digits) > 4 or exponent != 2 else 1)
    return power(base, exponent)


def _join(run: Run, left: str, right: str) -> str:
    run.charge_text(len(left) + len(right))
    return left + right


def _midnight(day: AnyDate) -> AnyMoment:
    return at_time(day, time(tzinfo=UTC))


def _between_moments(left: AnyMoment, right: AnyMoment) -> timedelta:
    if isinstance(left, FarMoment) or isinstance(right, FarMoment):
        _check_zones(in_cycle(left), in_cycle(right))
        return from_microseconds(position(left) - position(right))
    _check_zones(left, right)
    return instant(left) - instant(right)


def _check_zones(left: Any, right: Any) -> None:
    if (left.tzinfo is None) is not (right.tzinfo is None):
        raise Trouble("type", "A date and time with a zone cannot be subtracted from one without.")


def _between_days(left: AnyDate, right: AnyDate) -> timedelta:
    if isinstance(left, FarDate) or isinstance(right, FarDate):
        return from_microseconds(position(left) - position(right))
    return left - right


def _between_clocks(left: time, right: time) -> timedelta:
    if zone_kind(left) != zone_kind(right):
        raise Trouble("type", "Times of different zones cannot be subtracted without a date.")
    return from_microseconds(int((time_seconds(left) - time_seconds(right)).scaleb(6)))


def _move_date(day: AnyDate, by: timedelta) -> AnyDate:
    """Whole days later: what is left over of the duration is cut off, downwards."""
    if isinstance(day, FarDate):
        return moved_date(day, by)
    try:
        return day + timedelta(days=by.days)
    except OverflowError:
        return moved_date(day, by)


def _move_clock(clock: time, by: timedelta) -> time:
    moved = (clock.hour * 3600 + clock.minute * 60 + clock.second) * 1_000_000 + clock.microsecond + microseconds(by)
    seconds, micro = divmod(moved % 86_400_000_000, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, micro, clock.tzinfo)


def _scaled(size: timedelta, factor: Decimal) -> timedelta:
    exact = _EXACT.multiply(Decimal(microseconds(size)), factor)
    if exact.adjusted() > 30:
        raise Trouble("arithmetic", "The duration is too long.")
    return from_microseconds(int(exact.to_integral_value()))


def _scaled_months(size: YearsMonths, factor: Decimal) -> YearsMonths:
    return _whole_months(NUMBERS.multiply(Decimal(size.months), factor))


def _divided_months(size: YearsMonths, divisor: Decimal) -> YearsMonths:
    """Divided at once: a third as a factor would lose a month of every three."""
    return _whole_months(NUMBERS.divide(Decimal(size.months), divisor))


def _whole_months(exact: Decimal) -> YearsMonths:
    if exact.adjusted() > 12:
        raise Trouble("arithmetic", "The duration is too long.")
    return YearsMonths(int(exact))


def _added(left: timedelta, right: timedelta) -> timedelta:
    return from_microseconds(microseconds(left) + microseconds(right))


def _inverse(factor: Decimal) -> Decimal:
    return _EXACT.divide(Decimal(1), factor)


def _ratio(left: int, right: int) -> Decimal:
    return NUMBERS.divide(Decimal(left), Decimal(right))


def _negative(size: Any) -> Any:
    return negate(size)


_NEAR: dict[type, type] = {FarDate: date, FarMoment: datetime}
Operation = Callable[[Run, Any, Any], Any]
_NUMBER, _DAYS, _MONTHS = Decimal, timedelta, YearsMonths
_TABLE: dict[tuple[str, type, type], Operation] = {
    ("+", _NUMBER, _NUMBER): lambda run, a, b: NUMBERS.add(a, b),
    ("-", _NUMBER, _NUMBER): lambda run, a, b: NUMBERS.subtract(a, b),
    ("*", _NUMBER, _NUMBER): lambda run, a, b: NUMBERS.multiply(a, b),
    ("/", _NUMBER, _NUMBER): lambda run, a, b: NUMBERS.divide(a, b),
    ("**", _NUMBER, _NUMBER): _raised,
    ("+", str, str): _join,
    ("+", _DAYS, _DAYS): lambda run, a, b: _added(a, b),
    ("-", _DAYS, _DAYS): lambda run, a, b: _added(a, _negative(b)),
    ("+", _MONTHS, _MONTHS): lambda run, a, b: YearsMonths(a.months + b.months),
    ("-", _MONTHS, _MONTHS): lambda run, a, b: YearsMonths(a.months - b.months),
    ("*", _DAYS, _NUMBER): lambda run, a, b: _scaled(a, b),
    ("*", _NUMBER, _DAYS): lambda run, a, b: _scaled(b, a),
    ("/", _DAYS, _NUMBER): lambda run, a, b: _scaled(a, _inverse(b)),
    ("/", _DAYS, _DAYS): lambda run, a, b: _ratio(microseconds(a), microseconds(b)),
    ("*", _MONTHS, _NUMBER): lambda run, a, b: _scaled_months(a, b),
    ("*", _NUMBER, _MONTHS): lambda run, a, b: _scaled_months(b, a),
    ("/", _MONTHS, _NUMBER): lambda run, a, b: _divided_months(a, b),
    ("/", _MONTHS, _MONTHS): lambda run, a, b: _ratio(a.months, b.months),
    ("-", date, date): lambda run, a, b: _between_days(a, b),
    ("-", datetime, datetime): lambda run, a, b: _between_moments(a, b),
    ("-", datetime, date): lambda run, a, b: _between_moments(a, _midnight(b)),
    ("-", date, datetime): lambda run, a, b: _between_moments(_midnight(a), b),
    ("-", time, time): lambda run, a, b: _between_clocks(a, b),
    ("+", date, _DAYS): lambda run, a, b: _move_date(a, b),
    ("+", _DAYS, date): lambda run, a, b: _move_date(b, a),
    ("-", date, _DAYS): lambda run, a, b: _move_date(a, _negative(b)),
    ("+", datetime, _DAYS): lambda run, a, b: shift(a, b),
    ("+", _DAYS, datetime): lambda run, a, b: shift(b, a),
    ("-", datetime, _DAYS): lambda run, a, b: shift(a, _negative(b)),
    ("+", time, _DAYS): lambda run, a, b: _move_clock(a, b),
    ("+", _DAYS, time): lambda run, a, b: _move_clock(b, a),
    ("-", time, _DAYS): lambda run, a, b: _move_clock(a, _negative(b)),
    ("+", date, _MONTHS): lambda run, a, b: add_months(a, b.months),
    ("+", _MONTHS, date): lambda run, a, b: add_months(b, a.months),
    ("-", date, _MONTHS): lambda run, a, b: add_months(a, -b.months),
    ("+", datetime, _MONTHS): lambda run, a, b: add_months(a, b.months),
    ("+", _MONTHS, datetime): lambda run, a, b: add_months(b, a.months),
    ("-", datetime, _MONTHS): lambda run, a, b: add_months(a, -b.months),
}
