"""Better places by trying: move a node, route its flows again, keep what costs less."""

from collections.abc import Iterator

from workflows.layout.graph import Edge, Node
from workflows.layout.prices import way_price
from workflows.layout.search import Search
from workflows.layout.table import Table
from workflows.layout.wires import Wires

CHOICES = 12
"""Places tried for one node: those that look best by distance alone."""
_GAIN = 0.5
_TAIL = 3
_SHARE = 40


Place = tuple[int, int]
Moves = list[tuple[int, int, int]]
"""Nodes with their new places: (node, row, column) in numbers of the table."""


class Refiner:
    """Moves nodes on a routed grid, as long as the budget of the search lasts."""

    def __init__(self, table: Table, search: Search) -> None:
        self.table, self.grid, self.wires = table, search.grid, search.wires
        self.search = search
        self.rows = dict(zip(self.grid.band_lines, table.band_rows, strict=True))
        self.edges: dict[Node, list[Edge]] = {node: [] for node in table.nodes}
        for edge in self.wires.paths:
            for node in {edge.src.cell, edge.dst.cell}:
                if node in self.edges:
                    self.edges[node].append(edge)

    def sweep(self) -> int:
        """Try every node once; how many moves were kept."""
        kept = 0
        order = sorted(range(len(self.table.nodes)), key=lambda one: (self.table.col[one], self.table.row[one]))
        for node in order:
            if self.search.budget <= 0:
                break
            self.search.allow(_SHARE)
            if not self.table.nodes[node].event_sub:
                kept += any(self._try(change) for change in self._changes(node))
        return kept

    def _changes(self, node: int) -> Iterator[Moves]:
        """The most promising moves, swaps, and moves together with what hangs on the node."""
        singles, together = [], []
        tail = self._tail(node)
        here = self.table.row[node], self.table.col[node]
        for row, col in self.table.near(node):
            cost, moves = self._single(node, here, (row, col))
            if moves:
                singles.append((cost, moves))
            if tail and (moves := self._with_tail([node, *tail], row - here[0], col - here[1])):
                together.append((cost, moves))
        for found, count in ((singles, CHOICES), (together, CHOICES // 2)):
            for _, moves in sorted(found, key=lambda one: (round(one[0], 6), one[1]))[:count]:
                yield moves

    def _single(self, node: int, here: Place, there: Place) -> tuple[float, Moves]:
        """A move to a free place, or a swap with who stands there; what it costs by distance."""
        table = self.table
        table.lift(node)
        cost, moves = 0.0, Moves()
        if table.free(node, *there):
            cost, moves = table.node_cost(node, *there), [(node, *there)]
        elif table.span[node] == 1:
            other = table.cell[there[0] * table.columns + there[1]]
            if table.span[other] == 1 and not table.nodes[other].event_sub:
                gain = table.node_cost(other, *here) - table.node_cost(other, *there)
                cost, moves = table.node_cost(node, *there) + gain, [(node, *there), (other, *here)]
        table.put(node, *here)
        return cost, moves

    def _tail(self, node: int) -> list[int]:
        """What follows the node alone, to its end: a step with its end event moves as one."""
        found, at = list[int](), self.table.at
        while len(found) < _TAIL:
            last = found[-1] if found else node
            nexts = [one.target for one in at[last] if one.source == last]
            if len(nexts) != 1 or nexts[0] in (node, *found):
                break
            if sum(one.target == nexts[0] for one in at[nexts[0]]) != 1:
                break
            found.append(nexts[0])
        return found

    def _with_tail(self, nodes: list[int], down: int, right: int) -> Moves:
        """All nodes moved by the same step, when their places are free. In another lane only the column changes."""
        table, band = self.table, self.table.nodes[nodes[0]].band
        places = {one: (table.row[one], table.col[one]) for one in nodes}
        moves = [
            (one, row + (down if table.nodes[one].band == band else 0), col + right)
            for one, (row, col) in places.items()
        ]
        for one in nodes:
            table.lift(one)
        free = all(self._open(*move) for move in moves)
        for one, (row, col) in places.items():
            table.put(one, row, col)
        return moves if free else []

    def _open(self, node: int, row: int, col: int) -> bool:
        return row in self.rows[self.table.nodes[node].band] and col >= 0 and self.table.free(node, row, col)

    def _try(self, moves: Moves) -> bool:
        table = self.table
        nodes = [one for one, _, _ in moves]
        back = [(one, table.row[one], table.col[one]) for one in nodes]
        edges = list(dict.fromkeys([*self._own(nodes), *self._passing(moves)]))
        old = {edge: self.wires.paths[edge] for edge in edges}
        before = _present_price(self.wires, edges) + self._place_cost(nodes)
        for edge in edges:
            self.wires.lift(edge)
        self._move(moves)
        after = _route(self.search, edges, before - _GAIN - self._place_cost(nodes))
        if after is not None:
            return True
        self._move(back)
        for edge in edges:
            self.wires.lay(edge, old[edge])
        return False

    def _own(self, nodes: list[int]) -> Iterator[Edge]:
        for one in nodes:
            yield from self.edges[self.table.nodes[one]]

    def _passing(self, moves: Moves) -> Iterator[Edge]:
        """Edges that run over the new places."""
        for node, row, col in moves:
            band, index = self._in_band(node, row)
            start = self.grid.y_of[band, index] * self.grid.nx + 2 * col + 1
            for point in range(start, start + 2 * self.table.span[node] - 1):
                for unit in (2 * point, 2 * (point - 1), 2 * point + 1, 2 * (point - self.grid.nx) + 1):
                    for wire in self.wires.on.get(unit, ()):
                        yield from wire.members

    def _in_band(self, node: int, row: int) -> tuple[str, int]:
        band = self.table.nodes[node].band
        return band, row - self.rows[band].start

    def _move(self, moves: Moves) -> None:
        for node, _, _ in moves:
            self.table.lift(node)
        self.grid.vacate(self.table.nodes[node] for node, _, _ in moves)
        for node, row, col in moves:
            self.table.put(node, row, col)
            one = self.table.nodes[node]
            one.row, one.col = self._in_band(node, row)[1], col
        self.grid.occupy(self.table.nodes[node] for node, _, _ in moves)

    def _place_cost(self, nodes: list[int]) -> float:
        """Reading direction and rows: what routing does not know."""
        table = self.table
        links = {id(link): link for node in nodes for link in table.at[node]}
        return sum(table.direction_cost(link) for link in links.values()) + 2 * table.lines()


def _present_price(wires: Wires, edges: list[Edge]) -> float:
    """What the present ways cost, laid one after the other."""
    total, paths = 0.0, {edge: wires.paths[edge] for edge in edges}
    for edge in edges:
        wires.lift(edge)
    for edge in edges:
        total += way_price(wires, edge, paths[edge])
        wires.lay(edge, paths[edge])
    return total


def _route(search: Search, edges: list[Edge], limit: float) -> float | None:
    """New ways for all edges, or None (and no way laid) when they cost more than the limit."""
    total, done = 0.0, list[Edge]()
    for edge in edges:
        found = search.path_within(edge, limit - total)
        if found is None:
            for one in done:
                search.wires.lift(one)
            return None
        search.wires.lay(edge, found[0])
        total += found[1]
        done.append(edge)
    return total
