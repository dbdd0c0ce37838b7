"""Inputs, cells and the record of one table."""

import pytest

from tests.workflows.decisions.build import Column, decision, definitions, literal, model, table
from tests.workflows.decisions.say import decided, result
from workflows.decisions import DecisionInputInvalid, DecisionNotFound, read
from workflows.feel import FeelBudgetExceeded, from_python


def test_the_result_says_which_rules_matched_on_which_inputs() -> None:
    found = result(model("FIRST", ["n + 1", "s"], ["y"], [["> 5", "-", "1"], ["-", '"a"', "2"]]), n=1, s="a")
    assert found.matched == ("r2",)
    assert found.inputs == {"n + 1": from_python(2), "s": "a"}
    assert found.trace[0].policy == "FIRST"
    assert found.decision_id == "d"
    assert len(found.digest) == 64


@pytest.mark.parametrize(("state", "valid"), [("NY", True), ("ny", False), (5, False), (None, True)])
def test_inputs_outside_the_allowed_values_are_refused_by_name(state: object, valid: bool) -> None:
    declared = model("FIRST", [Column("state", "string", '"NY", "NJ"')], ["y"], [["-", '"ok"']])
    if valid:
        assert decided(declared, state=state) == "ok"
        return
    with pytest.raises(DecisionInputInvalid) as caught:
        decided(declared, state=state)
    assert caught.value.input == "state"
    assert "ny" not in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "x", "hit"),
    [
        ("> 10", None, False),
        ("null", None, True),
        ("-", None, True),
        ("", None, True),
        ('not("a")', None, True),
        ("11, 20", 20, True),
        ("not(20)", 20, False),
        ("[1..30]", 30, True),
        ("? > y", 5, True),
        ("missing > 3", 5, False),
    ],
)
def test_cells_are_unary_tests(cell: str, x: object, hit: bool) -> None:
    assert (decided(model("FIRST", ["x"], ["z"], [[cell, '"hit"']]), x=x, y=1) == "hit") is hit


def test_outputs_are_computed_from_the_context() -> None:
    assert decided(model("UNIQUE", ["x"], ["y"], [["-", "x * limit"]]), x=2, limit=3) == 6


def test_an_output_of_the_wrong_type_is_null_with_a_problem() -> None:
    found = result(model("UNIQUE", ["x"], [Column("y", "number")], [["-", '"a"']]), x=2)
    assert found.value is None
    assert found.problems[0].kind == "type"


def test_one_budget_holds_for_the_whole_request() -> None:
    heavy = "for i in 1..9000 return i"
    rows = [["-", heavy]] * 20
    with pytest.raises(FeelBudgetExceeded):
        decided(model("COLLECT", ["x"], ["y"], rows), x=1)


def test_an_unknown_decision_is_named() -> None:
    with pytest.raises(DecisionNotFound, match="other"):
        decided(model("UNIQUE", ["x"], ["y"], []), "other")


def test_input_data_types_and_allowed_values_are_enforced() -> None:
    content = (
        '<itemDefinition name="tState"><typeRef>string</typeRef><allowedValues><text>"NY","NJ"</text></allowedValues>'
        '</itemDefinition><inputData id="i" name="state"><variable name="state" typeRef="tState"/></inputData>'
    )
    requires = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    typed = read(definitions(content + decision(table("UNIQUE", ["state"], ["y"], [['"NY"', "1"]]), requires=requires)))
    assert decided(typed, state="NY") == 1
    with pytest.raises(DecisionInputInvalid):
        decided(typed, state="TX")


def test_required_decisions_are_evaluated_once_and_traced() -> None:
    base = decision(table("UNIQUE", ["x"], ["y"], [["-", "x + 1"]]), "base")
    requires = '<informationRequirement><requiredDecision href="#base"/></informationRequirement>'
    middle = decision(literal("base * 10"), "middle", requires)
    both = requires + '<informationRequirement><requiredDecision href="#middle"/></informationRequirement>'
    found = result(read(definitions(base + middle + decision(literal("base + middle"), "d", both))), x=1)
    assert found.value == 22
    assert [trace.decision_id for trace in found.trace] == ["base"]


def test_knowledge_models_are_functions_of_the_decision() -> None:
    function = (
        '<businessKnowledgeModel id="k" name="double"><variable name="double"/><encapsulatedLogic>'
        f'<formalParameter name="n" typeRef="number"/>{literal("n * 2")}</encapsulatedLogic></businessKnowledgeModel>'
    )
    requires = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
    assert decided(read(definitions(function + decision(literal("double(x) + 1"), "d", requires))), x=4) == 9
