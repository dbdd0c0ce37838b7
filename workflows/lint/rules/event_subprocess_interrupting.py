"""The engine does not interrupt for an event sub-process, and starts it by messages and signals at the top only."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "event-subprocess-interrupting"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if not element.event_subprocess:
            continue
        if element.parent_id is not None:
            yield error(
                RULE, element.id, "An event sub-process inside a sub-process never starts. Move it to the process."
            )
        for start in model.children(element.id, element.process_id):
            if start.kind != "startEvent":
                continue
            if start.interrupting:
                message = "The event sub-process is interrupting, which is not supported. Make it non-interrupting."
                yield error(RULE, element.id, message)
            if start.trigger("message") is None and start.trigger("signal") is None:
                message = "Only a message or a signal can start an event sub-process. Change its start event."
                yield error(RULE, element.id, message)
