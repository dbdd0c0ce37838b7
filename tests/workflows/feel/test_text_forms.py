"""What is written down can be read again, and nothing that comes in as JSON is lost or refused."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.feel.samples import brief, evaluate, identical, quick, storable, strings
from workflows.feel import Range, Value, YearsMonths, from_python, parse_unary_tests, to_text, type_name


def written(thing: Value) -> str:
    """The value as an expression. By itself a string is written without quotes and a date without @."""
    return to_text([thing])[1:-1]


@given(storable)
@quick
def test_a_value_written_as_an_expression_is_the_value(thing: Value) -> None:
    assert identical(evaluate(written(thing)), _once(thing))


def _once(thing: Value) -> Value:
    """A clock time that comes twice a year is written as its first coming."""
    if isinstance(thing, datetime):
        return thing.replace(fold=0)
    if isinstance(thing, list):
        return [_once(item) for item in thing]
    return {key: _once(item) for key, item in thing.items()} if isinstance(thing, dict) else thing


@given(storable)
@brief
def test_two_values_of_the_same_text_are_equal(thing: Value) -> None:
    assert written(evaluate(written(thing))) == written(thing)


@given(strings, strings)
@quick
def test_any_text_can_be_a_key_and_a_value(key: str, text: str) -> None:
    assert evaluate(written({key: text})) == {key: text}
    assert evaluate(written(text)) == text
    assert evaluate("string(text)", text=text) == text


@pytest.mark.parametrize(
    "key", ["and", "a and b", "true", "if", "in", "a  b", " a", "a-b", "1", "", "ª", "?", "item", "Ⅳ"]
)
def test_strange_keys_are_kept(key: str) -> None:
    assert evaluate(written({key: True, "other": [{key: None}]})) == {key: True, "other": [{key: None}]}


@pytest.mark.parametrize(
    "thing", [Decimal(5), "a", True, None, date(2026, 1, 2), time(10), timedelta(1), YearsMonths(3)], ids=repr
)
def test_a_value_written_as_a_cell_matches_itself_only(thing: Value) -> None:
    cell = parse_unary_tests(written(thing))
    now = datetime(2026, 11, 24)
    assert cell.matches(thing, {}, now=now) is True
    assert cell.matches(Decimal(6), {}, now=now) is not True


@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), strings),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(strings, inner, max_size=4)),
    max_leaves=10,
))  # fmt: skip
@quick
def test_every_json_document_is_a_value(document: object) -> None:
    found = from_python(json.loads(json.dumps(document)))
    assert _types(found) <= {"null", "boolean", "number", "string", "list", "context"}
    assert identical(from_python(found), found)
    assert identical(evaluate("thing", thing=found), found)
    assert evaluate(written(found)) == found


def _types(thing: Value) -> set[str]:
    inside: list[Value] = thing if isinstance(thing, list) else list(thing.values()) if isinstance(thing, dict) else []
    return {type_name(thing)}.union(*map(_types, inside))


@given(storable)
@quick
def test_a_feel_value_comes_in_as_it_is(thing: Value) -> None:
    assert identical(from_python(thing), thing)


@pytest.mark.parametrize("number", ["1E+400", "9.999E+6144", "1E-6143", "-1E+6000"])
def test_the_largest_and_smallest_numbers_come_in(number: str) -> None:
    assert from_python(Decimal(number)) == Decimal(number)


@pytest.mark.parametrize("number", ["1E+6145", "-1E+9999", "NaN", "-Infinity"])
def test_a_number_that_feel_cannot_hold_is_refused_at_the_door(number: str) -> None:
    with pytest.raises(ValueError, match="FEEL"):
        from_python(Decimal(number))
    with pytest.raises(ValueError, match="FEEL"):
        from_python(int(Decimal(number)) if "E" in number else float(number))


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        ([date(2026, 1, 2)], '[@"2026-01-02"]'),
        ({"wait": timedelta(days=3)}, '{wait: @"P3D"}'),
        (Range(date(2026, 1, 1), date(2026, 2, 1), True, False), '[@"2026-01-01"..@"2026-02-01")'),
        (date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_dates_inside_other_values_are_marked_as_dates(thing: Value, text: str) -> None:
    assert to_text(thing) == text
