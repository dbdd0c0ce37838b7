"""Scripts before or after a task are invisible on the diagram and run again at each update."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "no-hidden-scripts"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        for name in ("preScript", "postScript"):
            if name in element.extensions:
                yield error(RULE, element.id, f"The element has a hidden {name}. Put its work into a script task.")
