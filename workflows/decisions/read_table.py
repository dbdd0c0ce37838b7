"""Decision tables: columns, rules and hit policy, each cell compiled."""

from decimal import Decimal

from workflows.decisions.model import InputClause, OutputClause, Rule, Table
from workflows.decisions.workspace import Workspace
from workflows.decisions.xml import Element, attribute, child, children, text_of
from workflows.feel import UnaryTests, Value
from workflows.feel import nodes as n
from workflows.feel.arithmetic import negate
from workflows.feel.text import to_text

POLICIES = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"})
AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})
MARKS = "urn:countersign:dmn"
"""Namespace of our own attributes: gate on a table, failClosed and strictestFirst on an output."""


def read_table(element: Element, workspace: Workspace) -> Table:
    """A decisionTable element. Problems become findings."""
    table_id = workspace.id_of(element) or f"{workspace.owner}.table"
    inputs = tuple(_input(one, workspace) for one in children(element, "input"))
    columns = list(children(element, "output"))
    outputs = tuple(_output(one, len(columns) == 1, workspace) for one in columns)
    rules = tuple(
        _rule(one, f"{table_id}.{number}", (len(inputs), len(outputs)), workspace)
        for number, one in enumerate(children(element, "rule"), 1)
    )
    policy = attribute(element, "hitPolicy") or "UNIQUE"
    gate = mark(element, "gate") == "true"
    table = Table(table_id, workspace.owner, policy, attribute(element, "aggregation"), inputs, outputs, rules, gate)
    _check_policy(table, element, workspace)
    workspace.tables.append(table)
    return table


def mark(element: Element, name: str) -> str:
    """One of our own attributes, "" when absent."""
    return attribute(element, f"{{{MARKS}}}{name}")


def _input(element: Element, workspace: Workspace) -> InputClause:
    expression = child(element, "inputExpression")
    text = text_of(expression).strip()
    if expression is None or not text:
        workspace.complain("dmn-input", "The column has no expression. Say what it reads.", element)
    source = element if expression is None else expression
    values = child(element, "inputValues")
    return InputClause(
        id=attribute(element, "id"),
        name=attribute(element, "label") or " ".join(text.split()),
        expression=workspace.expression(text or "null", source),
        type=workspace.type(attribute(source, "typeRef"), source),
        values=_tests(values, workspace),
    )


def _tests(element: Element | None, workspace: Workspace) -> UnaryTests | None:
    if element is None or not text_of(element).strip():
        return None
    return workspace.tests(text_of(element), element)


def _output(element: Element, single: bool, workspace: Workspace) -> OutputClause:
    name = attribute(element, "name")
    if not single and not name:
        workspace.complain("dmn-output-name", "With several outputs each needs a name.", element)
    if not single and "." in name:
        workspace.complain("dmn-output-name", f'The output name "{name}" may not contain a dot.', element)
    values = _tests(child(element, "outputValues"), workspace)
    default = child(element, "defaultOutputEntry")
    careful = mark(element, "failClosed")
    strictest_first = mark(element, "strictestFirst") == "true"
    if strictest_first and not listed_values(values):
        workspace.complain("dmn-output-values", "strictestFirst needs the output's allowed values in order.", element)
    return OutputClause(
        id=attribute(element, "id"),
        name="" if single else name,
        type=workspace.type(attribute(element, "typeRef"), element),
        values=values,
        order=listed_values(values),
        default=None if default is None else workspace.expression(text_of(default), default),
        fail_closed=workspace.tests(careful, element) if careful else None,
        strictest_first=strictest_first,
    )


def listed_values(tests: UnaryTests | None) -> tuple[Value, ...]:
    """The values of an enumeration such as `"a", "b"`, in order; empty when it is anything else."""
    if tests is None or tests.tree.negated:
        return ()
    values: list[Value] = []
    for item in tests.tree.items:
        found = constant(item)
        if found is None:
            return ()
        values.append(found[0])
    return tuple(values)


def constant(node: n.Node) -> tuple[Value] | None:
    """The value of a literal, wrapped; None when the node is not one."""
    if isinstance(node, n.Literal):
        return (node.value,)
    if isinstance(node, n.Negation) and isinstance(node.operand, n.Literal) and type(node.operand.value) is Decimal:
        return (negate(node.operand.value),)
    return None


def _rule(element: Element, fallback_id: str, sizes: tuple[int, int], workspace: Workspace) -> Rule:
    cells = tuple(workspace.tests(text_of(one), one) for one in children(element, "inputEntry"))
    outputs = tuple(workspace.expression(text_of(one) or "null", one) for one in children(element, "outputEntry"))
    if (len(cells), len(outputs)) != sizes:
        workspace.complain("dmn-rule-shape", "The rule does not have one cell per column.", element)
        cells = (cells + (workspace.tests("-", element),) * sizes[0])[: sizes[0]]
        outputs = (outputs + (workspace.expression("null", element),) * sizes[1])[: sizes[1]]
    return Rule(attribute(element, "id") or fallback_id, cells, outputs, _annotation(element))


def _annotation(element: Element) -> str:
    """The row's annotation entries, or else its description, as modelers write them."""
    entries = [text_of(one).strip() for one in children(element, "annotationEntry")]
    described = child(element, "description")
    plain = "" if described is None else str(described.text or "").strip()
    return "; ".join(one for one in entries if one) or plain


def _check_policy(table: Table, element: Element, workspace: Workspace) -> None:
    policy, outputs = table.policy, table.outputs
    if policy not in POLICIES or table.aggregation not in AGGREGATIONS:
        workspace.complain("dmn-hit-policy", f'The hit policy "{to_text(policy)}" is not known.', element)
    if not outputs:
        workspace.complain("dmn-output", "The table has no output column.", element)
    if policy in ("PRIORITY", "OUTPUT ORDER") and not any(one.order for one in outputs):
        workspace.complain("dmn-output-values", f"{policy} needs the output's allowed values in order.", element)
    if policy == "COLLECT" and table.aggregation and len(outputs) > 1:
        workspace.complain("dmn-aggregation", "An aggregated table has exactly one output.", element)
    if policy != "COLLECT" and table.aggregation:
        workspace.complain("dmn-aggregation", "Only COLLECT tables are aggregated.", element)
