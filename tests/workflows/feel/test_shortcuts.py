"""Shortcuts in compiled expressions and cells give what the general way gives: value, problems and steps."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.feel.say import NOW, value
from workflows.feel import Problem, Value, from_python, parse, parse_unary_tests
from workflows.feel.budget import Run, Scope
from workflows.feel.compile import Builder
from workflows.feel.compile_logic import tests_code as cell_code


class General(Builder):
    """Compiles without shortcuts, as for a trace."""

    tracing = True


NUMBERS = ("-1", "0", "1", "1.0", "5", "5.5", "9")
TEXTS = ('""', '"a"', '"b"', '"ab"')
DATES = ('@"2025-12-31"', '@"2026-01-01"', '@"2026-01-02"', 'date("2026-01-01")', 'date("nonsense")')
LENGTHS = ('@"P1D"', '@"PT36H"', '@"P1Y"', 'duration("P1D")')
OTHERS = ("null", "true", "false", '@"2026-01-01T00:00:00Z"', "x", "[x, 5]", "missing", "{a: 5}")
VALUES: tuple[object, ...] = (
    None, True, False, -1, 0, 1, 5, 5.5, 9, "", "a", "b", "ab", date(2025, 12, 31), date(2026, 1, 1), NOW,
    datetime(2026, 1, 1), timedelta(days=1), timedelta(hours=36), [5], ["a"], [], {"a": 5}, {},
)  # fmt: skip

constants = st.sampled_from([*NUMBERS, *TEXTS, *DATES, *LENGTHS, *OTHERS])
values = st.sampled_from(VALUES)
alike = st.one_of([st.lists(st.sampled_from(group), min_size=2, max_size=2) for group in (NUMBERS, TEXTS, DATES)])
operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
ends = st.one_of(alike, st.lists(constants, min_size=2, max_size=2))
intervals = st.builds(
    lambda pair, low, high: f"{low}{pair[0]}..{pair[1]}{high}", ends, st.sampled_from("[(]"), st.sampled_from("])[")
)
compared = st.builds(lambda operator, constant: f"{operator} {constant}", operators, constants)
asked = st.builds(lambda operator, constant: f"? {operator} {constant}", operators, constants)
tests = st.one_of(constants, intervals, compared, asked)
listed = st.lists(st.one_of(tests, st.sampled_from(NUMBERS), st.sampled_from(TEXTS)), min_size=1, max_size=3).map(
    ", ".join
)
cells = st.one_of(st.just("-"), listed, listed.map(lambda text: f"not({text})"))

Told = tuple[Value, list[Problem], int]


def _told(code: object, *arguments: object, x: object) -> Told:
    run = Run(NOW)
    scope = Scope(run, {"x": from_python(x), "items": from_python(list(VALUES))})
    found = code(scope, *arguments)  # type: ignore[operator]
    return found, run.problems, run.steps


@given(cells, values, values)
def test_a_cell_answers_as_in_the_general_way(text: str, tested: object, x: object) -> None:
    cell = parse_unary_tests(text)
    general = cell_code(cell.tree, General({}))
    first, second, slow = (_told(code, from_python(tested), x=x) for code in (cell.code, cell.code, general))
    assert first == slow and type(first[0]) is type(slow[0])
    assert second == slow, "the second time, too"


expressions = st.one_of(
    st.builds(lambda one, operator, other: f"{one} {operator} {other}", constants, operators, constants),
    st.builds(lambda one, sign, other: f"{one} {sign} {other}", constants, st.sampled_from("+-*/"), constants),
    st.builds(lambda one, cell: f"{one} in ({cell})", constants, listed),
    st.builds(lambda operator, one: f"items[item {operator} {one}]", operators, constants),
    st.builds(lambda operator, one: f"some i in items satisfies i {operator} {one}", operators, constants),
    st.builds(lambda one: f"for i in items, j in [1, {one}] return [i, j, x, count(partial)]", constants),
    st.builds(lambda one: f"for i in items return (function(a) [a, i, item])({one})", constants),
    st.builds(lambda one: f"[{{a: 1, b: {one}}}, {{a: {one}}}].a[item = 1]", constants),
    st.builds(lambda one: f"[{{a: 1}}, {one}, [{{a: 2}}]].a", constants),
    st.builds(lambda one, other: f"[upper case({one}), substring({one}, {other}), abs({other})]", constants, constants),
)


@given(expressions, values)
def test_an_expression_gives_what_it_gives_in_the_general_way(text: str, x: object) -> None:
    expression = parse(text)
    general = General({})(expression.tree)
    first, second, slow = (_told(code, x=x) for code in (expression.code, expression.code, general))
    assert first == slow and type(first[0]) is type(slow[0])
    assert second == slow, "the second time, too"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for f in (for i in [1, 2] return function(a) a + i) return f(10)", [11, 12]),
        ("for f in [{a: 1}, {a: 2}][(function() a)() > 1] return f.a", [2]),
        ("for i in [1, 2], f in [function(a) a * i] return f(10)", [10, 20]),
        ("some i in [1, 2] satisfies (every j in [1, 2] satisfies j <= i)", True),
        ("[{item: 1}, {item: 2}][item = 2]", [{"item": 2}]),
        ("[1, {b: 2}, 3][item = 3]", [3]),
    ],
)  # fmt: skip
def test_names_of_a_loop_are_those_of_their_own_turn(text: str, expected: object) -> None:
    assert value(text) == from_python(expected)


def test_a_constant_date_follows_a_function_of_that_name() -> None:
    expression = parse('{plain: date("2026-01-01"), date: function(a) "mine", own: date("2026-01-01")}')
    for _ in range(2):
        found = expression.evaluate({}, now=NOW).value
        assert isinstance(found, dict)
        assert (found["plain"], found["own"]) == (date(2026, 1, 1), "mine")


def test_what_was_wrong_with_one_value_is_not_held_against_the_next() -> None:
    mixed = parse_unary_tests('5, "a"')
    assert [mixed.matches(from_python(one), {}, now=NOW) for one in (7, 5, 7, "b", "a", True, None)] == [
        None, True, None, None, True, None, False,
    ]  # fmt: skip
