"""Number functions (DMN 1.5 section 10.3.4.5)."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)

from workflows.feel.arithmetic import negate
from workflows.feel.builtins.registry import builtin
from workflows.feel.compare import order
from workflows.feel.errors import Trouble
from workflows.feel.values import NUMBERS, Value

# IEEE decimal128 scale limits, as in DMN 1.5 table 72.
MIN_SCALE, MAX_SCALE = -6111, 6176
_WIDE = Context(prec=7000, Emin=-20000, Emax=20000)


def _rounded(number: Decimal, scale: Decimal | None, mode: str) -> Decimal:
    places = int(scale or 0)
    if not MIN_SCALE <= places <= MAX_SCALE:
        raise Trouble("argument", "The scale is out of range.")
    exponent: int = number.as_tuple().exponent  # type: ignore[assignment]
    if -exponent <= places:
        return number
    return NUMBERS.plus(number.quantize(Decimal(1).scaleb(-places, _WIDE), mode, _WIDE))


@builtin("decimal", "n: number", "scale: number", price=10)
def decimal(number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number", price=10)
@builtin("floor", "n: number", "scale: number", price=10)
def floor(number: Decimal, scale: Decimal | None = None) -> Decimal:
    return _rounded(number, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number", price=10)
@builtin("ceiling", "n: number", "scale: number", price=10)
def ceiling(number: Decimal, scale: Decimal | None = None) -> Decimal:
    return _rounded(number, scale, ROUND_CEILING)


@builtin("round up", "n: number", "scale: number", price=10)
def round_up(number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, ROUND_UP)


@builtin("round down", "n: number", "scale: number", price=10)
def round_down(number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, ROUND_DOWN)


@builtin("round half up", "n: number", "scale: number", price=10)
def round_half_up(number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number", "scale: number", price=10)
def round_half_down(number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number|days and time duration|years and months duration")
def absolute(value: Value) -> Value:
    negative = negate(value)
    return negative if order(value, negative) < 0 else value


@builtin("modulo", "dividend: number", "divisor: number", price=40)
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    quotient = _WIDE.divide_int(dividend, divisor)
    rest = _WIDE.subtract(dividend, _WIDE.multiply(quotient, divisor))
    if rest and (rest < 0) != (divisor < 0):
        rest += divisor
    return NUMBERS.plus(rest)


@builtin("sqrt", "number: number", price=20)
def sqrt(number: Decimal) -> Decimal:
    return NUMBERS.sqrt(number)


@builtin("log", "number: number", price=100)
def log(number: Decimal) -> Decimal:
    if number <= 0:
        raise Trouble("arithmetic", "Only positive numbers have a logarithm.")
    return NUMBERS.ln(number)


@builtin("exp", "number: number", price=80)
def exp(number: Decimal) -> Decimal:
    return NUMBERS.exp(number)


@builtin("odd", "number: number", price=30)
def odd(number: Decimal) -> bool | None:
    return _remainder(number) == 1


@builtin("even", "number: number", price=30)
def even(number: Decimal) -> bool | None:
    return _remainder(number) == 0


def _remainder(number: Decimal) -> Decimal:
    return abs(_WIDE.remainder(number, Decimal(2)))
