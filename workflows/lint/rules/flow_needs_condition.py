"""A flow of a deciding gateway without a condition can never be chosen, or is always."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "flow-needs-condition"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind not in ("exclusiveGateway", "inclusiveGateway") or len(element.outgoing) < 2:
            continue
        for flow in model.outgoing(element):
            if flow.id != element.default and flow.condition is None:
                yield error(
                    RULE, flow.id, f"The flow to {flow.target} has no condition. Add one or make it the default."
                )
            if flow.id == element.default and flow.condition is not None:
                yield error(
                    RULE, flow.id, "The default flow has a condition that is never read. Remove one of the two."
                )
