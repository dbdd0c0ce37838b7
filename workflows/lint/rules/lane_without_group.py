"""Tasks of a lane that is no group would reach nobody."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "lane-without-group"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    if context.groups is None:
        return
    for element in model.elements.values():
        if element.kind not in ("userTask", "manualTask"):
            continue
        queue = element.properties.get("candidateGroup") or element.lane
        if queue is None:
            yield error(RULE, element.id, "The task stands in no lane. Put it into the lane of the group that does it.")
        elif queue not in context.groups and (queue == element.lane or queue.isidentifier()):
            yield error(RULE, element.id, f"There is no group {queue}. Create it or move the task to another lane.")
