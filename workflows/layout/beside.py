"""Data, notes and groups drawn: above their step, around their members, or below everything."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.layout.canvas import Canvas, box_of, extra_width, extras_width
from workflows.layout.drawing import Drawing, Item
from workflows.layout.graph import Box, Edge, Extra, Node, Point, Scope
from workflows.layout.text import text_box

_GAP = 18
_FRAME = 14


@dataclass
class Beside:
    """What was drawn, and the boxes that labels keep clear of."""

    drawing: Drawing = field(default_factory=Drawing)
    solid: list[Box] = field(default_factory=list)


def draw_beside(scope: Scope, canvas: Canvas, routes: dict[Edge, list[Point]]) -> Beside:
    """Draws extras, loose things and groups. The height of the drawing is what it adds below."""
    found = Beside()
    by_id = {edge.id: points for edge, points in routes.items()}
    for node in scope.cells:
        if node.extras:
            _above(node, found, by_id)
    _below(scope, canvas, found)
    return found


def draw_groups(scope: Scope, labels: Mapping[str, Box], found: Beside) -> None:
    """Frames around the members and their names."""
    for group in scope.groups:
        names = [labels[one.id] for one in group.members if one.id in labels]
        _frame(group.id, group.name, [*map(box_of, group.members), *names], found)


def _above(node: Node, found: Beside, routes: dict[str, list[Point]]) -> None:
    lone = len(node.extras) == 1 and node.extras[0].kind == "data"
    x = node.x - (18 if lone else (extras_width(node) - 10) // 2)
    top = node.y - node.h // 2
    if any(end in ((node.x, top),) for points in routes.values() for end in (points[0], points[-1])):
        x = max(x, node.x + 14)
    for extra in node.extras:
        box = (x, top - _GAP - extra.h, extra.w, extra.h)
        _draw_extra(extra, box, found)
        for tie, to_node in extra.ties:
            ends = _tie(box, node)
            found.drawing.edges.append(Item(tie, points=ends if to_node else ends[::-1]))
        for tie, flow in extra.flows:
            if flow in routes:
                found.drawing.edges.append(Item(tie, points=[(x + 10, box[1] + extra.h), _middle(routes[flow])]))
        x += extra_width(extra) + 10


def _draw_extra(extra: Extra, box: Box, found: Beside) -> None:
    x, y, w, h = box
    label = None
    if extra.kind == "data" and extra.text:
        text_w, text_h = text_box(extra.text, 80)
        label = (x + w + 3, y + (h - text_h) // 2, text_w, text_h)
        found.solid.append(label)
    found.solid.append(box)
    found.drawing.shapes.append(Item(extra.id, box, label=label))


def _tie(box: Box, node: Node) -> list[Point]:
    """Down from the extra to its step; around a corner when it stands beside it."""
    left, right = node.x - node.w // 2 + 6, node.x + node.w // 2 - 6
    start, bottom, top = box[0] + min(box[2] // 2, 30), box[1] + box[3], node.y - node.h // 2
    end = node.x if node.kind in ("event", "gateway") else max(left, min(start, right))
    if end == start:
        return [(start, bottom), (start, top)]
    return [(start, bottom), (start, bottom + _GAP // 2), (end, bottom + _GAP // 2), (end, top)]


def _middle(points: list[Point]) -> Point:
    """The middle of the longest piece."""
    pieces = list(itertools.pairwise(points))
    (x1, y1), (x2, y2) = max(pieces, key=lambda one: abs(one[0][0] - one[1][0]) + abs(one[0][1] - one[1][1]))
    return (x1 + x2) // 2, (y1 + y2) // 2


def _below(scope: Scope, canvas: Canvas, found: Beside) -> None:
    """What belongs to no step stands in a line below the drawing."""
    x, height = canvas.left + 20, 0
    for extra in scope.loose:
        _draw_extra(extra, (x, canvas.height + 20, extra.w, extra.h), found)
        x += extra_width(extra) + 40
        height = max(height, extra.h + 40)
    for group in scope.groups:
        if not group.members:
            _frame(group.id, group.name, [(x, canvas.height + 40, 100, 60)], found)
            x, height = x + 160, max(height, 130)
    found.drawing.height = height


def _frame(group_id: str, name: str, boxes: list[Box], found: Beside) -> None:
    if not boxes or any(one.id == group_id for one in found.drawing.shapes):
        return
    left, top = min(one[0] for one in boxes) - _FRAME, min(one[1] for one in boxes) - _FRAME
    right, bottom = max(x + w for x, _, w, _ in boxes) + _FRAME, max(y + h for _, y, _, h in boxes) + _FRAME
    w, h = text_box(name, max(60, right - left - 20))
    label = ((left + right - w) // 2, top - h - 2, w, h) if name else None
    found.drawing.shapes.append(Item(group_id, (left, top, right - left, bottom - top), label=label))
