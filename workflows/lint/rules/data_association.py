"""What a task reads or writes by a data association must be a data object that it can see."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import bpmn
from workflows.model.parts import text_of

RULE = "data-association"

_ENDS = {bpmn("dataInputAssociation"): bpmn("sourceRef"), bpmn("dataOutputAssociation"): bpmn("targetRef")}


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    things = named_things(model.root)
    for tag in _ENDS:
        for association in model.root.iter(tag):
            node = association.getparent()
            if association.find(bpmn("assignment")) is not None:
                continue  # It names variables of a call; call-activity-io looks at them.
            if is_lost(association, things) and node.get("id") in model.elements:
                end = far_end(association) or "nothing"
                message = f"A data association leads to {end}, which is no data object here. Draw it again."
                yield error(RULE, node.get("id"), message)


def named_things(root: Any) -> Mapping[str, Any]:
    """Data objects, references to them and to data stores, by id."""
    tags = ("dataObject", "dataObjectReference", "dataStoreReference")
    return {node.get("id"): node for tag in tags for node in root.iter(bpmn(tag)) if node.get("id")}


def far_end(association: Any) -> str:
    """The id that an association leads to from its task; "" when it names none."""
    return text_of(association.find(_ENDS[association.tag])) or ""


def is_lost(association: Any, things: Mapping[str, Any]) -> bool:
    """Whether it leads to no data object of the task's own scopes. Data stores have a rule of their own."""
    reference = things.get(far_end(association))
    if reference is not None and reference.tag == bpmn("dataStoreReference"):
        return False
    if reference is None or reference.tag != bpmn("dataObjectReference"):
        return True
    held = things.get(reference.get("dataObjectRef", ""))
    return held is None or held.tag != bpmn("dataObject") or held.getparent() not in association.iterancestors()
