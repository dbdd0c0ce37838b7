"""A line between two shapes that stand where somebody else put them: around everything, with few corners."""

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from workflows.layout.graph import Point

Frame = tuple[int, int, int, int]
"""Left, top, right, bottom."""
Spot = tuple[int, int]
"""A crossing of two lines, by their numbers."""
State = tuple[Spot, int]
"""A crossing and the direction in which the line arrives there."""
_CLEAR = 16
"""Pixels kept between a line and the shapes it passes."""
_BEND, _COVER, _APART = 40, 200, 6
_MOST = 20_000
_RIGHT, _DOWN, _LEFT, _UP = range(4)
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


def connect(
    source: Frame,
    target: Frame,
    others: Sequence[Frame],
    lines: Sequence[Sequence[Point]] = (),
    *,
    leave: int | None = None,
) -> list[Point]:
    """Waypoints from border to border. Leaves to the right and enters from the left when nothing speaks against it.

    lines: what is drawn already; it may be crossed, and is not covered where that can be avoided.
    leave: the side on which it must leave: 0 right, 1 below, 2 left, 3 above.
    When no clear way is found in time, the line leads straight through: the shapes are joined in any case.
    """
    solid = [one for one in others if not _touches(one, source) and not _touches(one, target)]
    board = _Board(source, target, [*solid, source, target], lines)
    if leave is not None:
        board.exits = {spot: door for spot, door in board.exits.items() if door[0] == leave}
    return board.way() or _plain(source, target)


def _touches(one: Frame, other: Frame) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _middle(frame: Frame) -> Point:
    return (frame[0] + frame[2]) // 2, (frame[1] + frame[3]) // 2


