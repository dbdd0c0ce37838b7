"""Three-valued logic: false < unknown < true, `and` is the least, `or` the greatest. What is no boolean is unknown."""

from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.feel.samples import evaluate, quick
from workflows.feel import Value

POOL: list[Value] = [True, False, None, Decimal(0), Decimal(1), "", "true", [], [True], {}, date(2026, 1, 1)]
TRUTHS = (False, None, True)  # in order


def truth(value: Value) -> int:
    """Place in the order."""
    return TRUTHS.index(value) if value is None or isinstance(value, bool) else 1


@pytest.mark.parametrize("a", POOL, ids=repr)
@pytest.mark.parametrize("b", POOL, ids=repr)
def test_and_is_the_least_and_or_the_greatest(a: Value, b: Value) -> None:
    assert evaluate("a and b", a=a, b=b) is TRUTHS[min(truth(a), truth(b))]
    assert evaluate("a or b", a=a, b=b) is TRUTHS[max(truth(a), truth(b))]


@pytest.mark.parametrize("a", POOL, ids=repr)
def test_not_turns_the_order_around_and_if_takes_only_true(a: Value) -> None:
    if not isinstance(a, list):  # a list of one is its item where no list is expected
        assert evaluate("not(a)", a=a) is TRUTHS[2 - truth(a)]
    assert evaluate('if a then "yes" else "no"', a=a) == ("yes" if a is True else "no")
    if not isinstance(a, Decimal):  # a number is a position
        assert evaluate('["kept"][a]', a=a) == (["kept"] if a is True else [])


LAWS = [
    ("a and b", "b and a"),
    ("a or b", "b or a"),
    ("a and (b and c)", "(a and b) and c"),
    ("a or (b or c)", "(a or b) or c"),
    ("not(a and b)", "not(a) or not(b)"),
    ("not(a or b)", "not(a) and not(b)"),
    ("a and (b or c)", "(a and b) or (a and c)"),
    ("a or (b and c)", "(a or b) and (a or c)"),
    ("a and (a or b)", "a and true"),
    ("a or (a and b)", "a and true"),
    ("a and a", "a and true"),
    ("a or a", "a or false"),
    ("not(not(a))", "a and true"),
    ("a and false", "false"),
    ("a or true", "true"),
    ("a and b or c", "(a and b) or c"),
    ("a or b and c", "a or (b and c)"),
]


@pytest.mark.parametrize(("left", "right"), LAWS)
def test_laws_hold_for_every_value(left: str, right: str) -> None:
    pool = [one for one in POOL if not isinstance(one, list)]
    broken = [
        (a, b, c)
        for a, b, c in product(pool, repeat=3)
        if evaluate(left, a=a, b=b, c=c) is not evaluate(right, a=a, b=b, c=c)
    ]
    assert broken == []


def test_the_third_is_not_excluded() -> None:
    assert evaluate("a or not(a)", a=None) is None
    assert evaluate("a and not(a)", a=None) is None


@given(st.lists(st.sampled_from(POOL), max_size=6))
@quick
def test_some_and_any_are_an_or_and_every_and_all_are_an_and(xs: list[Value]) -> None:
    least = TRUTHS[reduce(min, map(truth, xs), 2)]
    greatest = TRUTHS[reduce(max, map(truth, xs), 0)]
    assert evaluate("some x in xs satisfies x", xs=xs) is greatest
    assert evaluate("every x in xs satisfies x", xs=xs) is least
    assert evaluate("any(xs)", xs=xs) is greatest
    assert evaluate("all(xs)", xs=xs) is least


@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=4), st.lists(st.sampled_from(POOL), min_size=1, max_size=4))
@quick
def test_several_iterators_are_one_fold_over_all_pairs(xs: list[Value], ys: list[Value]) -> None:
    pairs = [min(truth(x), truth(y)) for x in xs for y in ys]
    assert evaluate("some x in xs, y in ys satisfies x and y", xs=xs, ys=ys) is TRUTHS[max(pairs)]
    assert evaluate("every x in xs, y in ys satisfies x and y", xs=xs, ys=ys) is TRUTHS[min(pairs)]


formulas = st.recursive(
    st.sampled_from(["a", "b", "c", "true", "false", "null"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda one: f"({' '.join(one)})"),
        inner.map(lambda one: f"not({one})"),
    ),
    max_leaves=12,
)


@given(formulas, st.tuples(*[st.sampled_from(TRUTHS)] * 3))
@quick
def test_any_formula_agrees_with_the_order(formula: str, given_truths: tuple[bool | None, ...]) -> None:
    names = dict(zip("abc", given_truths, strict=True))
    assert evaluate(formula, **names) is TRUTHS[_judge(formula, names)]


def _judge(formula: str, names: dict[str, bool | None]) -> int:
    """A second reader of the formulas above: fully parenthesized, so the middle is where the depth is one."""
    if formula.startswith("not("):
        return 2 - _judge(formula[4:-1], names)
    if formula.startswith("("):
        left, word, right = _halves(formula[1:-1])
        return (min if word == "and" else max)(_judge(left, names), _judge(right, names))
    constants: dict[str, bool | None] = {"true": True, "false": False, "null": None}
    return truth((names | constants)[formula])


def _halves(inside: str) -> tuple[str, str, str]:
    depth = 0
    for place, character in enumerate(inside):
        depth += (character == "(") - (character == ")")
        if character == " " and depth == 0:
            word, _, right = inside[place + 1 :].partition(" ")
            return inside[:place], word, right
    raise AssertionError(inside)
