"""In which column does each node stand? Longest paths first, folded like lines of a text when they are too long."""

from collections import defaultdict

from workflows.layout.graph import Edge, Node, Scope


def rank(scope: Scope, target: int) -> int:
    """Sets the column of every node; returns how many there are.

    While there are more than `target` columns, flows on the longest paths become upright: a hand-off to another lane
    first, then a way out of a gateway. Their ends stand in one column, so the path is one column shorter.
    """
    flows = [one for one in scope.edges if one.kind == "flow" and not one.back and one.src.cell is not one.dst.cell]
    upright = _Upright(scope)
    order = _longest_paths(scope, flows, upright.edges)
    while (columns := _count(scope)) > target:
        edge = upright.best(_critical(flows, order, columns, upright.edges))
        if edge is None:
            break
        upright.take(edge)
        order = _longest_paths(scope, flows, upright.edges)
    _pull_starts(scope, flows)
    _place_the_rest(scope, target)
    return _count(scope)


def _count(scope: Scope) -> int:
    return max((one.col + one.span for one in scope.cells), default=0)


def _longest_paths(scope: Scope, flows: list[Edge], upright: set[Edge]) -> list[Node]:
    """Sets the columns; returns the nodes in an order in which flows lead forward."""
    incoming: dict[Node, int] = defaultdict(int)
    out: dict[Node, list[Edge]] = defaultdict(list)
    for edge in flows:
        incoming[edge.dst.cell] += 1
        out[edge.src.cell].append(edge)
    for node in scope.cells:
        node.col = 0
    queue = [one for one in scope.cells if not incoming[one]]
    for node in queue:
        for edge in out[node]:
            target = edge.dst.cell
            target.col = max(target.col, node.col + (0 if edge in upright else node.span))
            incoming[target] -= 1
            if not incoming[target]:
                queue.append(target)
    return queue


def _critical(flows: list[Edge], order: list[Node], columns: int, upright: set[Edge]) -> list[Edge]:
    """The flows of the longest paths that cost a column."""
    into: dict[Node, list[Edge]] = defaultdict(list)
    for edge in flows:
        into[edge.dst.cell].append(edge)
    late = {one for one in order if one.col + one.span == columns}
    found = []
    for node in reversed(order):
        for edge in into[node] if node in late else ():
            step = 0 if edge in upright else edge.src.cell.span
            if edge.src.cell.col + step == node.col:
                late.add(edge.src.cell)
                found += [edge] if step else []
    return found


class _Upright:
    """The flows that stay in their column. They form chains that lead down, or up, through the bands."""

    def __init__(self, scope: Scope) -> None:
        self.band = {band: index for index, band in enumerate(scope.bands)}
        self.edges = set[Edge]()
        self.into: dict[Node, int] = {}
        self.out: dict[Node, int] = {}

    def best(self, edges: list[Edge]) -> Edge | None:
        """The flow that looks best upright, the last in reading order among equals."""
        return min((one for one in edges if self._may(one)), key=self._badness, default=None)

    def _badness(self, edge: Edge) -> tuple[int, int]:
        distance = abs(self._step(edge))
        if distance == 0:
            return 1, -edge.src.cell.col
        return (0 if distance == 1 else 1 + distance), -edge.src.cell.col

    def _step(self, edge: Edge) -> int:
        return self.band[edge.dst.cell.band] - self.band[edge.src.cell.band]

    def _may(self, edge: Edge) -> bool:
        source, target = edge.src.cell, edge.dst.cell
        if edge.src.host or source.span != 1 or target.span != 1 or source in self.out or target in self.into:
            return False
        step = self._step(edge)
        if step == 0 and source.kind != "gateway":
            return False
        sign = 1 if step >= 0 else -1
        before, after = self.into.get(source, sign), self.out.get(target, sign)
        return before == sign == after and not (step == 0 and (source in self.into or target in self.out))

    def take(self, edge: Edge) -> None:
        sign = 1 if self._step(edge) >= 0 else -1
        self.edges.add(edge)
        self.out[edge.src.cell] = self.into[edge.dst.cell] = sign


def _pull_starts(scope: Scope, flows: list[Edge]) -> None:
    """A start in the middle stands right before what it starts."""
    entered = {one.dst.cell for one in flows}
    first: dict[Node, int] = {}
    for edge in flows:
        source = edge.src.cell
        first[source] = min(first.get(source, edge.dst.cell.col), edge.dst.cell.col)
    for node in scope.cells:
        if node not in entered and node in first:
            node.col = max(0, first[node] - node.span)


def _place_the_rest(scope: Scope, target: int) -> None:
    """Data and notes of several steps stand in the column of the first; closed pools are set later."""
    for edge in scope.edges:
        for node, other in ((edge.src, edge.dst.cell), (edge.dst, edge.src.cell)):
            if edge.kind == "tie" and node.kind in ("data", "note"):
                node.col = other.col
    tied = {one.cell for edge in scope.edges for one in (edge.src, edge.dst) if edge.src.cell is not edge.dst.cell}
    column: dict[str, int] = defaultdict(int)
    for node in scope.cells:
        if node.event_sub or node not in tied:
            node.col = column[node.band] % target
            column[node.band] += node.span


def fold(scope: Scope, columns: int, parts: int) -> dict[Node, int]:
    """Cuts the columns into `parts` lines of about equal length where fewest flows cross; the line of each node."""
    cuts = [0]
    for part in range(1, parts):
        ideal = round(columns * part / parts)
        slack = max(2, columns // (parts * 6))
        options = [one for one in range(ideal - slack, ideal + slack + 1) if cuts[-1] < one < columns]
        if options:
            cuts.append(min(options, key=lambda one: (_crossing(scope, one) + 0.3 * abs(one - ideal), one)))
    line = {}
    for node in scope.cells:
        line[node] = max(index for index, cut in enumerate(cuts) if cut <= node.col)
        node.col -= cuts[line[node]]
    return line


def _crossing(scope: Scope, column: int) -> int:
    """How many flows and wide nodes stand in the way of a cut before this column."""
    wide = sum(3 for one in scope.cells if one.col < column < one.col + one.span)
    return wide + sum(1 for one in scope.edges if one.kind == "flow" and one.src.cell.col < column <= one.dst.cell.col)
