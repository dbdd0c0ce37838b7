"""Numbers are decimal128: held against the `decimal` module with its own context, and against exact fractions."""

import math
from collections.abc import Callable
from decimal import Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.workflows.feel.samples import DECIMAL128, evaluate, numbers, quick, small
from workflows.feel import Value

scales = st.integers(-6, 12)
extreme = st.builds(
    lambda digits, exponent: DECIMAL128.create_decimal(f"{digits}E{exponent}"),
    st.integers(-(10**34) + 1, 10**34 - 1),
    st.integers(-6100, 6100),
)
ARITHMETIC = {
    "+": DECIMAL128.add,
    "-": DECIMAL128.subtract,
    "*": DECIMAL128.multiply,
    "/": DECIMAL128.divide,
}
COMPARED = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
UNTIL_IT_FAILS = (InvalidOperation, DivisionByZero, Overflow)


def _or_null(operation: Callable[..., Decimal], *operands: Decimal) -> Decimal | None:
    DECIMAL128.clear_traps()
    for trap in UNTIL_IT_FAILS:
        DECIMAL128.traps[trap] = True
    try:
        return operation(*operands)
    except DecimalException:
        return None


@pytest.mark.parametrize("sign", ARITHMETIC)
@given(st.one_of(numbers, extreme), st.one_of(numbers, extreme))
@quick
def test_arithmetic_is_that_of_decimal128(sign: str, a: Decimal, b: Decimal) -> None:
    a, b = DECIMAL128.plus(a), DECIMAL128.plus(b)
    assert evaluate(f"a {sign} b", a=a, b=b) == _or_null(ARITHMETIC[sign], a, b)


@given(st.integers(10**33, 5 * 10**33 - 1).map(lambda half: 2 * half + 1))
@quick
def test_what_lies_between_two_numbers_goes_to_the_even_one(digits: int) -> None:
    assert evaluate("n * 0.5", n=Decimal(digits)) == round(Fraction(digits, 2))
    assert evaluate("n / 2", n=Decimal(-digits)) == round(Fraction(-digits, 2))


@given(st.integers(-(10**16), 10**16), st.integers(-(10**16), 10**16), st.integers(0, 6))
@quick
def test_sums_and_products_of_amounts_are_exact(a: int, b: int, places: int) -> None:
    one, other = Decimal(a).scaleb(-places), Decimal(b).scaleb(-places)
    scale = 10**places
    assert evaluate("a + b", a=one, b=other) == Decimal(a + b).scaleb(-places)
    assert evaluate("a - b", a=one, b=other) == Decimal(a - b).scaleb(-places)
    found = evaluate("a * b", a=one, b=other)
    assert isinstance(found, Decimal)
    assert Fraction(found) == Fraction(a * b, scale * scale)


@given(st.integers(-99, 99), st.integers(0, 17))
@quick
def test_whole_powers_that_fit_are_exact(base: int, exponent: int) -> None:
    assert evaluate("a ** b", a=Decimal(base), b=Decimal(exponent)) == base**exponent
    assert evaluate(f"{abs(base)} ** {exponent}") == abs(base) ** exponent


@given(st.decimals("0.01", "1000", places=2), st.decimals("-20", "20", places=1))
@quick
def test_other_powers_are_right_to_thirty_digits(base: Decimal, exponent: Decimal) -> None:
    found = evaluate("a ** b", a=base, b=exponent)
    assert isinstance(found, Decimal)
    assert math.isclose(float(found), float(base) ** float(exponent), rel_tol=1e-12)
    assert _close(found, DECIMAL128.exp(DECIMAL128.multiply(exponent, DECIMAL128.ln(base))), digits=30)


@given(st.one_of(numbers, small), st.one_of(small, st.integers(-9000, 9000).map(Decimal)))
@quick
def test_no_power_is_infinite_or_undefined(base: Decimal, exponent: Decimal) -> None:
    found = evaluate("a ** b", a=base, b=exponent)
    assert found is None or (isinstance(found, Decimal) and found.is_finite())


def _close(one: Decimal, other: Decimal, digits: int) -> bool:
    a, b = Fraction(one), Fraction(other)
    return bool(abs(a - b) <= max(abs(a), abs(b)) / 10**digits)


@given(numbers)
@quick
def test_negation_and_absolute_value(a: Decimal) -> None:
    assert evaluate("-a", a=a) == DECIMAL128.minus(a)
    assert evaluate("abs(a)", a=a) == abs(Fraction(a))
    assert evaluate("a + -a", a=a) == 0


