"""A task without a kind would become a human task without a form."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "abstract-task"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind == "task":
            yield error(
                RULE,
                element.id,
                "The task has no kind. Make it a user task with a form, a service task or a script task.",
            )
