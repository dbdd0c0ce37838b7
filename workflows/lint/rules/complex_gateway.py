"""Complex gateways are not supported."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "complex-gateway"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind == "complexGateway":
            yield error(RULE, element.id, "Complex gateways are not supported. Use inclusive and exclusive gateways.")
