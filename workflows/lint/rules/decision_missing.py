"""A business rule task names a decision and where its result goes."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "decision-missing"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind != "businessRuleTask":
            continue
        called = element.extensions.get("calledDecisionId") or element.properties.get("calledDecisionId")
        if not called:
            yield error(RULE, element.id, "The task names no decision. Set its calledDecisionId.")
        elif context.decisions is not None and called not in context.decisions:
            yield error(RULE, element.id, f"The decision {called} does not exist. Create it or correct the id.")
        if not (element.extensions.get("resultVariable") or element.properties.get("resultVariable")):
            yield error(RULE, element.id, "The decision's result has no place. Set its resultVariable.")
