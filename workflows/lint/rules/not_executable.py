"""A process must be marked as executable, and there is one to run."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "not-executable"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    if not model.processes:
        yield error(RULE, None, "The file contains no process. Draw one.")
    elif not any(process.is_executable for process in model.processes.values()):
        for process in model.processes.values():
            yield error(RULE, process.id, "The process is not marked as executable. Set isExecutable to true.")
