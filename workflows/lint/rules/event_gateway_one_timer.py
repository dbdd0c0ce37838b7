"""Behind an event-based gateway stand catching events, at most one of them a timer."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "event-gateway-one-timer"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind != "eventBasedGateway":
            continue
        behind = [model.elements[flow.target] for flow in model.outgoing(element) if flow.target in model.elements]
        if sum(one.trigger("timer") is not None for one in behind) > 1:
            yield error(RULE, element.id, "Two timers stand behind the gateway. Keep the earlier one.")
        for one in behind:
            if one.kind not in ("intermediateCatchEvent", "receiveTask"):
                yield error(RULE, one.id, "Only catching events may follow an event-based gateway. Put one in between.")
            elif len(one.incoming) > 1:
                message = "The event belongs to the gateway and cannot be reached from elsewhere. Use a second event."
                yield error(RULE, one.id, message)
