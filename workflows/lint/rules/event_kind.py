"""An event reacts to, or causes, what its place allows; anything else would be passed silently."""

from collections.abc import Iterator, Mapping

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model

RULE = "event-kind"

_NONE = ""
_HANDLER = frozenset({"message", "timer", "signal", "error", "escalation", "conditional"})
ALLOWED: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({_NONE, "message", "timer", "signal"}),
    "endEvent": frozenset({_NONE, "message", "signal", "error", "escalation", "terminate", "cancel"}),
    "intermediateThrowEvent": frozenset({_NONE, "message", "signal", "escalation", "link"}),
    "intermediateCatchEvent": frozenset({"message", "timer", "signal", "conditional", "link"}),
    "boundaryEvent": frozenset({"message", "timer", "signal", "error", "escalation", "conditional", "cancel"}),
}
"""Event definitions by the kind of event; "" stands for none."""


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind in ALLOWED and len(element.triggers) < 2:
            yield from _check(model, element)


def _check(model: Model, element: Element) -> Iterator[Finding]:
    kind = element.triggers[0].kind if element.triggers else _NONE
    around = model.elements.get(element.parent_id or "")
    if kind == "compensate" or (kind == _NONE and around is not None and around.event_subprocess):
        return  # compensation and event-subprocess-start say it.
    allowed = ALLOWED[element.kind]
    if element.kind == "startEvent" and around is not None:
        allowed = _HANDLER if around.event_subprocess else frozenset({_NONE})
    if kind not in allowed:
        what = f"a {kind} event" if kind else "an event without a definition"
        yield error(RULE, element.id, f"Here cannot be {what}. Use one of: {_listed(allowed)}.")


def _listed(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(one or "none" for one in kinds))
