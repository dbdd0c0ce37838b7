"""A guard that waits for an outcome nobody can choose never opens."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.clinical import outcomes_of, producers
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "accepted-outcome-unknown"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        decision_type = element.properties.get("requiresDecision")
        if not decision_type:
            if element.properties.get("acceptedOutcomes"):
                yield error(RULE, element.id, "acceptedOutcomes has no meaning without requiresDecision. Set both.")
            continue
        if not producers(model, context, decision_type):
            continue  # guard-decision-missing says it.
        offered = outcomes_of(model, context, decision_type)
        for outcome in element.names("acceptedOutcomes"):
            if outcome not in offered:
                message = f"No clinical task offers the outcome {outcome} of {decision_type}. Correct acceptedOutcomes."
                yield error(RULE, element.id, message)
