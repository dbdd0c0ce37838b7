"""A caught message is stored under a variable, or its content is lost."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import EVENTS

RULE = "message-needs-variable"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        catches = element.kind in EVENTS - {"endEvent", "intermediateThrowEvent"} or element.kind == "receiveTask"
        if catches and element.trigger("message") is not None and not element.extensions.get("messageVariable"):
            yield error(RULE, element.id, "The message's content is stored nowhere. Set its messageVariable.")
