"""One event reacts to one thing."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "multiple-event"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if len(element.triggers) > 1:
            yield error(
                RULE,
                element.id,
                "The event has several event definitions. Use an event-based gateway or several events.",
            )
