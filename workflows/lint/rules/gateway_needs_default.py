"""Without a default flow a gateway stops the case when no condition holds."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "gateway-needs-default"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind not in ("exclusiveGateway", "inclusiveGateway") or len(element.outgoing) < 2:
            continue
        if element.default is None:
            yield error(
                RULE, element.id, "The gateway has no default flow. Mark the flow to take when no condition holds."
            )
        elif element.default not in element.outgoing:
            yield error(RULE, element.id, "The default flow does not leave this gateway. Mark one of its own flows.")
