"""Ids share one namespace: an id used twice, even by an operator parameter, hides a flow node from the engine."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "duplicate-id"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for identity in model.duplicate_ids:
        yield error(
            RULE, identity, f"The id {identity} is used more than once in the file. Give each element its own id."
        )
