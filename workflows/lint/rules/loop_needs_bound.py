"""A loop ends: a standard loop by its maximum, a drawn one by maxIterations of a gateway inside it."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.graph import after
from workflows.lint.report import error, warn
from workflows.model import Model
from workflows.model.names import GATEWAYS

RULE = "loop-needs-bound"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.loop is not None and element.loop.kind == "standard" and element.loop.maximum is None:
            yield error(RULE, element.id, "The loop has no maximum. Set loopMaximum.")
    for element in model.elements.values():
        if (
            element.kind in GATEWAYS
            and len(element.outgoing) > 1
            and element.id in after(model, element)
            and not (_is_bounded(model, element.id))
        ):
            message = "The loop here has no maxIterations; it stops after 100 rounds. Set it on purpose."
            yield warn(RULE, element.id, message)


def _is_bounded(model: Model, gateway_id: str) -> bool:
    """Whether every way round passes a gateway with maxIterations."""
    if "maxIterations" in model.elements[gateway_id].properties:
        return True
    seen: set[str] = set()
    stack = [flow.target for flow in model.outgoing(model.elements[gateway_id])]
    while stack:
        one = stack.pop()
        if one == gateway_id:
            return False
        element = model.elements.get(one)
        if element is None or one in seen or "maxIterations" in element.properties:
            continue
        seen.add(one)
        stack.extend(flow.target for flow in model.outgoing(element))
    return True
