"""The drawing follows the edits: new shapes near their neighbors, lines with waypoints, nothing drawn for what is gone.

Coordinates are those of BPMN DI: pixels, y downwards.
"""

# mypy: disable-error-code="import-untyped"
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from workflows.model.names import BPMNDI
from workflows.repair.document import Document, local

DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
GAP = 40
GATEWAY, EVENT = (50, 50), (36, 36)
MOST_ROOM = 200
"""So often room is made by moving everything aside; after that new shapes are put where there is some."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Where a shape stands."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: "Box", margin: float = 8) -> bool:
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )

    def holds(self, point: Point) -> bool:
        return self.x <= point[0] <= self.right and self.y <= point[1] <= self.bottom


class Drawing:
    """Reads the diagram interchange of a document once. Without any, every change does nothing."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.shapes: dict[str, Any] = {}
        self.edges: dict[str, Any] = {}
        self.rooms = 0
        if document.draws:
            for node in document.root.iter(_bpmndi("BPMNShape"), _bpmndi("BPMNEdge")):
                table = self.shapes if node.tag == _bpmndi("BPMNShape") else self.edges
                table.setdefault(_referred(node.get("bpmnElement", "")), node)

    def box(self, element_id: str | None) -> Box | None:
        """Where an element is drawn; None when it is not, or has no numbers."""
        shape = self.shapes.get(element_id or "")
        return _box(shape) if shape is not None else None

    def put(self, element_id: str, box: Box, beside: str) -> None:
        """Draw a new element, on the plane on which its neighbor is drawn."""
        neighbor = self.shapes.get(beside)
        if neighbor is None:
            return
        shape = etree.Element(_bpmndi("BPMNShape"), id=self._id(element_id), bpmnElement=element_id)
        if local(self.document.ids.get(element_id)) == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        shape.append(etree.Element(f"{{{DC}}}Bounds", _numbers(box)))
        self.shapes[element_id] = self.document.after(neighbor, shape)
        self._contain(box, beside)

    def beside(self, neighbor: str, size: tuple[float, float], *, left: bool = False) -> Box | None:
        """A place next to a shape; what stands in the way is moved aside. None when the neighbor is not drawn."""
        box = self.box(neighbor)
        if box is None:
            return None
        width, height = size
        y = box.middle[1] - height / 2
        x = box.x - GAP - width if left else box.right + GAP
        place = Box(x, y, width, height)
        if not any(place.overlaps(one, 20) for one in self._others(neighbor)):
            return place
        if self.rooms >= MOST_ROOM:
            return place
        self.rooms += 1
        edge, by = (box.x if left else box.right), width + 2 * GAP
        self._make_room(edge, by, self._plane(neighbor))
        return Box(edge + GAP, y, width, height)

    def connect(self, flow_id: str, source: str, target: str) -> None:
        """Draw a flow between two shapes, or draw it anew."""
        start, end = self.box(source), self.box(target)
        if start is None or end is None:
            return
        edge = self.edges.get(flow_id)
        if edge is None:
            edge = etree.Element(_bpmndi("BPMNEdge"), id=self._id(flow_id), bpmnElement=flow_id)
            edge.extend(_waypoint(one) for one in route(start, end))
            self.edges[flow_id] = self.document.after(self.shapes[source], edge)
            return
        for one in edge.findall(f"{{{DI}}}waypoint"):
            if not _holds_more(one):
                self.document.remove(one)
        for at, point in enumerate(route(start, end)):
            self.document.insert(edge, at, _waypoint(point))

    def erase(self, element_id: str) -> None:
        """Draw an element no more."""
        for table in (self.shapes, self.edges):
            node = table.pop(element_id, None)
            if node is not None and not _holds_more(node):
                self.document.remove(node)

    # -- moving

    def _plane(self, neighbor: str) -> Any:
        return self.shapes[neighbor].getparent()

    def _others(self, neighbor: str) -> Iterator[Box]:
        """Everything on the plane that is in the way: what holds the neighbor, and what sits on its edge, is not."""
        mine, plane = self.box(neighbor), self._plane(neighbor)
        assert mine is not None
        for element_id, shape in self.shapes.items():
            box = _box(shape)
            if box is None or shape.getparent() is not plane or element_id == neighbor:
                continue
            attached = local(self.document.ids.get(element_id)) == "boundaryEvent" if element_id else False
            if not box.holds(mine.middle) and not attached:
                yield box

    def _make_room(self, edge: float, by: float, plane: Any) -> None:
        """Move what begins right of a line, and widen what lies across it."""
        for node in plane.iter(f"{{{DC}}}Bounds", f"{{{DI}}}waypoint"):
            x, width = _number(node.get("x")), _number(node.get("width")) or 0
            if x is None:
                continue
            if x >= edge - 1:
                self.document.assign(node, "x", _text(x + by))
            elif x + width > edge + 1:
                self.document.assign(node, "width", _text(width + by))

    def _contain(self, box: Box, beside: str) -> None:
        """Widen what holds the neighbor until it holds the new shape too; lanes keep the edge of their pool."""
        neighbor = self.box(beside)
        assert neighbor is not None
        grown: dict[float, float] = {}
        for element_id, shape in self.shapes.items():
            holder = _box(shape)
            if holder is None or element_id == beside or not holder.holds(neighbor.middle):
                continue
            if holder.holds(neighbor.middle) and box.right + 20 > holder.right and holder.width > neighbor.width:
                grown[holder.right] = max(grown.get(holder.right, 0), box.right + 30)
        for shape in self.shapes.values() if grown else ():
            holder = _box(shape)
            if holder is not None and holder.right in grown and holder.width > box.width:
                bounds = shape.find(f"{{{DC}}}Bounds")
                self.document.assign(bounds, "width", _text(grown[holder.right] - holder.x))

    def _id(self, element_id: str) -> str:
        return self.document.fresh_id(f"{element_id}_di")


