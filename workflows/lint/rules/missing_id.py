"""What has no id cannot be named by a flow, a finding or a running case."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "missing-id"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for key in (*model.processes, *model.elements, *model.flows):
        tag, sign, number = key.partition("#")
        if sign and number.isdigit() and key not in model.duplicate_ids and tag not in model.duplicate_ids:
            yield error(RULE, None, f"A {tag} of the file has no id. Give every element an id of its own.")
