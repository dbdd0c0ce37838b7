"""What an operator is told: where the expression failed and what it read, which rows contradict, never a value."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.decisions.say import NOW
from tests.workflows.engine.play import Decisions, Play
from workflows.decisions import DecisionConflict, DecisionError, decide, read
from workflows.engine import EngineFault, require_match, undecided
from workflows.engine.environment import Feel
from workflows.feel import FeelError, from_python

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:tests">
  <decision id="route" name="Route of a claim"><decisionTable id="route_table" hitPolicy="{policy}">
    <input id="c1" label="amount"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
    <output id="o" name="route">{default}</output>{rules}</decisionTable></decision></definitions>"""


def model(*cells: str, policy: str = "UNIQUE", default: str = "") -> Any:
    rules = "".join(
        f'<rule id="r{number}"><inputEntry><text>{cell}</text></inputEntry>'
        f"<outputEntry><text>{number}</text></outputEntry></rule>"
        for number, cell in enumerate(cells, 1)
    )
    found = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    return read(TABLE.format(policy=policy, rules=rules, default=found).encode())


def asked(tables: Any, amount: object) -> EngineFault:
    """The fault of a decision that has no answer."""
    with pytest.raises(EngineFault) as caught:
        try:
            require_match(tables, decide(tables, "route", {"amount": from_python(amount)}, now=NOW))
        except (DecisionError, FeelError) as error:
            raise undecided(tables, "route", error) from error
    return caught.value


def facts(play: Play) -> Mapping[str, Any]:
    return play.incidents[0].facts


def test_a_gateway_tells_which_part_of_its_condition_failed_and_what_it_read() -> None:
    play = Play("gateway", amount="a secret")
    found = facts(play)
    assert (found["expression"], found["names"], found["problem"]) == ("amount > 100", ["amount"], "type")
    assert found["expression"][found["position"] : found["end"]] == found["part"]
    assert "retry this element" in play.incidents[0].message
    assert "secret" not in play.incidents[0].message + repr(found)


def test_a_script_whose_value_is_null_by_mistake_stops_and_assigns_nothing() -> None:
    play = Play("script", claim={"amuont": 21})
    (incident,) = play.incidents
    assert (incident.kind, incident.element_id, play.execution.status) == ("expression", "s", "stopped")
    assert (facts(play)["target"], facts(play)["part"]) == ("total", "claim.amount")
    assert play.execution.variables == {"claim": {"amuont": 21}}


def test_a_null_that_is_meant_is_assigned_by_a_script() -> None:
    play = Play("script", claim={"amount": 1})
    feel: Feel = play.execution._engine
    task = next(iter(play.execution._instance.tasks.values()))
    feel.execute(task, "nothing = null\nrest = if claim = null then 1 else null")
    assert (task.data["nothing"], task.data["rest"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "problem"), [("a = ", "syntax"), ("for i in 1..9999 return for j in 1..9999 return i * j", "budget")]
)
def test_a_text_that_cannot_be_run_says_why(text: str, problem: str) -> None:
    play = Play("gateway", amount=1)
    task = next(iter(play.execution._instance.tasks.values()))
    with pytest.raises(EngineFault) as caught:
        play.execution._engine.condition(task, text)
    assert (caught.value.kind, caught.value.facts["problem"]) == ("expression", problem)
    assert ("position" in caught.value.facts) == (problem == "syntax")


def test_a_condition_of_another_type_is_named_by_its_feel_type() -> None:
    play = Play("gateway", amount=1)
    task = next(iter(play.execution._instance.tasks.values()))
    with pytest.raises(EngineFault, match="It gives a number where true or false is needed"):
        play.execution._engine.condition(task, "amount + 1")


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST"])
def test_a_table_without_a_fitting_row_is_a_fault_that_names_table_and_columns(policy: str) -> None:
    fault = asked(model("&lt; 10", policy=policy), 4711)
    assert fault.kind == "decision"
    wanted = {"decision": "route", "table": "route_table", "rules": [], "columns": ["amount"], "cause": "no-match"}
    assert fault.facts == fault.facts | wanted
    assert '"Route of a claim" fits (columns: amount)' in fault.message and "Add a row" in fault.message
    assert "4711" not in fault.message + repr(fault.facts)


def test_a_default_output_and_a_collecting_table_answer_without_a_fitting_row() -> None:
    for tables in (model("&lt; 10", default="0"), model("&lt; 10", policy="COLLECT")):
        require_match(tables, decide(tables, "route", {"amount": Decimal(50)}, now=NOW))


def test_rows_that_contradict_are_named_by_number_and_id() -> None:
    fault = asked(model("&lt; 10", "-", "&lt; 20"), 15)
    wanted = {"rules": ["r2", "r3"], "rows": [2, 3], "policy": "UNIQUE", "cause": "conflict"}
    assert fault.facts == fault.facts | wanted
    assert "rows 2 and 3 match together" in fault.message


def test_an_input_that_is_not_allowed_is_named_without_its_value() -> None:
    fault = asked(model("-"), "a secret")
    assert fault.facts == fault.facts | {"decision": "route", "table": "route_table", "input": "amount"}
    assert "secret" not in fault.message + repr(fault.facts)


def test_a_business_rule_task_without_an_answer_stops_there() -> None:
    def conflict(context: Mapping[str, Any]) -> Any:
        tables = model("-", "-")
        raise undecided(tables, "route", DecisionConflict("route", "UNIQUE", ["r1", "r2"]))

    play = Play("business_rule", Decisions(route=conflict)).complete("a")
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (["decision"], "route", "stopped")
    assert facts(play)["rules"] == ["r1", "r2"]
