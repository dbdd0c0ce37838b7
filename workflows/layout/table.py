"""The grid of places: who stands where, and what that costs by distance alone."""

from collections import defaultdict
from dataclasses import dataclass, field

from workflows.layout.graph import Edge, Node, Scope

WIDE, HIGH = 1.6, 1.0
"""Cost of one column and of one row on the way of a flow."""
BLOCKED = 4.0
"""A node in the way of a straight flow."""
ROW = 3.5
COLUMN, ROOMY, TIGHT = 1.0, 24, 12.0
"""A row or a column of its own; in a drawing of more than ROOMY columns each column is dear."""
BACKWARD = 12.0
"""A flow that leads to the left though it closes no loop."""


_REACH = 6
FEW = 12
"""Of a node with more neighbors, only so many are looked at."""


@dataclass
class Link:
    """An edge as the search sees it.

    weight:  smaller when many flows meet at one node and share their last way.
    upright: what it costs to lead straight down or up: natural for a hand-off to another lane, not for a next step.
    """

    source: int
    target: int
    weight: float
    gateway: bool
    seated: bool
    back: bool
    upright: float


@dataclass
class Table:
    """The grid: `rows` of each band, `cell` holds node numbers or -1, `passing` counts straight flows over a cell,
    `filled` and `used` the nodes in a row and in a column."""

    nodes: list[Node]
    links: list[Link]
    columns: int
    band_rows: list[range]
    cell: list[int] = field(default_factory=list)
    passing: list[int] = field(default_factory=list)
    filled: list[int] = field(default_factory=list)
    used: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    col: list[int] = field(default_factory=list)
    span: list[int] = field(default_factory=list)
    at: list[list[Link]] = field(default_factory=list)

    @property
    def column(self) -> float:
        """What a column costs."""
        return TIGHT if self.columns > ROOMY else COLUMN

    def put(self, node: int, row: int, col: int) -> None:
        self.row[node], self.col[node] = row, col
        for place in range(row * self.columns + col, row * self.columns + col + self.span[node]):
            self.cell[place] = node
        self.filled[row] += 1
        self.use(node, 1)
        for link in self.at[node]:
            self._mark(link, 1)

    def lift(self, node: int) -> None:
        row, col = self.row[node], self.col[node]
        for link in self.at[node]:
            self._mark(link, -1)
        for place in range(row * self.columns + col, row * self.columns + col + self.span[node]):
            self.cell[place] = -1
        self.filled[row] -= 1
        self.use(node, -1)

    def use(self, node: int, sign: int) -> None:
        for col in range(self.col[node], self.col[node] + self.span[node]):
            self.used[col] += sign

    def _mark(self, link: Link, sign: int) -> None:
        """Count a straight flow over the cells between its ends."""
        for place in self.between(link):
            self.passing[place] += sign

    def between(self, link: Link) -> range:
        a, b, n = link.source, link.target, self.columns
        if self.row[a] == self.row[b]:
            first, last = self.col[a] + self.span[a], self.col[b]
            return range(self.row[a] * n + first, self.row[a] * n + last) if first < last else range(0)
        if self.col[a] == self.col[b] and not link.back:
            top, low = sorted((self.row[a], self.row[b]))
            return range((top + 1) * n + self.col[a], low * n + self.col[a], n)
        return range(0)

    def free(self, node: int, row: int, col: int) -> bool:
        start = row * self.columns + col
        return col + self.span[node] <= self.columns and all(
            self.cell[place] in (-1, node) for place in range(start, start + self.span[node])
        )

    def link_cost(self, link: Link, node: int, row: int, col: int) -> float:
        """What a flow costs when `node`, one of its ends, stands at (row, col)."""
        a, b = link.source, link.target
        row_a, col_a = (row, col) if a == node else (self.row[a], self.col[a])
        row_b, col_b = (row, col) if b == node else (self.row[b], self.col[b])
        end = col_a + self.span[a] - 1
        dx, dy = col_b - end, row_b - row_a
        high = abs(dy) * HIGH
        if link.seated:
            cost = high + (1.0 if dy > 0 else 5.0) + (WIDE * (dx - 1) if dx > 0 else -WIDE * dx)
        elif link.back:
            cost = 2.0 + high + WIDE * abs(dx) * 0.8 + (1.0 if dx > 0 else 0)
        elif dx > 0:
            cost = WIDE * (dx - 1) + high
            if dy:
                cost += 0.8 if link.gateway else 1.5
            elif dx > 1:
                start = row_a * self.columns
                cost += BLOCKED * sum(one not in (-1, a, b) for one in self.cell[start + end + 1 : start + col_b])
        elif dx == 0 and dy:
            top, low = (row_a, row_b) if dy > 0 else (row_b, row_a)
            column = self.cell[(top + 1) * self.columns + col_b : low * self.columns + col_b : self.columns]
            cost = high + link.upright + BLOCKED * sum(one not in (-1, a, b) for one in column)
        else:
            cost = BACKWARD / 2 + high - WIDE * dx
        return cost * link.weight

    def direction_cost(self, link: Link) -> float:
        """What it costs that a flow does not lead to the right."""
        dx = self.col[link.target] - (self.col[link.source] + self.span[link.source] - 1)
        if link.back or dx > 0:
            return 0.0
        return link.upright if dx == 0 else BACKWARD - dx

    def node_cost(self, node: int, row: int, col: int) -> float:
        start = row * self.columns + col
        cost = BLOCKED * sum(self.passing[start : start + self.span[node]])
        if not self.filled[row]:
            cost += ROW
        if not self.used[col]:
            cost += self.column
        for link in self.at[node]:
            cost += self.link_cost(link, node, row, col)
        return cost

    def near(self, node: int) -> list[tuple[int, int]]:
        """Places worth a look: around where the node stands, and around those its flows lead to."""
        here = self.row[node], self.col[node]
        band = next(rows for rows in self.band_rows if here[0] in rows)
        others = [one.target if one.source == node else one.source for one in self.at[node]][:FEW]
        rows = set(range(here[0] - _REACH, here[0] + _REACH + 1))
        cols = set(range(here[1] - 2, here[1] + 3))
        for other in others:
            rows |= set(range(self.row[other] - 2, self.row[other] + 3))
            cols |= set(range(self.col[other] - 2, self.col[other] + self.span[other] + 2))
        return [
            (row, col)
            for row in sorted(rows.intersection(band))
            for col in sorted(cols)
            if 0 <= col <= self.columns - self.span[node] and (row, col) != here
        ]

    def total(self) -> float:
        flows = sum(self.link_cost(one, one.source, self.row[one.source], self.col[one.source]) for one in self.links)
        return flows + self.lines()

    def lines(self) -> float:
        """What rows and columns cost."""
        return ROW * sum(map(bool, self.filled)) + self.column * sum(map(bool, self.used))

    def price(self) -> float:
        """What routing does not know: reading direction, rows, columns. In the measure of routing."""
        return sum(self.direction_cost(one) for one in self.links) + 2 * self.lines()


