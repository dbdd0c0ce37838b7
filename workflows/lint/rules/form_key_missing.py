"""A user task shows a form."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "form-key-missing"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        form = element.properties.get("formKey")
        if element.kind == "userTask" and not form:
            yield error(RULE, element.id, "The user task has no form. Set its formKey.")
        elif form and context.forms is not None and form not in context.forms:
            yield error(RULE, element.id, f"The form {form} does not exist. Create it or choose another.")
