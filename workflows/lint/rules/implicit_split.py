"""Several flows out of a task would be a hidden gateway; the engine refuses it."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import GATEWAYS

RULE = "implicit-split"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind not in GATEWAYS and len(element.outgoing) > 1:
            conditions = any(flow.condition for flow in model.outgoing(element))
            kind = "an exclusive" if conditions else "a parallel"
            yield error(RULE, element.id, f"Several flows leave this element. Put {kind} gateway after it.")
