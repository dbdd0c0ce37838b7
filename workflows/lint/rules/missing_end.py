"""A start, a gateway or a boundary event that leads nowhere was left unfinished. Activities may end without an end."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import GATEWAYS

RULE = "missing-end"

_LEAD_ON = GATEWAYS | {"startEvent", "boundaryEvent"}


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        undoes = element.kind == "boundaryEvent" and element.trigger("compensate") is not None
        if element.kind in _LEAD_ON and not element.outgoing and not undoes:
            yield error(RULE, element.id, "Nothing follows this element. Add an end event after it.")
