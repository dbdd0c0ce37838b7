"""A table that chooses the way must be fail-closed before its process is published."""

import pytest

from tests.workflows.decisions.build import decision as drawn
from tests.workflows.decisions.build import definitions, literal, table
from tests.workflows.lint.draw import END, START, flow, found, gateway, process, task, user
from workflows.decisions import read as read_table
from workflows.decisions.findings import TableFinding
from workflows.lint import LintContext, lint_file

OPEN = drawn(table("UNIQUE", ["x"], ["y"], [['"a"', '"go"'], ['not("a", null)', '"ask"']]))
CLOSED = drawn(table("FIRST", ["x"], ["y"], [['"a"', '"go"'], ["-", '"ask"']]))
NEEDS_D = '<informationRequirement id="i"><requiredDecision href="#d"/></informationRequirement>'


def context(tables: str) -> LintContext:
    """What `d` and the decisions beside it are."""
    model = read_table(definitions(tables))
    return LintContext(decisions=frozenset(model.decisions), tables=dict.fromkeys(model.decisions, model))


def asked(decision_id: str = "d", result: str = "way", **properties: str) -> str:
    return task("businessRuleTask", "ask", calledDecisionId=decision_id, resultVariable=result, **properties)


def routed(node: str, condition: str, then: str = "") -> bytes:
    """A process that asks a decision, maybe does something, and goes one of two ways."""
    nodes = START + node + then + gateway("exclusiveGateway", "g", "g__b") + user("a") + user("b") + END
    middle = flow("ask", "then") + flow("then", "g") if then else flow("ask", "g")
    ways = flow("g", "a", condition) + flow("g", "b") + flow("a", "end") + flow("b", "end")
    return process(nodes + flow("start", "ask") + middle + ways)


def script(text: str) -> str:
    return task("scriptTask", "then", inner=f"<script>{text}</script>", attributes=' scriptFormat="FEEL"')


def service(parameters: str, result: str = "way", name: str = "ask", **properties: str) -> str:
    """parameters: their values, with | between them."""
    values = enumerate(parameters.split("|"))
    listed = "".join(f'<s:parameter id="p{at}" type="any" value="{one}"/>' for at, one in values)
    inner = f"<s:parameters>{listed}</s:parameters>"
    operator = f'<s:serviceTaskOperator id="o" resultVariable="{result}">{inner}</s:serviceTaskOperator>'
    return task("serviceTask", name, extension=operator, **properties)


WAYS = [
    (routed(asked(), 'way = "go"'), ["ask"]),
    (routed(asked(), "way.next.step != null"), ["ask"]),
    (routed(asked(), "other = 1"), []),
    (routed(asked("unknown"), "way = 1"), []),
    (routed(asked(), "fast = true", script("fast = way = &quot;go&quot;")), ["ask"]),
    (routed(asked(), "fast = true", script("slow = way&#10;fast = slow")), ["ask"]),
    (routed(asked(), "fast = true", script("slow = way")), []),
    (routed(asked(), "fast = true", service("way", "done", "then")), []),
    (routed(asked(), "fast = true", service("way", "done", "then", requiresDecision="medical_necessity")), ["ask"]),
    (routed(asked(requiresDecision="medical_necessity"), "other = 1"), ["ask"]),
    (routed(service("&quot;d&quot;|x"), "way = 1"), ["ask"]),
    (routed(service("&quot;nothing&quot;|x"), "way = 1"), []),
]


@pytest.mark.parametrize(("xml", "elements"), WAYS)
def test_a_table_that_decides_where_to_go_is_a_gate(xml: bytes, elements: list[str]) -> None:
    assert found(xml, "gate-table", context(OPEN)) == elements
    assert found(xml, "gate-table", context(CLOSED)) == []
    assert found(xml, "gate-table") == []


def test_the_finding_has_the_input_that_the_table_is_silent_about() -> None:
    (one,) = [one for one in lint_file(WAYS[0][0], context(OPEN)) if one.rule == "gate-table"]
    assert isinstance(one, TableFinding)
    assert one.severity == "error"
    assert one.example == {"x": None}


def test_an_expression_around_a_table_makes_the_table_the_gate() -> None:
    around = drawn(literal("d"), "wrapped", NEEDS_D)
    xml = routed(asked("wrapped"), "way = 1")
    assert found(xml, "gate-table", context(OPEN + around)) == ["ask"]
    assert found(xml, "gate-table", context(CLOSED + around)) == []
