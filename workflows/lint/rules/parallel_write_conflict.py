"""Two branches that run at the same time and write one variable overwrite each other."""

from collections.abc import Iterator
from itertools import combinations

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.graph import reachable
from workflows.lint.report import error
from workflows.lint.writes import written
from workflows.model import Element, Model

RULE = "parallel-write-conflict"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        for first, second in _concurrent(model, element):
            left, right = reachable(model, first), reachable(model, second)
            mine, other = _writers(model, left - right), _writers(model, right - left)
            for name in sorted(mine.keys() & other.keys()):
                message = f"The variable {name} is also written by {other[name]} at the same time. Use two variables."
                yield error(RULE, mine[name], message)


def _concurrent(model: Model, element: Element) -> Iterator[tuple[list[str], list[str]]]:
    """Pairs of places where tokens run at the same time because of this element."""
    if element.kind in ("parallelGateway", "inclusiveGateway"):
        for one, two in combinations(model.outgoing(element), 2):
            yield [one.target], [two.target]
    host = model.elements.get(element.attached_to or "")
    if element.kind == "boundaryEvent" and not element.interrupting and host is not None:
        yield [flow.target for flow in model.outgoing(element)], [flow.target for flow in model.outgoing(host)]


def _writers(model: Model, ids: set[str]) -> dict[str, str]:
    return {name: one for one in sorted(ids) for name in written(model.elements[one])}
