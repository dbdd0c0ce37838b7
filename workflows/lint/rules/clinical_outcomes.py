"""A clinical task says which outcomes it offers, all of them outcomes of its decision type."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model

RULE = "clinical-outcomes"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        decision_type = element.properties.get("clinicalDecision")
        if not decision_type:
            if element.properties.get("outcomes"):
                yield error(RULE, element.id, "The task declares outcomes and decides nothing. Set clinicalDecision.")
            continue
        if not element.names("outcomes"):
            yield error(RULE, element.id, "The clinical task declares no outcomes. List them in its outcomes property.")
        yield from _against_matrix(element, decision_type, context)


def _against_matrix(element: Element, decision_type: str, context: LintContext) -> Iterator[Finding]:
    if context.decision_types is None:
        return
    known = context.decision_types.get(decision_type)
    if known is None:
        message = f"The decision type {decision_type} is not in the authority matrix. Correct it or add it there."
        yield error(RULE, element.id, message)
    elif known:
        foreign = [one for one in element.names("outcomes") if one not in known]
        if foreign:
            message = f"{decision_type} has no outcome {', '.join(foreign)}. It has: {', '.join(sorted(known))}."
            yield error(RULE, element.id, message)
