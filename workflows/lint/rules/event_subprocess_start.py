"""An event sub-process begins by one event and stands outside of the flow."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model

RULE = "event-subprocess-start"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.event_subprocess:
            yield from _outside(element)
            yield from _starts(model, element)


def _outside(element: Element) -> Iterator[Finding]:
    if element.incoming or element.outgoing:
        yield error(
            RULE, element.id, "An event sub-process is started by its event only. Remove the flows at its edge."
        )
    if element.loop is not None:
        yield error(RULE, element.id, "An event sub-process is no loop. Put the loop inside of it.")


def _starts(model: Model, element: Element) -> Iterator[Finding]:
    for start in model.children(element.id, element.process_id):
        if start.kind != "startEvent":
            continue
        if not start.triggers:
            message = "Nothing starts the event sub-process. Give its start event a message, a timer or another event."
            yield error(RULE, start.id, message)
        if start.trigger("error") is not None and not start.interrupting:
            message = "An error always interrupts. Set isInterrupting to true, or use an escalation."
            yield error(RULE, start.id, message)
