"""A name, an entry or a choice that nothing declares: most likely a slip of the pen."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import warn
from workflows.lint.typed import typed
from workflows.model import Model

RULE = "feel-unknown-name"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for one in typed(model, context):
        for problem in one.found.problems:
            if problem.kind != "type":
                where = f"{one.where.capitalize()}, character {problem.position + 1}"
                yield warn(RULE, one.element_id, f"{where}: {problem.message}")
