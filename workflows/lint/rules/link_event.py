"""Link events lose their token in the engine."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "link-event"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.trigger("link") is not None:
            yield error(RULE, element.id, "Link events are not supported. Draw a sequence flow instead.")
