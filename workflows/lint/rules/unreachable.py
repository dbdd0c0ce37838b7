"""What no path reaches is dropped silently by the engine."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.graph import is_entry, reachable
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import ACTIVITIES

RULE = "unreachable"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    starts = [one.id for one in model.elements.values() if one.parent_id is None and is_entry(one)]
    if not starts:
        return  # no-start says it.
    seen = reachable(model, starts)
    for element in model.elements.values():
        if element.id not in seen and not element.for_compensation and not _in_adhoc(model, element.parent_id):
            yield error(RULE, element.id, "No path leads here. Connect the element or remove it.")
    for element in model.elements.values():
        if element.kind == "boundaryEvent" and element.attached_to not in model.elements:
            message = "The boundary event is attached to nothing. Attach it to an activity or remove it."
            yield error(RULE, element.id, message)
        elif element.kind == "boundaryEvent" and model.elements[element.attached_to or ""].kind not in ACTIVITIES:
            message = f"The boundary event is attached to {element.attached_to}, which is no activity. Move it to one."
            yield error(RULE, element.id, message)
    for flow in model.flows.values():
        for end in (flow.source, flow.target):
            if end not in model.elements:
                yield error(
                    RULE, flow.id, f"The flow refers to {end or 'nothing'}, which does not exist. Connect it again."
                )


def _in_adhoc(model: Model, parent_id: str | None) -> bool:
    return parent_id is not None and model.elements[parent_id].kind == "adHocSubProcess"
