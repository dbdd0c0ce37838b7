"""Compensation is not supported."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "compensation"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.trigger("compensate") is not None or element.for_compensation:
            yield error(RULE, element.id, "Compensation is not supported. Model the undoing as an ordinary path.")
