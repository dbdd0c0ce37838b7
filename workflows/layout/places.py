"""Row and column of every node: a first guess along the flow, then improved by distance.

The guess reads like a text: columns from the longest paths, folded into lines; every band has rows of its own. The
improvement moves one node at a time, or swaps two, to where its flows are shortest, straightest and unobstructed.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from workflows.layout.graph import Edge, Node, Scope
from workflows.layout.table import FEW, Table

_SWEEPS = 12


def guess(scope: Scope, line: dict[Node, int]) -> None:
    """The first rows: in its band and line, every node takes the free row nearest to where its flow comes from."""
    nodes = [one for one in scope.cells if one.kind != "bar"]
    rows = _guess(scope, nodes, line)
    for band in scope.bands:
        used = sorted({rows[one] for one in nodes if one.band == band})
        for node in nodes:
            if node.band == band:
                node.row = used.index(rows[node])


def _guess(scope: Scope, nodes: list[Node], line: dict[Node, int]) -> dict[Node, tuple[int, int]]:
    before: dict[Node, list[Edge]] = defaultdict(list)
    for edge in scope.edges:
        if edge.kind == "flow" and not edge.back:
            before[edge.dst.cell].append(edge)
    found: dict[Node, tuple[int, int]] = {}
    taken = set[tuple[str, int, int, int]]()
    for node in sorted(nodes, key=lambda one: (line[one], one.col)):
        wish = next((_wish(edge, found) for edge in before[node] if _same(edge.src.cell, node, line, found)), 0)
        row = next(one for one in _around(50 if node.event_sub else wish) if _open(node, line[node], one, taken))
        found[node] = line[node], row
        taken |= {(node.band, line[node], row, one) for one in range(node.col, node.col + node.span)}
    return found


def _same(source: Node, node: Node, line: dict[Node, int], found: dict[Node, tuple[int, int]]) -> bool:
    return source in found and source.band == node.band and line[source] == line[node]


def _wish(edge: Edge, found: dict[Node, tuple[int, int]]) -> int:
    return found[edge.src.cell][1] + (1 if edge.src.host else 0)


def _around(wish: int) -> Iterator[int]:
    """Rows by their distance from the wish, without end."""
    yield wish
    for step in count(1):
        yield from (wish + step, wish - step)


def _open(node: Node, line: int, row: int, taken: set[tuple[str, int, int, int]]) -> bool:
    return all((node.band, line, row, one) not in taken for one in range(node.col, node.col + node.span))


class Improver:
    """Moves nodes one at a time, or swaps two. work: how many looks at a link of a node are left."""

    def __init__(self, table: Table, work: int) -> None:
        self.table, self.work = table, work

    def run(self) -> None:
        """Sweep over all nodes, forth and back, until nothing gets better."""
        table = self.table
        order = sorted(range(len(table.nodes)), key=lambda one: (table.col[one], table.row[one]))
        for sweep in range(_SWEEPS):
            moved = False
            for node in order if sweep % 2 == 0 else reversed(order):
                if self.work > 0 and not table.nodes[node].event_sub:
                    places = table.near(node)
                    moved |= self._move(node, places) or self._swap(node, places)
            if not moved:
                break

    def _move(self, node: int, places: list[tuple[int, int]]) -> bool:
        """Put the node where it costs least."""
        table = self.table
        self.work -= len(places) * len(table.at[node])
        here = table.row[node], table.col[node]
        table.lift(node)
        best = (table.node_cost(node, *here) - 1e-6, here)
        for row, col in places:
            if table.free(node, row, col):
                cost = table.node_cost(node, row, col)
                if cost < best[0]:
                    best = cost, (row, col)
        table.put(node, *best[1])
        return best[1] != here

    def _swap(self, node: int, places: list[tuple[int, int]]) -> bool:
        """Change places with another node of the band if both gain together."""
        table = self.table
        if table.span[node] != 1 or len(table.at[node]) > FEW:
            return False
        for row, col in places:
            other = table.cell[row * table.columns + col]
            if other in (-1, node) or table.span[other] != 1 or table.nodes[other].event_sub:
                continue
            self.work -= 4 * (len(table.at[node]) + len(table.at[other]))
            if len(table.at[other]) <= FEW and self._gains(node, other):
                return True
        return False

    def _gains(self, node: int, other: int) -> bool:
        """Swap the two; back again when that is not better."""
        table = self.table
        here, there = (table.row[node], table.col[node]), (table.row[other], table.col[other])
        before = table.node_cost(node, *here) + table.node_cost(other, *there)
        self._put(node, there, other, here)
        if table.node_cost(node, *there) + table.node_cost(other, *here) < before - 1e-6:
            return True
        self._put(node, here, other, there)
        return False

    def _put(self, node: int, place: tuple[int, int], other: int, second: tuple[int, int]) -> None:
        self.table.lift(node)
        self.table.lift(other)
        self.table.put(node, *place)
        self.table.put(other, *second)


def settle(table: Table, scope: Scope) -> tuple[dict[str, int], int]:
    """Writes rows and columns to the nodes, without empty ones. The rows of each band, and the number of columns."""
    used = sorted({col for one, col in enumerate(table.col) for col in range(col, col + table.span[one])})
    column = {col: index for index, col in enumerate(used)}
    counts = {}
    for band, rows in zip(scope.bands, table.band_rows, strict=True):
        filled = [row for row in rows if table.filled[row]]
        for index, node in enumerate(table.nodes):
            if table.row[index] in filled:
                node.row, node.col = filled.index(table.row[index]), column[table.col[index]]
        counts[band] = max(1, len(filled))
    return counts, max(1, len(used))
