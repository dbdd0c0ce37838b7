"""Where everything stands and how the lines run: guess, improve by distance, then by trying, and keep the best."""

from dataclasses import dataclass
from math import ceil, sqrt

from workflows.layout.graph import Lane, Node, Pool, Scope
from workflows.layout.grid import make_grid
from workflows.layout.loops import mark_loops
from workflows.layout.orders import lane_orders, reorder
from workflows.layout.places import Improver, guess, settle
from workflows.layout.prices import total_price
from workflows.layout.ranks import fold, rank
from workflows.layout.refine import Refiner
from workflows.layout.routes import reroute, route, untangle
from workflows.layout.search import Search
from workflows.layout.shrink import shrink
from workflows.layout.table import Table, make_table
from workflows.layout.wires import Wires

NARROWEST, WIDEST = 18, 36
"""Columns that a drawing has at least before it is made narrower, and at most if that can be."""
_SHAPE, _OVER = 3.2, 0.25
_SMALL = 40
"""So many nodes are quick enough to draw every order of lanes and compare."""
_SWEEPS = 12
_LOOKS = 200_000
"""Links looked at while improving by distance: about half a second."""
_NEAR = 0.97
"""The given order of lanes wins when another is not clearly better."""


@dataclass
class Attempt:
    """One complete placement."""

    cost: float
    lanes: list[Lane]
    cells: dict[Node, tuple[int, int]]
    wires: Wires


def place(scope: Scope, budget: int, *, keep_lanes: bool) -> Wires:
    """Sets column and row of every node and lays all edges.

    budget:     states that the searches for ways may look at.
    keep_lanes: lanes stay in the order in which the file lists them.
    """
    mark_loops(scope)
    pool = max(scope.pools, key=lambda one: len(one.lanes))
    orders = [pool.lanes] if keep_lanes else lane_orders(scope, pool)
    if len(orders) > 1 and len(scope.cells) > _SMALL and budget < 1_000_000:
        orders = [min(orders, key=lambda one: _guessed(scope, pool, one) * (_NEAR if one is orders[0] else 1.0))]
    best: Attempt | None = None
    for lanes in orders:
        reorder(pool, lanes)
        attempt = _attempt(scope, lanes, budget // len(orders))
        if best is None or attempt.cost < best.cost * _NEAR:
            best = attempt
    assert best is not None
    reorder(pool, best.lanes)
    for node, (row, col) in best.cells.items():
        node.row, node.col = row, col
    return best.wires


def _guessed(scope: Scope, pool: Pool, lanes: list[Lane]) -> float:
    """What an order of lanes costs by distance alone."""
    reorder(pool, lanes)
    return _first_places(scope).total()


def _first_places(scope: Scope) -> Table:
    """Longest paths, folded when they are too long, then improved by distance."""
    target = most_columns(scope)
    columns = rank(scope, target)
    guess(scope, fold(scope, columns, max(1, ceil(columns / target - _OVER))))
    table = make_table(scope, max((one.col + one.span for one in scope.cells), default=1), spare=0)
    Improver(table, _LOOKS).run()
    return table


def most_columns(scope: Scope) -> int:
    """About how many columns keep the drawing in a shape that fits a screen."""
    cells = sum(one.span for one in scope.cells)
    return max(NARROWEST, min(max(WIDEST, round(sqrt(cells))), round(_SHAPE * sqrt(cells))))


def _attempt(scope: Scope, lanes: list[Lane], budget: int) -> Attempt:
    """Place and route with the lanes in their present order."""
    _, columns = settle(_first_places(scope), scope)
    table = make_table(scope, columns, spare=1)
    rows = {band: len(found) for band, found in zip(scope.bands, table.band_rows, strict=True)}
    _place_bars(scope, columns)
    search = Search(Wires(make_grid(scope, rows, columns)), budget * 2 // 3)
    route(scope, search)
    _refine(Refiner(table, search))
    wires = shrink(scope, search.wires)
    last = Search(wires, max(search.budget, 0) + budget // 3)
    reroute(last, turns=2)
    untangle(last)
    cost = total_price(last.wires) + make_table(scope, wires.grid.columns, spare=0).price()
    return Attempt(cost, lanes, {one: (one.row, one.col) for one in scope.cells}, wires)


def _refine(refiner: Refiner) -> None:
    search = refiner.search
    for _ in range(_SWEEPS):
        if search.budget > 0:
            reroute(search, turns=2)
            untangle(search)
        if search.budget <= 0 or not refiner.sweep():
            break


def _place_bars(scope: Scope, columns: int) -> None:
    """Closed pools of one band share its width, in the order of those they talk to."""
    for band in scope.bands:
        bars = [one for one in scope.cells if one.kind == "bar" and one.band == band]
        bars.sort(key=lambda one: _talks_at(scope, one))
        for index, bar in enumerate(bars):
            bar.row, bar.col = 0, columns * index // len(bars)
            bar.span = max(1, columns * (index + 1) // len(bars) - bar.col)


def _talks_at(scope: Scope, bar: Node) -> float:
    """The middle column of those a closed pool exchanges messages with."""
    partners = [one.dst.cell if one.src is bar else one.src.cell for one in scope.edges if bar in (one.src, one.dst)]
    return sum(one.col for one in partners) / len(partners) if partners else 0.0
