"""A guarded element needs a clinical task that takes its decision."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.clinical import producers
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "guard-decision-missing"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        decision_type = element.properties.get("requiresDecision")
        if decision_type and not producers(model, context, decision_type):
            message = f"No clinical task in the model decides {decision_type}. Add one before this element."
            yield error(RULE, element.id, message)
