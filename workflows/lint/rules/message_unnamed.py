"""A message is found by its name."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "message-unnamed"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        trigger = element.trigger("message")
        if trigger is not None and (trigger.ref is None or not trigger.name):
            yield error(RULE, element.id, "The event names no message. Choose or create a message with a name.")
        if element.kind in ("sendTask", "receiveTask") and trigger is None:
            yield error(RULE, element.id, "The task names no message. Choose or create a message with a name.")
