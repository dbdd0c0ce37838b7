"""Which flows run together? Flows to one step may share their last way, flows from one gateway their first."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from workflows.layout.graph import Edge, Node
from workflows.layout.grid import DOWN, LEFT, RIGHT, UP, Grid

Path = list[tuple[int, int]]
"""Points of the grid with the direction in which each is left; the last keeps the direction of arrival."""
_FEW = 16


def make_path(points: Iterable[int], nx: int) -> Path:
    """The path along these points of a grid `nx` wide, without repeated points and ways there and back.

    Nothing may be left of it.
    """
    found = list[int]()
    for point in points:
        if len(found) > 1 and found[-2] == point:
            found.pop()
        elif not found or found[-1] != point:
            found.append(point)
    if len(found) < 2:
        return []
    step = {1: RIGHT, nx: DOWN, -1: LEFT, -nx: UP}
    ways = [step[b - a] for a, b in pairwise(found)]
    return list(zip(found, [*ways, ways[-1]], strict=True))


@dataclass(eq=False)
class Wire:
    """Flows that are drawn as one line over one step of the grid. private: straight from a boundary event's seat.

    sources, targets: how many members have each; a wire has one target in common, or one source.
    """

    direction: int
    private: bool = False
    members: list[Edge] = field(default_factory=list)
    sources: Counter[Node] = field(default_factory=Counter)
    targets: Counter[Node] = field(default_factory=Counter)

    def take(self, edge: Edge) -> None:
        self.members.append(edge)
        self.sources[edge.src] += 1
        self.targets[edge.dst] += 1

    def drop(self, edge: Edge) -> None:
        self.members.remove(edge)
        for counter, node in ((self.sources, edge.src), (self.targets, edge.dst)):
            counter[node] -= 1
            if not counter[node]:
                del counter[node]


def may_share(one: Edge, other: Edge) -> bool:
    """Whether two flows may be drawn on each other: one target, or one gateway; never both, never a default flow."""
    if one.kind != "flow" or other.kind != "flow":
        return False
    if one.dst is other.dst:
        return one.src is not other.src
    return one.src is other.src and one.src.kind == "gateway" and not one.default and not other.default


def joins(edge: Edge, direction: int, wire: Wire) -> bool:
    """Whether the flow may run on the wire: all of it must have one target, or all of it one source."""
    if wire.private or wire.direction != direction or edge.kind != "flow" or wire.members[0].kind != "flow":
        return False
    if edge.dst in wire.targets:
        return len(wire.targets) == 1 and edge.src not in wire.sources
    if edge.default or edge.src.kind != "gateway" or edge.src not in wire.sources or len(wire.sources) != 1:
        return False
    return not any(one.default for one in wire.members[:_FEW])


class Wires:
    """What runs where. A unit is one step of the grid: (its smaller point) * 2 + (0 across, 1 down)."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.step = (1, grid.nx, -1, -grid.nx)
        size = 2 * grid.nx * (grid.ny + 1)
        self.count = [0] * size
        self.on: dict[int, list[Wire]] = defaultdict(list)
        self.paths: dict[Edge, Path] = {}
        self.ports: dict[tuple[object, int], list[tuple[Edge, bool]]] = defaultdict(list)
        self.entered: dict[object, int] = defaultdict(int)
        self.history: dict[int, float] = defaultdict(float)

    def units(self, edge: Edge, path: Path) -> list[tuple[int, int]]:
        """(unit, direction) of every step of a path."""
        return [(2 * min(a, b) + d % 2, d) for (a, d), (b, _) in pairwise(path)]

    def lay(self, edge: Edge, path: Path) -> None:
        """Record the way of an edge."""
        self.paths[edge] = path
        private = edge.src.host is not None
        for unit, direction in self.units(edge, path):
            private = private and direction == path[0][1]
            self._join(edge, unit, direction, private)
        self.entered[edge.dst] += 1
        self.ports[edge.src, path[0][1]].append((edge, False))
        self.ports[edge.dst, (path[-1][1] + 2) % 4].append((edge, True))

    def _join(self, edge: Edge, unit: int, direction: int, private: bool) -> None:
        found = None if private else self.company(edge, unit, direction)
        if found is None:
            found = Wire(direction, private=private)
            self.on[unit].append(found)
            self.count[unit] += 1
        found.take(edge)

    def company(self, edge: Edge, unit: int, direction: int) -> Wire | None:
        """The wire on this unit that the flow may join. In a thick bundle only the first few are asked."""
        return next((one for one in self.on[unit][:_FEW] if joins(edge, direction, one)), None)

    def lift(self, edge: Edge) -> None:
        """Forget the way of an edge."""
        path = self.paths.pop(edge)
        for unit, _ in self.units(edge, path):
            wire = next(one for one in self.on[unit] if edge in one.members)
            wire.drop(edge)
            if not wire.members:
                self.on[unit].remove(wire)
                self.count[unit] -= 1
        self.entered[edge.dst] -= 1
        self.ports[edge.src, path[0][1]].remove((edge, False))
        self.ports[edge.dst, (path[-1][1] + 2) % 4].remove((edge, True))

    def turns(self, edge: Edge) -> int:
        return sum(a[1] != b[1] for a, b in pairwise(self.paths[edge]))