def route(start: Box, end: Box) -> list[Point]:
    """A line of right angles from one shape to another."""
    (sx, sy), (ex, ey) = start.middle, end.middle
    if end.x >= start.right:
        if abs(sy - ey) < 1:
            return [(start.right, sy), (end.x, sy)]
        half = (start.right + end.x) / 2
        return [(start.right, sy), (half, sy), (half, ey), (end.x, ey)]
    if end.y >= start.bottom or end.bottom <= start.y:
        side = start.bottom if end.y >= start.bottom else start.y
        into = end.y if end.y >= start.bottom else end.bottom
        if abs(sx - ex) < 1:
            return [(sx, side), (sx, into)]
        half = (side + into) / 2
        return [(sx, side), (sx, half), (ex, half), (ex, into)]
    below = max(start.bottom, end.bottom) + GAP
    return [(sx, start.bottom), (sx, below), (ex, below), (ex, end.bottom)]


def _holds_more(node: Any) -> bool:
    """Whether a broken file has elements of the model inside of a part of its drawing: those stay."""
    return any(local(one) for one in node.iter())


def _bpmndi(tag: str) -> str:
    return f"{{{BPMNDI}}}{tag}"


def _referred(name: str) -> str:
    """The id in a reference that may carry a prefix."""
    return name.rpartition(":")[2]


def _box(shape: Any) -> Box | None:
    bounds = shape.find(f"{{{DC}}}Bounds")
    if bounds is None:
        return None
    numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
    return None if any(one is None for one in numbers) else Box(*(one or 0.0 for one in numbers))


def _number(text: str | None) -> float | None:
    """A coordinate. What is no number, or larger than any drawing, is none."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if abs(found) < 1e7 else None


def _text(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _numbers(box: Box) -> dict[str, str]:
    return {"x": _text(box.x), "y": _text(box.y), "width": _text(box.width), "height": _text(box.height)}


def _waypoint(point: Point) -> Any:
    return etree.Element(f"{{{DI}}}waypoint", x=_text(point[0]), y=_text(point[1]))
