"""One scope drawn: placed, routed, turned into pixels, labeled."""

from dataclasses import dataclass

from workflows.layout.beside import Beside, draw_beside, draw_groups
from workflows.layout.canvas import HEADER, Canvas, box_of, needed_width
from workflows.layout.drawing import Drawing, Item
from workflows.layout.graph import Box, Edge, Lane, Node, Point, Scope
from workflows.layout.inward import reach_inside
from workflows.layout.labels import Frame, LabelPlacer, Stretch
from workflows.layout.lines import waypoints
from workflows.layout.placing import place
from workflows.layout.search import Search
from workflows.layout.seats import host_width, seat
from workflows.layout.tracks import Piece, Strand, assign, cut
from workflows.layout.widen import widen
from workflows.layout.wires import Wires

SUB_PAD, SUB_TITLE = 8, 24
COLUMN = 145
"""About the width of one column with its channel."""
_REPAIRS, _FEW = 5, 40
_REPAIR_BUDGET = 40_000
_WIDENINGS = 6


@dataclass
class Routed:
    """A canvas with the ways of its edges, what stands beside them, and the owners of names that found no place."""

    canvas: Canvas
    routes: dict[Edge, list[Point]]
    beside: Beside
    labels: dict[str, Box]
    unhappy: dict[Edge | Node, Stretch]


def compose(scope: Scope, budget: int, *, keep_lanes: bool) -> Drawing:
    """Draw a scope and the sub-processes inside it. The corner of the drawing is (0, 0)."""
    inner, hidden = {}, []
    for node in scope.cells:
        if node.inner is not None:
            content = compose(node.inner, budget, keep_lanes=keep_lanes)
            if node.expanded:
                inner[node] = content
                node.w, node.h = content.width + 2 * SUB_PAD, content.height + SUB_PAD + SUB_TITLE
            elif node.inner.nodes:
                hidden.append((node.id, content))
        node.w = host_width(node)
        node.span = max(1, round((needed_width(node) + 40) / COLUMN)) if node.kind == "sub" else 1
    drawing = _draw(scope, _routed(scope, place(scope, budget, keep_lanes=keep_lanes)), inner)
    drawing.hidden += hidden
    return drawing


def _routed(scope: Scope, wires: Wires) -> Routed:
    tracks: dict[tuple[bool, int], int] = {}
    for _ in range(_REPAIRS):
        pieces = cut(wires)
        tracks, stuck = assign(wires, pieces, seat)
        if not 0 < len(stuck) <= _FEW:
            break
        _reroute(wires, stuck)
    pieces = cut(wires)
    tracks, _ = assign(wires, pieces, seat)
    best = routed = _in_pixels(scope, wires, pieces, Canvas(scope, wires.grid, tracks))
    for _ in range(_WIDENINGS):
        if not routed.unhappy:
            return routed
        widened = widen(routed.canvas, routed.unhappy)
        routed = _in_pixels(scope, wires, pieces, Canvas(scope, wires.grid, tracks, widened))
        best = min(best, routed, key=lambda one: len(one.unhappy))
    if routed is not best:
        return _in_pixels(scope, wires, pieces, Canvas(scope, wires.grid, tracks, best.canvas.widened))
    return routed


def _in_pixels(scope: Scope, wires: Wires, pieces: dict[Edge, list[Piece]], canvas: Canvas) -> Routed:
    routes = {edge: waypoints(canvas, found) for edge, found in pieces.items()}
    beside = draw_beside(scope, canvas, routes)
    labels, unhappy = LabelPlacer(scope, routes, beside.solid, _borders(canvas)).place()
    return Routed(canvas, routes, beside, labels, unhappy)


def _reroute(wires: Wires, stuck: list[Strand]) -> None:
    """Lines that found no place beside the others look for another way."""
    search = Search(wires, _REPAIR_BUDGET)
    edges = dict.fromkeys(piece.edge for strand in stuck for piece in strand.pieces)
    search.allow(len(edges))
    for edge in edges:
        for unit, _ in wires.units(edge, wires.paths[edge]):
            wires.history[unit] += 6.0
        wires.lift(edge)
        wires.lay(edge, search.path(edge)[0])


def _draw(scope: Scope, routed: Routed, inner: dict[Node, Drawing]) -> Drawing:
    canvas = routed.canvas
    drawing = Drawing(canvas.width, canvas.height)
    _draw_pools(scope, canvas, drawing)
    labels, beside = routed.labels, routed.beside
    for node in scope.cells:
        _draw_node(node, drawing, labels, inner.get(node))
    for node in scope.nodes.values():
        if node.host is not None:
            drawing.shapes.append(Item(node.id, box_of(node), label=labels.get(node.id)))
    for edge, points in routed.routes.items():
        points = reach_inside(edge, points, drawing) if any(edge.inner) else points
        drawing.edges.append(Item(edge.id, points=points, label=labels.get(edge.id)))
    draw_groups(scope, labels, beside)
    drawing.take(beside.drawing, 0, 0)
    drawing.height += beside.drawing.height
    return drawing


def _draw_node(node: Node, drawing: Drawing, labels: dict[str, Box], content: Drawing | None) -> None:
    flags = {}
    if node.tag == "exclusiveGateway":
        flags["isMarkerVisible"] = "true"
    if node.kind == "sub":
        flags["isExpanded"] = "true" if node.expanded else "false"
    if node.kind == "bar":
        flags["isHorizontal"] = "true"
    drawing.shapes.append(Item(node.id, box_of(node), label=labels.get(node.id), flags=flags))
    if content is not None:
        left, top, _, _ = box_of(node)
        drawing.take(content, left + (node.w - content.width) // 2, top + SUB_TITLE)


def _draw_pools(scope: Scope, canvas: Canvas, drawing: Drawing) -> None:
    for pool in scope.pools:
        top, bottom = canvas.bands[pool.bands[0]][0], canvas.bands[pool.bands[-1]][1]
        left = 0
        if pool.drawn:
            drawing.shapes.append(Item(pool.id, (0, top, canvas.width, bottom - top), flags={"isHorizontal": "true"}))
            left = HEADER
        for lane in pool.lanes:
            _draw_lane(lane, canvas, drawing, left)


def _draw_lane(lane: Lane, canvas: Canvas, drawing: Drawing, left: int) -> None:
    bands = [canvas.bands[leaf.id] for leaf in lane.leaves()]
    top, bottom = bands[0][0], bands[-1][1]
    drawing.shapes.append(Item(lane.id, (left, top, canvas.width - left, bottom - top), flags={"isHorizontal": "true"}))
    for part in lane.parts:
        _draw_lane(part, canvas, drawing, left + HEADER)


def _borders(canvas: Canvas) -> list[Frame]:
    """The lines of pools and lanes, and everything around the drawing: no label may touch them."""
    ys = sorted({y for band in canvas.bands.values() for y in band})
    far, right, low = 400, canvas.width + 400, canvas.height + 400
    around = [
        (-far, -far, canvas.left + 1, low),
        (canvas.width - 1, -far, right, low),
        (-far, -far, right, 1),
        (-far, canvas.height - 1, right, low),
    ]
    return [*around, *((0, y - 1, canvas.width, y + 1) for y in ys)]
