"""Orthogonal ways for all edges, short and straight ones first."""

from collections.abc import Mapping

from workflows.layout.graph import Edge, Node, Scope
from workflows.layout.grid import Grid
from workflows.layout.prices import way_price
from workflows.layout.search import Search
from workflows.layout.wires import Path

_MANY = 7


def route(scope: Scope, search: Search) -> None:
    """Lay a way for every edge."""
    edges = sorted(scope.edges, key=lambda one: _order(one, search.grid))
    for index, edge in enumerate(edges):
        search.allow(len(edges) - index)
        search.wires.lay(edge, search.path(edge)[0])


def reroute(search: Search, *, turns: int) -> None:
    """Try the crooked ones again, knowing all the others. turns: at least so many corners."""
    wires = search.wires
    crooked = [one for one in wires.paths if wires.turns(one) >= turns]
    for index, edge in enumerate(crooked):
        if search.budget <= 0:
            break
        search.allow(len(crooked) - index)
        before = wires.paths[edge]
        search.budget -= len(before)
        wires.lift(edge)
        found = search.path_within(edge, way_price(search.wires, edge, before) - 0.01)
        wires.lay(edge, found[0] if found else before)


def _order(edge: Edge, grid: Grid) -> tuple[bool, bool, bool, int]:
    """Sequence flows first, loops late, straight ones early, then by length."""
    a, b = edge.src.cell, edge.dst.cell
    straight = (a.band, a.row) == (b.band, b.row) and not edge.src.host
    length = abs(a.col - b.col) + abs(grid.row_line(a) - grid.row_line(b))
    return edge.kind != "flow", edge.back, not straight, length


def untangle(search: Search) -> None:
    """Lay the ways out of every gateway again in another order, where that costs less together."""
    leaving: dict[Node, list[Edge]] = {}
    for edge in search.wires.paths:
        if edge.src.kind == "gateway":
            leaving.setdefault(edge.src, []).append(edge)
    for edges in leaving.values():
        if 1 < len(edges) < _MANY and search.budget > 0:
            _try_orders(search, edges)


def _try_orders(search: Search, edges: list[Edge]) -> None:
    wires = search.wires
    ways = {edge: wires.paths[edge] for edge in edges}
    for edge in edges:
        wires.lift(edge)
    cheapest, best = _lay(search, ways), ways
    for order in (edges, edges[::-1]):
        for edge in edges:
            wires.lift(edge)
        cost = 0.0
        for index, edge in enumerate(order):
            search.allow(len(order) - index)
            path, price = search.path(edge)
            wires.lay(edge, path)
            cost += price
        if cost < cheapest - 0.01:
            cheapest, best = cost, {edge: wires.paths[edge] for edge in order}
    for edge in edges:
        wires.lift(edge)
    _lay(search, best)


def _lay(search: Search, ways: Mapping[Edge, Path]) -> float:
    """Lay these ways one after the other; what they cost."""
    total = 0.0
    for edge, path in ways.items():
        total += way_price(search.wires, edge, path)
        search.wires.lay(edge, path)
    return total
