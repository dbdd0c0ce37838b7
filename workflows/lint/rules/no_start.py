"""A scope begins at its start event."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import SUB_PROCESSES

RULE = "no-start"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for process in model.processes.values():
        starts = [one for one in model.children(None, process.id) if one.kind == "startEvent"]
        if process.is_executable and not starts:
            yield error(RULE, process.id, "The process has no start event. Add one before its first element.")
        plain = [one for one in starts if not one.triggers]
        if len(plain) > 1:
            yield error(RULE, process.id, "The process has several plain start events. Keep one.")
    for scope in model.elements.values():
        if scope.kind in SUB_PROCESSES - {"adHocSubProcess"}:
            starts = [one for one in model.children(scope.id, scope.process_id) if one.kind == "startEvent"]
            if len(starts) != 1:
                yield error(RULE, scope.id, f"The sub-process has {len(starts)} start events. It needs exactly one.")
