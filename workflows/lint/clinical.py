"""Which tasks decide what?"""

from workflows.lint.context import LintContext
from workflows.model import Element, Model


def producers(model: Model, context: LintContext, decision_type: str) -> list[Element]:
    """The clinical tasks of a decision type, in the model and in what it may call."""
    return [
        element
        for one in (model, *context.called.values())
        for element in one.elements.values()
        if element.properties.get("clinicalDecision") == decision_type
    ]


def outcomes_of(model: Model, context: LintContext, decision_type: str) -> set[str]:
    """Every outcome those tasks offer."""
    return {outcome for element in producers(model, context, decision_type) for outcome in element.names("outcomes")}
