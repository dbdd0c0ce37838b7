"""While an event waits for a condition, only data objects can change what it sees."""

from collections.abc import Iterator

from workflows.feel import FeelError, parse
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model
from workflows.model.names import bpmn

RULE = "condition-needs-data-object"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        trigger = element.trigger("conditional")
        if trigger is None or element.kind not in ("intermediateCatchEvent", "boundaryEvent"):
            continue
        if trigger.condition is None:
            yield error(RULE, element.id, "The event waits for no condition. Write one.")
        elif not _names(trigger.condition) & _objects(model, element):
            message = "The condition reads no data object, so it can never change. Let it read one that is written."
            yield error(RULE, element.id, message)


def _names(text: str) -> frozenset[str]:
    try:
        return parse(text).names
    except FeelError:
        return frozenset()


def _objects(model: Model, element: Element) -> set[str]:
    """Ids of the data objects of the scopes around an element."""
    around = {element.process_id}
    parent = model.elements.get(element.parent_id or "")
    while parent is not None:
        around.add(parent.id)
        parent = model.elements.get(parent.parent_id or "")
    return {node.get("id", "") for node in model.root.iter(bpmn("dataObject")) if node.getparent().get("id") in around}
