"""Behind an event-based gateway stand events that wait, and each belongs to this gateway alone."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "event-gateway-target"

_WAITS = frozenset({"timer", "message", "signal", "conditional"})


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind != "eventBasedGateway":
            continue
        behind = [model.elements[flow.target] for flow in model.outgoing(element) if flow.target in model.elements]
        for one in behind:
            waits = one.kind == "receiveTask" or any(trigger.kind in _WAITS for trigger in one.triggers)
            if one.kind not in ("intermediateCatchEvent", "receiveTask") or not waits:
                message = "Only events that wait may follow an event-based gateway. Put one in between."
                yield error(RULE, one.id, message)
            elif len(one.incoming) > 1:
                message = "The event belongs to the gateway and cannot be reached from elsewhere. Use a second event."
                yield error(RULE, one.id, message)
            elif any(edge.attached_to == one.id for edge in model.elements.values()):
                message = "A receive task behind an event-based gateway has no boundary events. Move them elsewhere."
                yield error(RULE, one.id, message)
