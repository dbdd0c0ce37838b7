"""Ranges and points, held against sets of points: the quarters of small whole numbers stand for the number line."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.feel.samples import evaluate, quick, small
from workflows.feel import Range, Value
from workflows.feel.compare import range_of

Points = frozenset[int]
Relation = Callable[[Points, Points], bool]
ENDS = range(1, 6)


def _points(value: Value) -> Points:
    """The quarters inside; whole numbers apart, so that two open ends never seem to touch."""
    if isinstance(value, Decimal):
        return frozenset({int(value) * 4})
    assert isinstance(value, Range)
    assert isinstance(value.low, Decimal)
    assert isinstance(value.high, Decimal)
    first, last = int(value.low) * 4, int(value.high) * 4
    return frozenset(range(first + (not value.low_closed), last + value.high_closed))


SPANS: list[Value] = [
    Range(Decimal(low), Decimal(high), low_closed, high_closed)
    for low, high, low_closed, high_closed in product(ENDS, ENDS, (True, False), (True, False))
    if low < high or (low == high and low_closed and high_closed)
]
PLACES: list[Value] = [Decimal(number) for number in ENDS]

RELATIONS: dict[str, Relation] = {
    "before": lambda a, b: max(a) < min(b),
    "meets": lambda a, b: max(a) == min(b),
    "overlaps": lambda a, b: bool(a & b),
    "overlaps before": lambda a, b: bool(a & b) and min(a) < min(b) and max(a) <= max(b),
    "finishes": lambda a, b: max(a) == max(b) and a <= b,
    "includes": lambda a, b: b <= a,
    "starts": lambda a, b: min(a) == min(b) and a <= b,
    "coincides": lambda a, b: a == b,
}
TURNED = {
    "after": "before",
    "met by": "meets",
    "finished by": "finishes",
    "during": "includes",
    "started by": "starts",
}
RELATIONS |= {name: lambda a, b, other=RELATIONS[other]: other(b, a) for name, other in TURNED.items()}  # type: ignore[misc]
RELATIONS["overlaps after"] = lambda a, b: bool(a & b) and min(a) > min(b) and max(a) >= max(b)

POINT_FIRST = {"before", "after", "coincides", "during", "starts", "finishes"}
POINT_SECOND = {"before", "after", "coincides", "includes", "started by", "finished by"}
POINTS_ONLY = {"before", "after", "coincides"}


@pytest.mark.parametrize("name", sorted(RELATIONS))
def test_a_relation_is_the_one_of_the_points_inside(name: str) -> None:
    relation, pairs = RELATIONS[name], list(product(SPANS, SPANS))
    pairs += product(PLACES, SPANS) if name in POINT_FIRST else ()
    pairs += product(SPANS, PLACES) if name in POINT_SECOND else ()
    pairs += product(PLACES, PLACES) if name in POINTS_ONLY else ()
    wrong = [(a, b) for a, b in pairs if evaluate(f"{name}(a, b)", a=a, b=b) is not relation(_points(a), _points(b))]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(RELATIONS))
def test_a_relation_with_an_open_range_or_another_type_is_unknown(name: str) -> None:
    span = SPANS[0]
    for other in (range_of(">", Decimal(1)), range_of("<=", Decimal(1)), None, "a"):
        assert evaluate(f"{name}(a, b)", a=span, b=other) is None
        assert evaluate(f"{name}(b, a)", a=span, b=other) is None


@given(st.sampled_from(SPANS), st.sampled_from(PLACES))
@quick
def test_membership_is_including(span: Value, place: Decimal) -> None:
    inside = 4 * int(place) in _points(span)
    assert evaluate("place in span", span=span, place=place) is inside
    assert evaluate("includes(span, place)", span=span, place=place) is inside
    assert evaluate("place in [span]", span=span, place=place) is inside


@given(small, small)
@quick
def test_an_unbounded_range_is_its_comparison(x: Decimal, end: Decimal) -> None:
    for sign in ("<", "<=", ">", ">=", "=", "!="):
        answers = {evaluate(text, x=x, end=end) for text in (f"x in ({sign} end)", f"x {sign} end", f"x in {sign} end")}
        assert len(answers) == 1
        assert evaluate("x in (span)", x=x, span=range_of(sign, end)) in answers


@given(small, small, small)
@quick
def test_brackets_say_whether_an_end_belongs_to_the_range(x: Decimal, a: Decimal, b: Decimal) -> None:
    low, high = sorted((a, b))
    for text, inside in [
        ("x in [low..high]", low <= x <= high),
        ("x in (low..high)", low < x < high),
        ("x in ]low..high[", low < x < high),
        ("x in [low..high)", low <= x < high),
        ("x in (low..high]", low < x <= high),
        ("x between low and high", low <= x <= high),
    ]:
        assert evaluate(text, x=x, low=low, high=high) is inside
    assert evaluate("[high..low]", high=high, low=low) is None or low == high


@given(st.sampled_from(SPANS))
@quick
def test_the_parts_of_a_range(span: Value) -> None:
    assert isinstance(span, Range)
    found = evaluate("[r.start, r.end, r.start included, r.end included]", r=span)
    assert found == [span.low, span.high, span.low_closed, span.high_closed]
    assert evaluate("range(string(r))", r=span) == span
