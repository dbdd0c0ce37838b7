"""A multi-instance activity has one source of instances and one place for their results."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "mi-needs-output"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        loop = element.loop
        if loop is None or loop.kind == "standard":
            continue
        if (loop.cardinality is None) == (loop.input_ref is None):
            message = "Give the multi-instance activity either a number of instances or a collection."
            yield error(RULE, element.id, message)
        if loop.output_ref is None or loop.output_item is None:
            message = "The results of the instances have no place. Set loopDataOutputRef and outputDataItem."
            yield error(RULE, element.id, message)
        if element.properties.get("clinicalDecision") and not element.properties.get("completionRule"):
            message = "Several people decide here and no rule says what counts. Set completionRule."
            yield error(RULE, element.id, message)
