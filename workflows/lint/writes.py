"""Which variables does an element write?"""

from workflows.feel import FeelError, parse_assignments
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
    if element.loop is not None:
        return frozenset({element.loop.output_ref} if element.loop.output_ref else names - {""})
    return frozenset(names - {""})


def script_targets(element: Element) -> set[str]:
    """Names a script assigns to; empty when it cannot be read."""
    if element.script is None:
        return set()
    try:
        return {assignment.target[0] for assignment in parse_assignments(element.script)}
    except FeelError:
        return set()
