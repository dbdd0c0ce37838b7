"""A process must be marked as executable, and there is one to run."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "not-executable"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    executable = {process.id for process in model.processes.values() if process.is_executable}
    if not model.processes:
        yield error(RULE, None, "The file contains no process. Draw one.")
    elif not executable:
        for process in model.processes.values():
            yield error(RULE, process.id, "The process is not marked as executable. Set isExecutable to true.")
    else:
        called = {one.called_element or "" for one in model.elements.values() if one.process_id in executable}
        for process_id in sorted(called & model.processes.keys() - executable):
            message = "The process is called and not marked as executable. Set isExecutable to true."
            yield error(RULE, process_id, message)
