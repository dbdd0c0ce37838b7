"""Cancelling ends a transaction: the end event stands inside of it, the boundary event on it."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "cancel-event"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.trigger("cancel") is None:
            continue
        if element.kind == "boundaryEvent":
            host = model.elements.get(element.attached_to or "")
            if host is not None and (host.kind != "transaction" or host.loop is not None):
                message = "Only a single transaction can be cancelled. Attach the event to one, or use an error."
                yield error(RULE, element.id, message)
            continue
        around = model.elements.get(element.parent_id or "")
        if around is None or around.kind != "transaction":
            message = "A cancel event ends a transaction only. Put it into one, or use an error."
            yield error(RULE, element.id, message)
        elif not any(
            one.attached_to == around.id and one.trigger("cancel") is not None for one in model.elements.values()
        ):
            message = f"Nobody catches that {around.id} is cancelled. Attach a cancel boundary event to it."
            yield error(RULE, element.id, message)
