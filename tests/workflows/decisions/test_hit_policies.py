"""What each hit policy answers, and when it refuses to."""

import pytest

from tests.workflows.decisions.build import Column, model
from tests.workflows.decisions.say import decided, result
from workflows.decisions import DecisionConflict
from workflows.feel import from_python

OVERLAPPING = [["> 1", '"low"'], ["> 5", '"high"'], ["> 5", '"low"']]
ORDERED = Column("level", values='"high", "low"')


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("UNIQUE", 3, "low"),
        ("UNIQUE", 0, None),
        ("ANY", 3, "low"),
        ("FIRST", 9, "low"),
        ("PRIORITY", 9, "high"),
        ("RULE ORDER", 9, ["low", "high", "low"]),
        ("RULE ORDER", 0, []),
        ("OUTPUT ORDER", 9, ["high", "low", "low"]),
        ("COLLECT", 9, ["low", "high", "low"]),
        ("COLLECT", 0, []),
        ("COLLECT COUNT", 9, 3),
        ("COLLECT COUNT", 0, 0),
        ("COLLECT MIN", 9, "high"),
        ("COLLECT MAX", 9, "low"),
        ("COLLECT MAX", 0, None),
    ],
)
def test_a_policy_answers(policy: str, x: int, expected: object) -> None:
    assert decided(model(policy, ["x"], [ORDERED], OVERLAPPING), x=x) == from_python(expected)


@pytest.mark.parametrize(("policy", "rules"), [("UNIQUE", ("r1", "r2", "r3")), ("ANY", ("r1", "r2", "r3"))])
def test_contradicting_rules_are_named_instead_of_one_being_chosen(policy: str, rules: tuple[str, ...]) -> None:
    with pytest.raises(DecisionConflict) as caught:
        decided(model(policy, ["x"], [ORDERED], OVERLAPPING), x=9)
    assert caught.value.rules == rules
    assert caught.value.decision_id == "d"


def test_any_accepts_rules_that_agree() -> None:
    table = model("ANY", ["x"], ["y"], [["> 1", "1"], ["> 5", "2 - 1"]])
    assert result(table, x=9).matched == ("r1", "r2")


def test_sums_are_exact_and_refuse_what_is_no_number() -> None:
    table = model("COLLECT SUM", ["x"], ["y"], [["> 1", "0.1"], ["> 1", "0.2"], ["> 5", '"a"']])
    assert decided(table, x=3) == from_python(0.3)
    found = result(table, x=9)
    assert found.value is None
    assert found.problems


def test_priority_goes_by_the_left_output_first() -> None:
    outputs = [Column("a", values='"x", "y"'), Column("b", values="1, 2")]
    table = model("PRIORITY", ["n"], outputs, [["-", '"y"', "1"], ["-", '"x"', "2"], ["-", '"x"', "1"]])
    assert decided(table, n=0) == {"a": "x", "b": from_python(1)}


def test_several_outputs_make_a_context() -> None:
    table = model("FIRST", ["n"], ["route", "days"], [["1", '"a"', "2"]])
    assert decided(table, n=1) == {"route": "a", "days": from_python(2)}


def test_default_outputs_stand_in_when_nothing_matches() -> None:
    table = model("UNIQUE", ["n"], [Column("y", default='"ask"')], [["1", '"a"']])
    assert decided(table, n=2) == "ask"
    assert result(table, n=2).matched == ()
