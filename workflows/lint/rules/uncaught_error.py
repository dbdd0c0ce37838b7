"""An error that nobody catches stops the case."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model

RULE = "uncaught-error"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        for code in element.names("errorCodes"):
            if not _is_caught(model, element, code):
                yield error(RULE, element.id, f"Nobody catches the error {code}. Attach an error boundary event.")
        thrown = element.trigger("error") if element.kind == "endEvent" else None
        around = model.elements.get(element.parent_id or "")
        if thrown is not None and (around is None or not _is_caught(model, around, thrown.code)):
            yield error(
                RULE, element.id, f"Nobody catches the error {thrown.code or ''}. Add a boundary event around it."
            )


def _is_caught(model: Model, element: Element | None, code: str | None) -> bool:
    while element is not None:
        for one in model.elements.values():
            trigger = one.trigger("error") if one.attached_to == element.id else None
            if trigger is not None and trigger.code in (None, code):
                return True
        element = model.elements.get(element.parent_id or "")
    return False