class _Board:
    """The lines beside all shapes, and a search for the cheapest way along them."""

    def __init__(self, source: Frame, target: Frame, solid: list[Frame], lines: Sequence[Sequence[Point]]) -> None:
        self.source, self.target, self.solid = source, target, solid
        self.drawn = [piece for line in lines for piece in pairwise(line)]
        ends = [_middle(source), _middle(target)]
        reach = (_CLEAR, _CLEAR // 2) if lines else (_CLEAR,)
        self.xs = sorted({x for one in solid for d in reach for x in (one[0] - d, one[2] + d)} | {x for x, _ in ends})
        self.ys = sorted({y for one in solid for d in reach for y in (one[1] - d, one[3] + d)} | {y for _, y in ends})
        self.exits = dict(self._doors(source, (0, 30, 90, 30)))
        self.entries = dict(self._doors(target, (90, 30, 0, 30)))

    def _doors(self, frame: Frame, costs: tuple[int, int, int, int]) -> Iterator[tuple[Spot, Spot]]:
        """The crossing beside each side of a shape: its direction seen from the shape, and what it costs."""
        x, y = _middle(frame)
        places = (frame[2] + _CLEAR, y), (x, frame[3] + _CLEAR), (frame[0] - _CLEAR, y), (x, frame[1] - _CLEAR)
        for side, (px, py) in enumerate(places):
            cost = costs[side] + self._covering(_border(frame, side), (px, py))
            yield (bisect_left(self.xs, px), bisect_left(self.ys, py)), (side, cost)

    def _covering(self, one: Point, other: Point) -> int:
        """What it costs to lie on lines that are drawn already."""
        flat = one[1] == other[1]
        along, at = (0, 1) if flat else (1, 0)
        low, high = sorted((one[along], other[along]))
        count = 0
        for a, b in self.drawn:
            if abs(a[at] - one[at]) < _APART and abs(b[at] - one[at]) < _APART:
                count += min(high, max(a[along], b[along])) - max(low, min(a[along], b[along])) > 1
        return count * _COVER

    def way(self) -> list[Point] | None:
        """The cheapest way, or None when there is none or the search takes too long."""
        heap: list[tuple[int, int, Spot, int]] = []
        best: dict[State, int] = {}
        origin: dict[State, State | None] = {}
        for spot, (side, cost) in self.exits.items():
            best[spot, side], origin[spot, side] = cost, None
            heapq.heappush(heap, (cost + self._far(spot), cost, spot, side))
        for _ in range(_MOST):
            if not heap:
                return None
            _, cost, spot, direction = heapq.heappop(heap)
            if spot in self.entries and cost == best[spot, direction]:
                return self._points(origin, (spot, direction))
            for turn, nxt in self._next(spot, direction):
                price = cost + self._length(spot, nxt) + (0 if turn == direction else _BEND)
                price += self._entering(nxt, turn) + self._covering(self._at(spot), self._at(nxt))
                if price < best.get((nxt, turn), 1 << 60):
                    best[nxt, turn], origin[nxt, turn] = price, (spot, direction)
                    heapq.heappush(heap, (price + self._far(nxt), price, nxt, turn))
        return None

    def _entering(self, spot: Spot, direction: int) -> int:
        """What it costs to end here: by the side of the shape, and whether the line has to turn towards it."""
        if spot not in self.entries:
            return 0
        side, cost = self.entries[spot]
        return cost + _BEND * (direction != (side + 2) % 4)

    def _next(self, spot: Spot, direction: int) -> Iterator[tuple[int, Spot]]:
        for turn in (direction, (direction + 1) % 4, (direction + 3) % 4):
            x, y = spot[0] + _STEPS[turn][0], spot[1] + _STEPS[turn][1]
            if 0 <= x < len(self.xs) and 0 <= y < len(self.ys) and self._clear(spot, (x, y)):
                yield turn, (x, y)

    def _clear(self, one: Spot, other: Spot) -> bool:
        x1, x2 = sorted((self.xs[one[0]], self.xs[other[0]]))
        y1, y2 = sorted((self.ys[one[1]], self.ys[other[1]]))
        return not any(
            a < x2 + _APART and x1 - _APART < c and b < y2 + _APART and y1 - _APART < d for a, b, c, d in self.solid
        )

    def _at(self, spot: Spot) -> Point:
        return self.xs[spot[0]], self.ys[spot[1]]

    def _length(self, one: Spot, other: Spot) -> int:
        return abs(self.xs[one[0]] - self.xs[other[0]]) + abs(self.ys[one[1]] - self.ys[other[1]])

    def _far(self, spot: Spot) -> int:
        x, y = _middle(self.target)
        half = (self.target[2] - self.target[0] + self.target[3] - self.target[1]) // 2 + 2 * _CLEAR
        return max(0, abs(self.xs[spot[0]] - x) + abs(self.ys[spot[1]] - y) - half)

    def _points(
        self,
        origin: dict[State, State | None],
        state: State,
    ) -> list[Point]:
        spots, at = [], state
        while True:
            spots.append(at[0])
            before = origin[at]
            if before is None:
                break
            at = before
        spots.reverse()
        inner = [(self.xs[x], self.ys[y]) for x, y in spots]
        first = _border(self.source, self.exits[spots[0]][0])
        last = _border(self.target, self.entries[spots[-1]][0])
        return _corners([first, *inner, last])


def _border(frame: Frame, side: int) -> Point:
    x, y = _middle(frame)
    return ((frame[2], y), (x, frame[3]), (frame[0], y), (x, frame[1]))[side]


def _corners(points: list[Point]) -> list[Point]:
    """Only where the line turns."""
    found = points[:1]
    for index in range(1, len(points) - 1):
        a, b, c = found[-1], points[index], points[index + 1]
        if not (a[0] == b[0] == c[0] or a[1] == b[1] == c[1]) and b != a:
            found.append(b)
    return [*found, points[-1]]


def _plain(source: Frame, target: Frame) -> list[Point]:
    """Two corners halfway between the shapes."""
    (x1, y1), (x2, y2) = _middle(source), _middle(target)
    if target[0] >= source[2]:
        half = (source[2] + target[0]) // 2
        return _corners([(source[2], y1), (half, y1), (half, y2), (target[0], y2)])
    below = target[1] >= source[3]
    start, end = (source[3], target[1]) if below else (source[1], target[3])
    half = (start + end) // 2
    return _corners([(x1, start), (x1, half), (x2, half), (x2, end)])