def make_table(scope: Scope, columns: int, *, spare: int) -> Table:
    """The table of the present rows and columns, with spare rows at the end of every band."""
    nodes = [one for one in scope.cells if one.kind != "bar"]
    number = {node: index for index, node in enumerate(nodes)}
    band_rows, start, first = [], {}, 0
    for band in scope.bands:
        start[band] = first
        count = max((one.row + 1 for one in nodes if one.band == band), default=1)
        band_rows.append(range(first, first + count + spare))
        first = band_rows[-1].stop
    table = Table(nodes, _links(scope, number), columns, band_rows)
    table.cell, table.passing, table.filled = [-1] * (first * columns), [0] * (first * columns), [0] * first
    table.used = [0] * columns
    table.span = [one.span for one in nodes]
    table.row, table.col = [start[one.band] + one.row for one in nodes], [one.col for one in nodes]
    for index, node in enumerate(nodes):
        for place in range(table.row[index] * columns + node.col, table.row[index] * columns + node.col + node.span):
            table.cell[place] = index
        table.filled[table.row[index]] += 1
        table.use(index, 1)
    table.at = [[] for _ in nodes]
    for link in table.links:
        table.at[link.source].append(link)
        table.at[link.target].append(link)
        for place in table.between(link):
            table.passing[place] += 1
    return table


def _links(scope: Scope, number: dict[Node, int]) -> list[Link]:
    meeting: dict[tuple[Node, str], int] = defaultdict(int)
    for edge in scope.edges:
        meeting[edge.dst, edge.kind] += 1
    found = []
    for edge in scope.edges:
        source, target = edge.src.cell, edge.dst.cell
        if source in number and target in number and source is not target:
            weight = _weight(edge) / meeting[edge.dst, edge.kind] ** 0.5
            gateway = "gateway" in (source.kind, target.kind)
            ends = number[source], number[target]
            found.append(Link(*ends, weight, gateway, edge.src.host is not None, edge.back, _upright(edge)))
    return found


def _upright(edge: Edge) -> float:
    if edge.kind != "flow" or edge.src.cell.band != edge.dst.cell.band:
        return 0.4
    return 1.0 if edge.src.kind == "gateway" else BACKWARD


def _weight(edge: Edge) -> float:
    return {"flow": 1.0, "message": 0.6, "tie": 0.4}[edge.kind]