@pytest.mark.parametrize("sign", COMPARED)
@given(st.one_of(small, numbers), st.one_of(small, numbers))
@quick
def test_comparisons_are_those_of_the_exact_values(sign: str, a: Decimal, b: Decimal) -> None:
    assert evaluate(f"a {sign} b", a=a, b=b) is COMPARED[sign](Fraction(a), Fraction(b))


def _half(number: Fraction, up: bool) -> int:
    """To the nearest whole number; a half goes away from zero, or towards it."""
    size, rest = divmod(abs(number), 1)
    size += rest > Fraction(1, 2) or (up and rest == Fraction(1, 2))
    return -int(size) if number < 0 else int(size)


ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "decimal": round,  # a half goes to the even neighbor
    "floor": math.floor,
    "ceiling": math.ceil,
    "round down": math.trunc,
    "round up": lambda number: math.ceil(number) if number > 0 else math.floor(number),
    "round half up": lambda number: _half(number, up=True),
    "round half down": lambda number: _half(number, up=False),
}


@pytest.mark.parametrize("name", ROUNDINGS)
@given(st.one_of(small, st.decimals("-1000000", "1000000", places=5)), scales)
@quick
def test_rounding_is_that_of_exact_fractions(name: str, number: Decimal, scale: int) -> None:
    unit = Fraction(10) ** scale
    expected = ROUNDINGS[name](Fraction(number) * unit) / unit
    found = evaluate(f"{name}(number, scale)", number=number, scale=Decimal(scale))
    assert isinstance(found, Decimal)
    assert Fraction(found) == expected
    if scale == 0 and name in ("floor", "ceiling"):
        assert evaluate(f"{name}(number)", number=number) == expected


@given(small, small)
@quick
def test_modulo_has_the_sign_of_the_divisor(a: Decimal, b: Decimal) -> None:
    found = evaluate("modulo(a, b)", a=a, b=b)
    assert found == (Fraction(a) % Fraction(b) if b else None)


@given(numbers, numbers)
@quick
def test_modulo_is_exact_for_numbers_of_any_size(a: Decimal, b: Decimal) -> None:
    assume(b)
    exact = Fraction(a) - Fraction(b) * math.floor(Fraction(a) / Fraction(b))
    found = evaluate("modulo(a, b)", a=a, b=b)
    assert isinstance(found, Decimal)
    assert found == DECIMAL128.divide(Decimal(exact.numerator), Decimal(exact.denominator)) or _close(
        found, Decimal(exact.numerator) / Decimal(exact.denominator), digits=27
    )


@given(st.integers(-(10**33), 10**33))
@quick
def test_odd_and_even(number: int) -> None:
    assert evaluate("odd(n)", n=Decimal(number)) is (number % 2 == 1)
    assert evaluate("even(n)", n=Decimal(number)) is (number % 2 == 0)


@given(st.decimals("0", "1E12", places=6))
@quick
def test_roots_logarithms_and_exponentials_undo_each_other(number: Decimal) -> None:
    root = evaluate("sqrt(n)", n=number)
    assert isinstance(root, Decimal)
    assert root >= 0
    assert _close(DECIMAL128.multiply(root, root), number, digits=32)
    if number:
        again = evaluate("exp(log(n))", n=number)
        assert isinstance(again, Decimal)
        assert _close(again, number, digits=30)


@pytest.mark.parametrize("text", ["1 / 0", "0 / 0", "0 ** -1", "sqrt(-1)", "log(0)", "modulo(1, 0)", "9e6144 * 10"])
def test_what_has_no_result_is_null(text: str) -> None:
    assert evaluate(text) is None


@given(st.one_of(numbers, small))
@quick
def test_the_text_of_a_number_reads_back(number: Decimal) -> None:
    number = DECIMAL128.plus(number)
    text = evaluate("string(n)", n=number)
    assert isinstance(text, str)
    assert not set(text) - set("-.0123456789")
    assert evaluate(text) == number
    assert evaluate("number(text)", text=text) == number


@given(st.integers(0, 10**15), st.integers(0, 99))
@quick
def test_numbers_are_read_with_the_separators_of_their_country(units: int, cents: int) -> None:
    expected = Decimal(f"{units}.{cents:02}")
    american: Value = f"{units:,}.{cents:02}"
    german: Value = str(american).translate(str.maketrans(",.", ".,"))
    assert evaluate('number(text, ",", ".")', text=american) == expected
    assert evaluate('number(text, ".", ",")', text=german) == expected
