"""A signal is found by its name."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "signal-unnamed"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        trigger = element.trigger("signal")
        if trigger is not None and (trigger.ref is None or not trigger.name):
            yield error(RULE, element.id, "The event names no signal. Choose or create a signal with a name.")
