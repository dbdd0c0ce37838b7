"""Names beside events, gateways and flows, where they touch nothing."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator

from workflows.layout.canvas import LABEL_WIDTH
from workflows.layout.graph import Box, Edge, Node, Point, Scope
from workflows.layout.seats import SEAT_LABEL
from workflows.layout.text import text_box

FLOW_LABEL = 82
"""At most so wide is the label of a flow before it wraps."""
_TILE = 120
_SHAPE, _LABEL, _LINE, _OWN, _BORDER = 60.0, 60.0, 14.0, 14.0, 25.0

Frame = tuple[int, int, int, int]
"""Left, top, right, bottom."""
Stretch = tuple[list[Point], int]
"""Points along which a name may stand, and how far from their beginning it stays."""


class Room:
    """What is drawn already, found by place."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], list[tuple[Frame, float]]] = defaultdict(list)

    def add(self, frame: Frame, cost: float) -> None:
        for tile in _tiles(frame):
            self.tiles[tile].append((frame, cost))

    def drop(self, frame: Frame, cost: float) -> None:
        for tile in _tiles(frame):
            self.tiles[tile].remove((frame, cost))

    def trouble(self, frame: Frame) -> float:
        """The summed cost of what the frame touches."""
        left, top, right, bottom = frame
        found = {
            id(one): one[1]
            for tile in _tiles(frame)
            for one in self.tiles.get(tile, ())
            if one[0][0] < right and left < one[0][2] and one[0][1] < bottom and top < one[0][3]
        }
        return sum(found.values())


