"""A loop ends: a standard loop by its maximum, a drawn one by maxIterations of a gateway inside it."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.graph import in_circles
from workflows.lint.report import error, warn
from workflows.model import Model
from workflows.model.names import GATEWAYS

RULE = "loop-needs-bound"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.loop is not None and element.loop.kind == "standard" and not _is_number(element.loop.maximum):
            yield error(RULE, element.id, "The loop has no maximum. Set loopMaximum to a number from 1 on.")
    circles, unbounded = in_circles(model), in_circles(model, lambda one: "maxIterations" not in one.properties)
    for element in model.elements.values():
        is_choice = element.kind in GATEWAYS and len(element.outgoing) > 1
        if is_choice and element.id in circles and element.id in unbounded:
            message = "The loop here has no maxIterations; it stops after 100 rounds. Set it on purpose."
            yield warn(RULE, element.id, message)


def _is_number(text: str | None) -> bool:
    return text is not None and text.isdigit() and int(text) > 0
