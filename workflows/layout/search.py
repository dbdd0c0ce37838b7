"""The cheapest way of one edge on the coarse grid, beside everything that runs there already."""

import heapq

from workflows.layout.detour import detour
from workflows.layout.graph import Edge
from workflows.layout.grid import DOWN, LEFT, RIGHT, UP
from workflows.layout.ports import NEVER, entry_cost, exit_cost
from workflows.layout.prices import BEND, CROSS, crossed, step_price, way_price
from workflows.layout.seats import meets, seat_column
from workflows.layout.wires import Path, Wires

_FAR = 1e9
_GREEDY = 6.0
_LEAST = 25


class Search:
    """Cheapest paths by A*: states are (point, direction), numbered `point * 4 + direction`.

    budget: states that may still be looked at. Near its end searches get greedy, then edges take a plain detour.
    """

    def __init__(self, wires: Wires, budget: int) -> None:
        self.wires, self.grid = wires, wires.grid
        self.budget = budget
        self.most = budget
        self.visits = 0

    def allow(self, edges: int) -> None:
        """Share what is left of the budget among so many edges."""
        self.most = max(_LEAST, min(self.budget, 4 * self.budget // max(1, edges)))

    def path(self, edge: Edge) -> tuple[Path, float]:
        """The cheapest way of an edge and its cost."""
        found = self.path_within(edge, _FAR)
        if found is None:
            way = detour(self.grid, edge)
            return way, way_price(self.wires, edge, way)
        return found

    def path_within(self, edge: Edge, limit: float) -> tuple[Path, float] | None:
        """As above; None when every way costs more than the limit, or none was found in time."""
        self._begin(edge)
        found = self._run(limit)
        self.budget -= self.visits
        return None if found is None else (self._trace(found), self.best[found])

    def _begin(self, edge: Edge) -> None:
        grid = self.grid
        self.edge = edge
        self.own, self.goals = grid.points(edge.src), grid.points(edge.dst)
        self.low, self.high = grid.bounds(edge)
        self.best: dict[int, float] = {}
        self.origin: dict[int, int] = {}
        self.heap: list[tuple[float, int, int]] = []
        self.left, self.right = self.goals[0] % grid.nx, self.goals[-1] % grid.nx
        self.line = grid.row_line(edge.dst)
        self.downward = self.line - grid.row_line(edge.src)
        self.pull = 0.6 if self.wires.entered[edge.dst] else 1.0
        for point, side in _starts(edge, self.own):
            cost = exit_cost(self.wires, edge, side)
            if cost < NEVER:
                self._push(point * 4 + side, cost, -1)

    def _push(self, state: int, cost: float, origin: int) -> None:
        if cost + 1e-9 < self.best.get(state, _FAR):
            self.best[state], self.origin[state] = cost, origin
            y, x = divmod(state >> 2, self.grid.nx)
            rest = abs(y - self.line) + (self.left - x if x < self.left else x - self.right if x > self.right else 0)
            heapq.heappush(self.heap, (cost + rest * self.pull, state, 0))

    def _run(self, limit: float) -> int | None:
        done, heap, most = set[int](), self.heap, self.most
        self.visits = 0
        while heap:
            estimate, state, arrived = heapq.heappop(heap)
            if estimate > limit:
                return None
            if arrived:
                return state
            if state in done:
                continue
            done.add(state)
            self.visits += 1
            if self.visits > most:
                if self.pull == _GREEDY:
                    break
                self.pull = _GREEDY
                most += _LEAST * 4
            self._advance(state)
        return None

    def _advance(self, state: int) -> None:
        """One step on, then every way to turn."""
        point, direction = state >> 2, state & 3
        if not self._inside(point, direction):
            return
        nxt = point + self.wires.step[direction]
        if self.grid.taken[nxt]:
            if nxt in self.goals:
                self._arrive(state, nxt, direction)
            return
        straight = self.edge.src.host is not None and self._is_straight(state)
        cost = self.best[state] + (1.0 if straight else step_price(self.wires, self.edge, point, nxt, direction))
        crossing = CROSS * crossed(self.wires, nxt, direction)
        self._push(nxt * 4 + direction, cost + crossing, state)
        corner = cost + BEND + 0.3 * crossing
        self._push(nxt * 4 + (direction + 1) % 4, corner, state)
        self._push(nxt * 4 + (direction + 3) % 4, corner, state)

    def _inside(self, point: int, direction: int) -> bool:
        nx = self.grid.nx
        if direction == RIGHT:
            return point % nx + 1 < nx
        if direction == LEFT:
            return point % nx > 0
        return point // nx < self.high if direction == DOWN else point // nx > self.low

    def _arrive(self, state: int, point: int, direction: int) -> None:
        side = (direction + 2) % 4
        if not self._may_dock(state, point, side):
            return
        straight = self.edge.src.host is not None and self._is_straight(state)
        cost = self.best[state] + (1.0 if straight else step_price(self.wires, self.edge, state >> 2, point, direction))
        cost += entry_cost(self.wires, self.edge, side, self.downward)
        final = point * 4 + direction
        if cost < NEVER and cost + 1e-9 < self.best.get(final, _FAR):
            self.best[final], self.origin[final] = cost, state
            heapq.heappush(self.heap, (cost, final, 1))

    def _may_dock(self, state: int, point: int, side: int) -> bool:
        """Left and right at the ends of a wide shape; a line straight down from a seat must meet its target well."""
        points = self.goals
        if self.edge.src.cell is self.edge.dst.cell and self._left_at(state) == side:
            return False
        if side in (LEFT, RIGHT):
            return point == (points[0] if side == LEFT else points[-1])
        if self.edge.src.host and self._is_straight(state):
            return len(points) == 1 and meets(self.edge.src, self.edge.dst)
        return self.edge.dst.kind in ("bar", "sub") or point in (points[0], points[-1])

    def _left_at(self, state: int) -> int:
        """The side on which the way to this state left its source."""
        while self.origin[state] >= 0:
            state = self.origin[state]
        return state & 3

    def _is_straight(self, state: int) -> bool:
        direction = state & 3
        while state >= 0:
            if state & 3 != direction:
                return False
            state = self.origin[state]
        return True

    def _trace(self, state: int) -> Path:
        path = []
        while state >= 0:
            path.append((state >> 2, state & 3))
            state = self.origin[state]
        return path[::-1]


def _starts(edge: Edge, points: range) -> list[tuple[int, int]]:
    """Where and to which side an edge may leave its source."""
    source = edge.src
    if source.host:
        return [(points[2 * seat_column(source)], DOWN)]
    inner = list(points) if source.kind in ("bar", "sub") else sorted({points[0], points[-1]})
    across = [(points[-1], RIGHT), (points[0], LEFT)]
    return across + [(point, side) for point in inner for side in (DOWN, UP)]
