"""A service task calls an operator of the catalog, with a result variable."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "service-no-operator"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind != "serviceTask":
            continue
        if element.operator is None or not element.operator.id:
            message = "The service task names no operator. Choose one, or make it a manual task with a note."
            yield error(RULE, element.id, message)
        elif context.operators is not None and element.operator.id not in context.operators:
            yield error(
                RULE, element.id, f"The operator {element.operator.id} does not exist. Choose one of the catalog."
            )
