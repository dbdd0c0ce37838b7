"""Which variables does an element write?"""

from workflows.feel import Assignment, FeelError, parse_assignments
from workflows.feel import nodes as n
from workflows.model import Element


def written(element: Element) -> frozenset[str]:
    """Top-level names an element writes to process data."""
    names = set[str]()
    if element.kind in ("userTask", "manualTask", "task"):
        names.add(element.properties.get("variable") or element.id)
    if element.operator is not None and element.operator.result_variable:
        names.add(element.operator.result_variable)
    if element.kind == "businessRuleTask":
        names.add(element.extensions.get("resultVariable") or element.properties.get("resultVariable") or "")
    names.update(trigger.variable or "" for trigger in element.triggers)
    names.add(element.extensions.get("messageVariable", ""))
    names |= script_targets(element)
    names.update(one.target for one in element.outputs)
    names.update(element.writes)
    if element.loop is not None:
        return frozenset({element.loop.output_ref} if element.loop.output_ref else names - {""})
    return frozenset(names - {""})


def appended(element: Element) -> set[str]:
    """Names that a script only appends to: `x = append(x, …)` or `x = concatenate(x, …)`, nothing else with x."""
    if element.script is None or element.writes:
        return set()
    try:
        assignments = parse_assignments(element.script)
    except FeelError:
        return set()
    targets = {one.target[0] for one in assignments}
    return {name for name in targets if all(_appends(one, name) for one in assignments if one.target[0] == name)}


def _appends(assignment: Assignment, name: str) -> bool:
    tree = assignment.expression.tree
    if len(assignment.target) > 1 or not isinstance(tree, n.Call) or tree.names or not tree.arguments:
        return False
    return _named(tree.function) in ("append", "concatenate") and _named(tree.arguments[0]) == name


def _named(node: n.Node) -> str:
    return node.name if isinstance(node, n.Name) else ""


def script_targets(element: Element) -> set[str]:
    """Names a script assigns to; empty when it cannot be read."""
    if element.script is None:
        return set()
    try:
        return {assignment.target[0] for assignment in parse_assignments(element.script)}
    except FeelError:
        return set()
