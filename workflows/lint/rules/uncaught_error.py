"""An error that nobody catches stops the case; an escalation that nobody catches is heard by nobody."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model

RULE = "uncaught-error"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        for code in element.names("errorCodes"):
            if not _is_caught(model, context, element, ("error", code), beside=True):
                yield error(RULE, element.id, f"Nobody catches the error {code}. Attach an error boundary event.")
        if element.kind not in ("endEvent", "intermediateThrowEvent"):
            continue
        for thrown in element.triggers:
            if thrown.kind not in ("error", "escalation"):
                continue
            if not _is_caught(model, context, element, (thrown.kind, thrown.code)):
                what = f"the {thrown.kind} {thrown.code or ''}".strip()
                message = f"Nobody catches {what}. Add a boundary event around it, or an event sub-process."
                yield error(RULE, element.id, message)


_Thrown = tuple[str, str | None]
"""Kind and code."""


def _is_caught(model: Model, context: LintContext, element: Element, thrown: _Thrown, *, beside: bool = False) -> bool:
    """Outwards from an element: event sub-processes of its scope, boundary events around it, then its callers.

    beside: also boundary events of the element itself.
    """
    place: Element | None = element
    while place is not None:
        catching = [*(_edges(model, place) if beside else ()), *_handlers(model, place)]
        if any(_catches(one, thrown) for one in catching):
            return True
        place, beside = model.elements.get(place.parent_id or ""), True
    return any(
        _is_caught(other, context, call, thrown, beside=True)
        for other in (model, *context.called.values())
        for call in other.elements.values()
        if call.called_element == element.process_id and call.process_id != element.process_id
    )


def _edges(model: Model, host: Element) -> list[Element]:
    return [one for one in model.elements.values() if one.attached_to == host.id]


def _handlers(model: Model, place: Element) -> list[Element]:
    """Start events of the event sub-processes beside an element; of one inside of which it stands, no more."""
    beside = model.children(place.parent_id, place.process_id)
    inside = [one for one in beside if one.event_subprocess and one.id != place.id]
    return [start for one in inside for start in model.children(one.id, one.process_id) if start.kind == "startEvent"]


def _catches(event: Element, thrown: _Thrown) -> bool:
    trigger = event.trigger(thrown[0])
    return trigger is not None and trigger.code in (None, thrown[1])
