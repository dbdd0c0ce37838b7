"""A cycle without a count never ends, and only a non-interrupting boundary event can repeat."""

import re
from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "cycle-needs-count"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        trigger = element.trigger("timer")
        if trigger is None or trigger.timer is None or trigger.timer.kind != "cycle":
            continue
        if re.match(r'^"?R/', trigger.timer.text):
            yield error(RULE, element.id, "The cycle has no end. Write how often, for example R3/P1D.")
        if element.kind != "boundaryEvent" or element.interrupting:
            message = "Only a non-interrupting boundary event can repeat. Use a duration, or make it non-interrupting."
            yield error(RULE, element.id, message)
