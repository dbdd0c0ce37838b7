"""A node that leads nowhere never lets the process end."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import SUB_PROCESSES

RULE = "missing-end"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        ends = element.kind == "endEvent" or element.event_subprocess or element.for_compensation
        inside_adhoc = element.parent_id is not None and model.elements[element.parent_id].kind == "adHocSubProcess"
        if not ends and not inside_adhoc and not element.outgoing:
            yield error(RULE, element.id, "Nothing follows this element. Add an end event after it.")
    for scope in model.elements.values():
        if scope.kind in SUB_PROCESSES - {"adHocSubProcess"}:
            children = model.children(scope.id, scope.process_id)
            if not any(child.kind == "endEvent" for child in children):
                yield error(RULE, scope.id, "The sub-process has no end event. Add one.")
