"""An explanation has the value of the evaluation, and every part that led to it."""

from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given, settings

from tests.workflows.feel.say import NOW, value
from tests.workflows.feel.test_fuzz import CONTEXT, expressions
from workflows.feel import Explanation, FeelBudgetExceeded, Value, from_python, parse, parse_unary_tests
from workflows.feel.trace import MAX_KEPT


def explained(text: str, /, **context: object) -> Explanation:
    return parse(text).explain(cast(dict[str, Value], from_python(context)), now=NOW)


def lines(found: Explanation) -> list[tuple[int, str, Value]]:
    return [(step.depth, step.text, step.value) for step in found.steps]


def test_each_part_is_shown_with_its_value_below_what_it_is_part_of() -> None:
    assert lines(explained('(amount + 1) * 2 > 1000 and state = "NY"', amount=500, state="NJ")) == [
        (0, '(amount + 1) * 2 > 1000 and state = "NY"', False),
        (1, "(amount + 1) * 2 > 1000", True),
        (2, "(amount + 1) * 2", Decimal(1002)),
        (3, "amount + 1", Decimal(501)),
        (4, "amount", Decimal(500)),
        (1, 'state = "NY"', False),
        (2, "state", "NJ"),
    ]


def test_parts_that_were_not_needed_are_not_shown() -> None:
    assert "b" not in {step.text for step in explained("a or b", a=True, b=True).steps}
    assert "b" not in {step.text for step in explained("if a then 1 else b", a=True, b=True).steps}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("((a)+1)*2", "((a)+1)*2"),
        ("((a)+1)*2", "(a)+1"),
        ("2*(a+1)", "2*(a+1)"),
        ("count(xs[item > (a)])", "xs[item > (a)]"),
        ("f.g(a)", "f.g"),
        ("a between (1) and (2)", "a between (1) and (2)"),
        ('"(" < string(a)', '"(" < string(a)'),
        ("-(a)", "-(a)"),
        ("[a..5]", "[a..5]"),
        ("{x: a}.x", "{x: a}"),
        ("for i in xs return i + a", "i + a"),
    ],
)
def test_a_part_is_cut_out_of_the_source_exactly(text: str, part: str) -> None:
    found = explained(text, a=1, xs=[1, 2], f={"g": 1})
    (step,) = [step for step in found.steps if step.text == part][:1]
    assert text[step.start : step.end] == part


def test_a_problem_stands_at_the_part_that_caused_it() -> None:
    found = explained("a.b + c > 1", c=1)
    blamed = [(step.text, step.problem.kind) for step in found.steps if step.problem]
    assert blamed == [("a.b + c > 1", "type"), ("a.b + c", "type"), ("a.b", "missing-name")]
    mixed = explained('a > "3" or b', a=1, b=True)
    assert [step.text for step in mixed.steps if step.problem] == ['a > "3"']


def test_the_names_that_were_read_are_listed_with_their_values() -> None:
    assert explained("claim.amount > limit", claim={"amount": 5}, limit=9).reads == {
        "claim.amount": Decimal(5),
        "limit": Decimal(9),
    }


def test_a_long_loop_is_cut_and_says_so() -> None:
    found = explained("count(xs[item > 1])", xs=list(range(5000)))
    assert found.value == 4998
    assert found.cut and len(found.steps) <= MAX_KEPT
    assert not explained("a", a=1).cut


def test_a_constant_needs_no_explanation() -> None:
    assert explained("1 + 2").steps == ()


def test_functions_are_followed_inside() -> None:
    found = explained("{double: function(x) x * 2, r: double(a)}.r", a=4)
    assert (Decimal(8), "x * 2") in {(step.value, step.text) for step in found.steps if step.value == 8}


def test_a_cell_is_explained_with_its_input() -> None:
    found = parse_unary_tests("? > limit and ? < 9").explain(Decimal(5), {"limit": Decimal(7)}, now=NOW)
    assert found.value is False
    assert [(step.text, step.value) for step in found.steps][1:] == [
        ("? > limit", False),
        ("?", Decimal(5)),
        ("limit", Decimal(7)),
    ]


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_explaining_changes_nothing(text: str) -> None:
    parsed = parse(text)
    try:
        plain = parsed.evaluate(CONTEXT, now=NOW)
    except FeelBudgetExceeded:
        return
    found = parsed.explain(CONTEXT, now=NOW)
    assert repr(found.value) == repr(plain.value) or "function" in repr(plain.value).lower()
    assert found.problems == plain.problems
    assert all(text[step.start : step.end] == step.text and step.text for step in found.steps)


def test_a_refusal_is_not_softened() -> None:
    with pytest.raises(FeelBudgetExceeded):
        explained("for i in 1..9999 return for j in 1..9999 return i + a", a=1)
    assert value("1") == 1
