"""Inputs and outputs of a task are not copied apart: it sees the data of the process, and writes them."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import warn
from workflows.model import Model
from workflows.model.names import bpmn

RULE = "task-io"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for node in model.root.iter(bpmn("ioSpecification")):
        holder = model.elements.get(node.getparent().get("id", ""))
        if holder is not None and holder.kind != "callActivity":
            message = "The inputs and outputs of the element are not kept apart: it sees all data. Use data objects."
            yield warn(RULE, holder.id, message)
