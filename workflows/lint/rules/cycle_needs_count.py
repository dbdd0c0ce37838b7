"""A cycle without a count never ends, and only what does not interrupt can repeat."""

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
        if element.kind == "startEvent" and element.parent_id is None:
            continue  # It starts one instance after the other, for as long as the version is the newest.
        if re.match(r'^"?R/', trigger.timer.text):
            yield error(RULE, element.id, "The cycle has no end. Write how often, for example R3/P1D.")
        if element.kind not in ("boundaryEvent", "startEvent") or element.interrupting:
            message = "Only an event that does not interrupt can repeat. Use a duration, or make it non-interrupting."
            yield error(RULE, element.id, message)
