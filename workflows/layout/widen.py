"""Names that found no place ask for room in the channels beside them."""

from collections.abc import Iterable, Mapping

from workflows.layout.canvas import LABEL_WIDTH, Canvas, Strip
from workflows.layout.graph import Edge, Node
from workflows.layout.labels import FLOW_LABEL, Stretch
from workflows.layout.text import even, text_box

MOST = 120
"""Extra pixels one side of a channel gets at most."""
_LEAST = 8


def widen(canvas: Canvas, owners: Mapping[Edge | Node, Stretch]) -> dict[Strip, int]:
    """Extra pixels beside the channels, so that there is room where the names would stand."""
    found = dict(canvas.widened)
    for owner, stretch in owners.items():
        asked = _of_node(owner, canvas) if isinstance(owner, Node) else _of_edge(owner, stretch, canvas)
        for strip, room in asked:
            found[strip] = min(MOST, found.get(strip, 0) + even(room))
    return found


def _of_node(node: Node, canvas: Canvas) -> Iterable[tuple[Strip, int]]:
    _, height = text_box(node.name, LABEL_WIDTH)
    line = canvas.grid.row_line(node)
    if node.kind == "gateway":
        yield (True, line - 1, True), height // 2
    else:
        yield (True, line + 1, False), height // 2
    yield (False, 2 * node.cell.col, True), _LEAST
    yield (False, 2 * (node.cell.col + node.cell.span), False), _LEAST


def _of_edge(edge: Edge, stretch: Stretch, canvas: Canvas) -> Iterable[tuple[Strip, int]]:
    """Room along the first piece that is the edge's own, else a little beside it."""
    width, height = text_box(edge.name, FLOW_LABEL)
    ((x1, y1), (x2, y2), *_), near = stretch
    if y1 == y2:
        missing = width + near + 6 - abs(x2 - x1)
        yield (False, _nearest(canvas.xs, x1, 0, 2), x2 > x1), max(missing, _LEAST)
        if missing <= 0:
            yield (True, _channel(canvas, y1), True), height // 2
    else:
        missing = height + near + 6 - abs(y2 - y1)
        yield (True, _channel(canvas, y1), y2 > y1), max(missing, _LEAST)
        if missing <= 0:
            yield (False, _nearest(canvas.xs, x1 + 20, 0, 2), False), width // 3


def _nearest(places: list[int], at: int, first: int, step: int) -> int:
    return min(range(first, len(places), step), key=lambda one: abs(places[one] - at))


def _channel(canvas: Canvas, y: int) -> int:
    lines = [line for line, channel in enumerate(canvas.grid.channel_y) if channel]
    return min(lines, key=lambda one: abs(canvas.ys[one] - y))
