"""A parallel gateway that waits for two ways of which only one is ever taken waits for ever."""

from collections.abc import Iterator
from itertools import combinations

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.graph import reachable
from workflows.lint.report import warn
from workflows.model import Element, Flow, Model

RULE = "join-cannot-fill"

MOST = 20_000
"""Pairs of flows with elements that may part them. No drawing that people read has more; each is a walk."""

_CHOOSE = frozenset({"exclusiveGateway", "eventBasedGateway"})


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    if _comparisons(model) > MOST:
        return
    for join in model.elements.values():
        if join.kind != "parallelGateway" or len(join.incoming) < 2:
            continue
        choice = next(
            (one for pair in combinations(model.incoming(join), 2) if (one := _choice(model, join, pair))), None
        )
        if choice is not None:
            message = f"Only one of the ways that {choice} chooses comes here, so the gateway waits for ever. Use an "
            yield warn(RULE, join.id, message + "exclusive gateway instead.")


def _comparisons(model: Model) -> int:
    joins = [one for one in model.elements.values() if one.kind == "parallelGateway"]
    pairs = sum(len(one.incoming) * (len(one.incoming) - 1) // 2 for one in joins)
    return pairs * sum(len(one.outgoing) > 1 for one in model.elements.values())


def _choice(model: Model, join: Element, pair: tuple[Flow, Flow]) -> str | None:
    """A gateway that chooses between the two flows, when nothing brings tokens to both."""
    parting = [one for one in model.elements.values() if _parts(model, join, one, pair)]
    both = [one for one in parting if one.kind not in _CHOOSE]
    chosen = [one.id for one in parting if one.kind in _CHOOSE]
    return chosen[0] if chosen and not both else None


def _parts(model: Model, join: Element, element: Element, pair: tuple[Flow, Flow]) -> bool:
    """Whether different ways out of an element lead to the two flows, and none leads to both."""
    ways = [reachable(model, [target], frozenset({join.id, element.id})) for target in _ways(model, element)]
    if len(ways) < 2:
        return False
    reaches = [frozenset(flow.id for flow in pair if _leads(flow, join, way, element)) for way in ways]
    return len(frozenset().union(*reaches)) == 2 and all(len(one) < 2 for one in reaches)


def _ways(model: Model, element: Element) -> list[str]:
    edges = [one.id for one in model.elements.values() if one.attached_to == element.id]
    return [*model.following(element), *edges]


def _leads(flow: Flow, join: Element, way: set[str], element: Element) -> bool:
    return flow.source in way or (flow.source == element.id and join.id in way)
