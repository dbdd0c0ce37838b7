"""Ad-hoc sub-processes crash in the engine; ad-hoc work belongs to the case."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "adhoc-subprocess"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind == "adHocSubProcess":
            yield error(
                RULE, element.id, "Ad-hoc sub-processes are not supported. Use ad-hoc tasks of the case instead."
            )
