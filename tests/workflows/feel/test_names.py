"""Names with spaces and symbols, and what an expression is known to read."""

from decimal import Decimal

import pytest

from tests.workflows.feel.say import NOW, value
from workflows.feel import FeelSyntaxError, parse
from workflows.feel.expression import parse_in


def test_words_in_a_row_are_one_name() -> None:
    context = {"monthly salary": 10, "address line 2": "x"}
    assert value("monthly salary * 12", **context) == 120
    assert value("address  line\n2", **context) == "x"


def test_a_declared_name_may_contain_keywords_and_symbols() -> None:
    names = ["days in stay", "profit-margin", "profit", "margin"]
    context = {name: Decimal(number) for number, name in enumerate(names, 1)}
    for text, expected in [("days in stay + 1", 2), ("profit-margin", 2), ("profit - margin", -1)]:
        assert parse_in(text, names, {}).evaluate(context, now=NOW).value == expected


def test_context_entries_iterators_and_parameters_declare_names() -> None:
    assert value("{a+b: 2, c: a+b * 3}.c") == 6
    assert value('{"x.y": 1}') == {"x.y": 1}


def test_date_and_time_are_two_names_unless_they_are_called() -> None:
    assert value("date and time", date=True, time=True) is True


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("claim.amount > limit", {"claim", "limit"}),
        ("for i in xs return i + y", {"xs", "y"}),
        ("some i in xs satisfies i = z", {"xs", "z"}),
        ("(function(a) a + b)(c)", {"b", "c"}),
        ("{a: 1, b: a + d}.b", {"d"}),
        ("count(xs)", {"xs"}),
        ("count", {"count"}),
        ("xs[amount > limit]", {"xs", "amount", "limit"}),
        ("today() > due", {"due"}),
    ],
)
def test_names_are_everything_read_from_the_context(text: str, names: set[str]) -> None:
    assert parse(text).names == names


def test_paths_are_whole_and_names_in_filters_are_told_apart() -> None:
    expression = parse("decisions.medical_necessity = x and xs[state = y][1].z = 1")
    assert ("decisions", "medical_necessity") in expression.paths
    assert expression.item_names == {"state", "y"}


@pytest.mark.parametrize(
    ("text", "position"),
    [("1 +", 3), ("a = = 1", 4), ('"open', 0), ("[1, 2", 5), ("if a then b", 11), ("x $ y", 2), ("1 2", 2), ("", 0)],
)
def test_a_syntax_error_says_where(text: str, position: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position


def test_a_leading_equals_sign_is_dropped() -> None:
    assert value("= 1 + 1") == 2


def test_external_functions_are_refused() -> None:
    with pytest.raises(FeelSyntaxError, match="external"):
        parse('function(a) external {java: {class: "java.lang.Runtime", method signature: "exec()"}}')


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(FeelSyntaxError, match="no type"):
        parse("1 instance of money")
