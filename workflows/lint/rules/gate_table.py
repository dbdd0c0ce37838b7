"""A decision table that chooses the way, or feeds a guarded step, is a gate: silence must never open it."""

from collections.abc import Iterator

from workflows.decisions import gate_findings
from workflows.decisions.findings import TableFinding
from workflows.feel import Expression, FeelError, parse, parse_assignments
from workflows.feel import nodes as n
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.model import Element, Model

RULE = "gate-table"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    deciding = {process: _deciding_names(model, process) for process in model.processes}
    for element in model.elements.values():
        for decision_id in _decisions(element, context):
            reason = _reason(element, deciding.get(element.process_id, frozenset()))
            if reason is None:
                continue
            for found in gate_findings(context.tables[decision_id], decision_id):
                message = f"The decision {decision_id} {reason}, so silence must not open it. {found.message}"
                yield TableFinding(RULE, "error", element.id, message, found.rules, found.example)


def _decisions(element: Element, context: LintContext) -> Iterator[str]:
    """The decisions an element asks that we know: its own, or those named in parameters of its operator."""
    named = element.extensions.get("calledDecisionId") or element.properties.get("calledDecisionId") or ""
    if element.kind == "businessRuleTask" and named in context.tables:
        yield named
    for parameter in element.operator.parameters if element.operator is not None else ():
        expression = _parsed(parameter.value)
        if expression is not None and isinstance(expression.tree, n.Literal):
            text = expression.tree.value
            if isinstance(text, str) and text in context.tables:
                yield text


def _reason(element: Element, deciding: frozenset[str]) -> str | None:
    """Why what the element decides is a gate, to follow the name of the decision."""
    if "requiresDecision" in element.properties:
        return "belongs to a guarded step"
    result = element.extensions.get("resultVariable") or element.properties.get("resultVariable")
    if element.operator is not None:
        result = element.operator.result_variable
    return "chooses the way, or feeds a guarded step" if result in deciding else None


def _deciding_names(model: Model, process_id: str) -> frozenset[str]:
    """Variables that conditions of flows and guarded steps read, and those that scripts make these from."""
    names: set[str] = set()
    scripts: list[tuple[str, frozenset[str]]] = []
    for element in model.elements.values():
        if element.process_id != process_id:
            continue
        texts = [flow.condition for flow in model.outgoing(element) if flow.condition is not None]
        if "requiresDecision" in element.properties and element.operator is not None:
            texts += [parameter.value for parameter in element.operator.parameters]
        names |= {name for text in texts for name in _names(text)}
        scripts += _assigned(element)
    return _traced_back(names, scripts)


def _traced_back(names: set[str], scripts: list[tuple[str, frozenset[str]]]) -> frozenset[str]:
    """With the names that the values of these names are made from."""
    found: set[str] = set()
    while names - found:
        found |= names
        names = {read for target, reads in scripts if target in found for read in reads}
    return frozenset(found)


def _assigned(element: Element) -> Iterator[tuple[str, frozenset[str]]]:
    """What a script assigns, with the names it is made from; nothing when it cannot be read."""
    if element.script is None:
        return
    try:
        for one in parse_assignments(element.script):
            yield one.target[0], one.expression.names
    except FeelError:
        return


def _names(text: str) -> frozenset[str]:
    expression = _parsed(text)
    return frozenset() if expression is None else expression.names


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text)
    except FeelError:
        return None
