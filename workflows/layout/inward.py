"""Message flows to steps inside a sub-process: from the border of the sub-process on to the step."""

from typing import NamedTuple

from workflows.layout.drawing import Drawing, Item
from workflows.layout.freehand import Frame, connect
from workflows.layout.graph import Box, Edge, Node, Point

_DOWN, _UP = 1, 3


class Room(NamedTuple):
    """What is drawn already."""

    shapes: list[Item]
    lines: list[list[Point]]


def reach_inside(edge: Edge, points: list[Point], drawing: Drawing) -> list[Point]:
    """The way of a message flow, continued to its real ends, beside the lines that are drawn already."""
    shapes, lines = drawing.shapes, [one.points for one in drawing.edges]
    for node, element_id, last in ((edge.src, edge.inner[0], False), (edge.dst, edge.inner[1], True)):
        box = next((one.box for one in shapes if one.id == element_id and one.box), None)
        if box is not None and node.expanded:
            way = points if last else points[::-1]
            way = way[:-1] + _inward(way[-1], node, box, Room(shapes, lines))
            points = way if last else way[::-1]
    return points


def _inward(start: Point, node: Node, box: Box, room: Room) -> list[Point]:
    x, y = start
    inside = [_frame(one.box) for one in room.shapes if one.box and one.id != node.id and _holds(node, one.box)]
    target = _frame(box)
    others = [one for one in inside if one != target]
    return connect((x, y, x, y), target, others, room.lines, leave=_DOWN if y < node.y else _UP)


def _frame(box: Box) -> Frame:
    return box[0], box[1], box[0] + box[2], box[1] + box[3]


def _holds(node: Node, box: Box) -> bool:
    left, top = node.x - node.w // 2, node.y - node.h // 2
    return left < box[0] and top < box[1] and box[0] + box[2] < left + node.w and box[1] + box[3] < top + node.h
