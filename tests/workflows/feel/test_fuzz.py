"""Whatever an author writes, only our own errors come out, and they come out soon."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.feel import (
    FeelBudgetExceeded,
    FeelSyntaxError,
    Value,
    YearsMonths,
    builtin_names,
    parse,
    parse_assignments,
    parse_unary_tests,
    to_text,
)

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WORDS = [
    "a", "b", "item", "?", "1", "0", "2.5", "-3", '"x"', '"2026-01-31"', '"P1D"', '"[a-z]+"', "true", "false", "null",
    "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "between", "if", "then", "else",
    "for", "return", "some", "every", "satisfies", "instance of", "number", "list<number>", "function", "(", ")", "[",
    "]", "{", "}", ",", ":", ".", "..", "@", "not", "days", "x y",
]  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]
CONTEXT: dict[str, Value] = {
    "a": Decimal(3),
    "b": "text",
    "xs": [Decimal(1), None, "x", {"a": Decimal(2)}],
    "c": {"a": True, "b": None},
    "day": date(2026, 1, 31),
    "clock": time(10, 30),
    "moment": NOW,
    "local": datetime(9999, 12, 31, 23, 59),
    "wait": timedelta(days=999_999_999),
    "months": YearsMonths(-13),
    "big": Decimal("9E6144"),
    "tiny": Decimal("1E-6143"),
}

tokens = st.lists(st.sampled_from(WORDS + sorted(builtin_names())), max_size=25).map(" ".join)
leaves = st.sampled_from([*CONTEXT, "1", "-2", '"a"', "null", "true", "[]", "{}", "[1..5]", "?", 'duration("P1M")'])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Well-formed expressions around smaller ones."""
    pair = st.tuples(inner, inner)
    triple = st.tuples(inner, inner, inner)
    arguments = st.lists(inner, max_size=4).map(", ".join)
    return st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(lambda one: f"({one[0]} {one[1]} {one[2]})"),
        st.tuples(st.sampled_from(sorted(builtin_names())), arguments).map(lambda one: f"{one[0]}({one[1]})"),
        pair.map(lambda one: f"{one[0]}[{one[1]}]"),
        pair.map(lambda one: f"[{one[0]}..{one[1]}]"),
        pair.map(lambda one: f"for i in {one[0]} return {one[1]}"),
        pair.map(lambda one: f"some i in {one[0]} satisfies {one[1]}"),
        triple.map(lambda one: f"if {one[0]} then {one[1]} else {one[2]}"),
        inner.map(lambda one: f"{{a: {one}}}.a"),
        inner.map(lambda one: f"(function(x) x)({one})"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"({one}).year"),
    )


expressions = st.recursive(leaves, _larger, max_leaves=12)
many = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(st.text(max_size=60))
def test_any_text_parses_or_is_a_syntax_error(text: str) -> None:
    _parse_all(text)


@many
@given(tokens)
def test_any_row_of_tokens_parses_or_is_a_syntax_error(text: str) -> None:
    _parse_all(text)


@many
@given(expressions)
def test_well_formed_expressions_evaluate_to_a_value_or_exceed_a_budget(text: str) -> None:
    expression = parse(text)
    assert expression.names is not None
    with suppress(FeelBudgetExceeded):
        to_text(expression.evaluate(CONTEXT, now=NOW).value)
        parse_unary_tests(text).matches(Decimal(1), CONTEXT, now=NOW)


def _parse_all(text: str) -> None:
    for read in (parse, parse_unary_tests, parse_assignments):
        try:
            read(text)
        except FeelSyntaxError as error:
            assert 0 <= error.position <= len(text)
            continue
    with suppress(FeelSyntaxError, FeelBudgetExceeded):
        parse(text).evaluate(CONTEXT, now=NOW)