def _tiles(frame: Frame) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = frame
    for x in range(left // _TILE, right // _TILE + 1):
        for y in range(top // _TILE, bottom // _TILE + 1):
            yield x, y


def frame_of(box: Box) -> Frame:
    x, y, w, h = box
    return x, y, x + w, y + h


class LabelPlacer:
    """Tries places in order of habit; the one with the least trouble wins. Flows choose first: they have fewer."""

    def __init__(self, scope: Scope, routes: dict[Edge, list[Point]], solid: Iterable[Box], borders: Iterable[Frame]):
        self.scope, self.routes = scope, routes
        self.leaving: dict[Node, list[Edge]] = defaultdict(list)
        for edge in routes:
            self.leaving[edge.src].append(edge)
        self.room = Room()
        for node in scope.nodes.values():
            for frame in _outlines(node):
                self.room.add(frame, _SHAPE)
        for box in solid:
            self.room.add(frame_of(box), _SHAPE)
        for border in borders:
            self.room.add(border, _BORDER)
        for points in routes.values():
            for line in _strips(points):
                self.room.add(line, _LINE)

    def place(self) -> tuple[dict[str, Box], dict[Edge | Node, Stretch]]:
        """The box of every name, and those that touch something wherever they stand, with where they would stand."""
        wanted: dict[Edge | Node, list[Box]] = {}
        own: dict[Edge | Node, Stretch] = {}
        for edge in self.scope.edges:
            if edge.name and edge in self.routes:
                own[edge] = self._own(edge)
                wanted[edge] = list(_beside(edge, *own[edge]))
        for node in self.scope.nodes.values():
            if node.labeled_outside:
                wanted[node] = list(_around(node))
        chosen = {owner: self._choose(places) for owner, places in wanted.items()}
        for owner, places in wanted.items():
            self.room.drop(frame_of(chosen[owner]), _LABEL)
            chosen[owner] = self._choose(places)
        unhappy: dict[Edge | Node, Stretch] = {}
        for owner, box in chosen.items():
            self.room.drop(frame_of(box), _LABEL)
            if self.room.trouble(frame_of(box)) > 0:
                unhappy[owner] = own.get(owner, ([], 0))
            self.room.add(frame_of(box), _LABEL)
        return {owner.id: box for owner, box in chosen.items()}, unhappy

    def _choose(self, places: list[Box]) -> Box:
        _, index = min((self.room.trouble(frame_of(box)) + 0.5 * index, index) for index, box in enumerate(places))
        self.room.add(frame_of(places[index]), _LABEL)
        return places[index]

    def _own(self, edge: Edge) -> Stretch:
        """The part of the way that no other flow from the same step shares, and how far from its start a label stays.

        A label beside the shared part would be misread, and one right at the fork too.
        """
        points = self.routes[edge]
        others = [one for one in self.leaving[edge.src] if one is not edge]
        start = max((_common(points, self.routes[one]) for one in others), default=0)
        near = 12 if start else 4
        return _from(points, start), near + (12 if edge.default and not start else 0)


def _outlines(node: Node) -> Iterator[Frame]:
    """The frame of a shape; a diamond leaves its corners free."""
    w, h = node.w // 2, node.h // 2
    if node.kind != "gateway":
        yield node.x - w, node.y - h, node.x + w, node.y + h
        return
    for inset_x, inset_y in ((12, 12), (2, 20), (20, 2)):
        yield node.x - w + inset_x, node.y - h + inset_y, node.x + w - inset_x, node.y + h - inset_y


def _strips(points: list[Point]) -> Iterator[Frame]:
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        yield min(x1, x2) - 2, min(y1, y2) - 1, max(x1, x2) + 2, max(y1, y2) + 1


def _common(one: list[Point], other: list[Point]) -> int:
    """Length of the way that two lines share from their start."""
    length = 0
    if one[0] != other[0]:
        return 0
    for (a, b), (c, d) in zip(itertools.pairwise(one), itertools.pairwise(other), strict=False):
        first, second = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
        if (first[0] > 0, first[0] < 0, first[1] > 0) != (second[0] > 0, second[0] < 0, second[1] > 0):
            break
        mine, theirs = abs(first[0]) + abs(first[1]), abs(second[0]) + abs(second[1])
        length += min(mine, theirs)
        if mine != theirs:
            break
    return length


def _from(points: list[Point], length: int) -> list[Point]:
    """The rest of a way after so many pixels."""
    for index, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(points)):
        piece = abs(x2 - x1) + abs(y2 - y1)
        if length < piece:
            dx, dy = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
            return [(x1 + dx * length, y1 + dy * length), *points[index + 1 :]]
        length -= piece
    return points


def _around(node: Node) -> Iterator[Box]:
    if node.kind == "boundary":
        yield from _around_seat(node)
        return
    w, h = text_box(node.name, LABEL_WIDTH)
    left, top, right, bottom = node.x - node.w // 2, node.y - node.h // 2, node.x + node.w // 2, node.y + node.h // 2
    above, below = (node.x - w // 2, top - h - 2, w, h), (node.x - w // 2, bottom + 2, w, h)
    yield from (above, below) if node.kind == "gateway" else (below, above)
    for step in (0, 10, 22):
        for y in (top - h + 3 - step, bottom - 3 + step):
            yield from ((x, y, w, h) for x in (node.x + 9, node.x - 9 - w))
    yield from ((x, node.y - h // 2, w, h) for x in (right + 3, left - 3 - w))


def _around_seat(node: Node) -> Iterator[Box]:
    w, h = text_box(node.name, SEAT_LABEL)
    bottom = node.y + node.h // 2
    yield node.x + 5, bottom + 1, w, h
    yield node.x - w - 5, bottom + 1, w, h
    yield node.x + 16, bottom - 6, w, h
    yield node.x - w - 16, bottom - 6, w, h
    yield node.x + 20, node.y + 3, w, h
    yield node.x - w - 20, node.y + 3, w, h


def _beside(edge: Edge, points: list[Point], first: int) -> Iterator[Box]:
    """Places along the first pieces of a flow: above and below a level one, right and left of a steep one."""
    w, h = text_box(edge.name, FLOW_LABEL)
    for index, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(points)):
        near = first if index == 0 else 8
        if y1 == y2:
            for slide in _slides(abs(x2 - x1) - w - near):
                x = x1 + near + slide if x2 > x1 else x1 - near - slide - w
                yield from ((x, y, w, h) for y in (y1 - h - 1, y1 + 2))
        else:
            for slide in _slides(abs(y2 - y1) - h - near):
                y = y1 + near + slide if y2 > y1 else y1 - near - slide - h
                yield from ((x, y, w, h) for x in (x1 + 4, x1 - w - 4))


def _slides(room: int) -> list[int]:
    return [0, *(step for step in (10, 20, 34, 52, 76, 110, 150, 200, 260) if step <= room)]
