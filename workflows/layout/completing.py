"""Draw what a file forgot to draw, and leave the rest as it is."""

# mypy: disable-error-code="import-untyped"
from typing import Any

from lxml import etree

from workflows.layout.arranging import QUICK, arrange
from workflows.layout.compose import compose
from workflows.layout.drawing import Drawing, Item
from workflows.layout.freehand import Frame, connect
from workflows.layout.graph import Box, Point
from workflows.layout.old import di, read_dots, read_frame, read_old
from workflows.layout.planes import ends_of
from workflows.layout.reading import read_scopes
from workflows.layout.splicing import splice
from workflows.layout.writing import write_edge, write_plane, write_shape
from workflows.model.names import SUB_PROCESSES, bpmn
from workflows.model.xml import parse

_STEP, _TRIES = 30, 60
_BESIDE, _PAD = 50, 20


def complete(xml: bytes) -> bytes:
    """The same file with a shape for every step and a line for every flow; what is drawn already stays where it is.

    A file without any diagram is arranged. Raises ModelRefused when the file cannot be read.
    """
    root = parse(xml)
    if not any(read_frame(one) for one in root.iter(di("BPMNShape"))):
        return arrange(xml, keep_lanes=True)
    old = read_old(root)
    elements = {one.get("id"): one for one in root.iter() if isinstance(one.tag, str) and one.get("id")}
    changed = False
    for scope in read_scopes(root, old):
        changed |= _complete(root, scope.id, compose(scope, QUICK // 5, keep_lanes=True), elements)
    return splice(xml, root) if changed else xml


def _complete(root: Any, scope_id: str, ideal: Drawing, elements: dict[str, Any]) -> bool:
    """Adds to the plane that shows most of the ideal drawing; a scope that is nowhere gets a plane of its own."""
    named = {one.id for one in (*ideal.shapes, *ideal.edges)}
    planes = list(root.iter(di("BPMNPlane")))
    shown = {plane: {one.get("bpmnElement") for one in plane} & named for plane in planes}
    plane = max(planes, key=lambda one: len(shown[one]), default=None)
    changed = False
    if plane is None or not shown[plane]:
        write_plane(root, scope_id, ideal, {})
        return True
    elsewhere = set().union(*(found for one, found in shown.items() if one is not plane)) - shown[plane]
    missing = _Missing(plane, ideal, elements, elsewhere)
    changed = missing.add_shapes() | missing.add_edges()
    for sub_process, content in ideal.hidden:
        changed |= _complete(root, sub_process, content, elements)
    return changed


class _Missing:
    """One plane and what it lacks. taken: frames of everything that stands in the way of something new."""

    def __init__(self, plane: Any, ideal: Drawing, elements: dict[str, Any], elsewhere: set[str]) -> None:
        self.plane, self.ideal, self.elements, self.elsewhere = plane, ideal, elements, elsewhere
        self.frames: dict[str, Frame] = {}
        for item in plane.iter(di("BPMNShape")):
            frame = read_frame(item)
            if frame is not None:
                self.frames[item.get("bpmnElement")] = (
                    round(frame[0]), round(frame[1]), round(frame[2]), round(frame[3])
                )  # fmt: skip
        self.drawn = {one.get("bpmnElement") for one in plane} | elsewhere

    def add_shapes(self) -> bool:
        """Steps beside their neighbors, boundary events on their hosts, pools and lanes around what they hold."""
        missing = [one for one in self.ideal.shapes if one.id not in self.drawn and one.box is not None]
        holders = [one for one in missing if _tag(self.elements.get(one.id)) in ("participant", "lane")]
        waiting = [one for one in missing if one not in holders]
        while waiting:
            item = next((one for one in waiting if self._neighbors(one.id)), waiting[0])
            waiting.remove(item)
            self._write(item, self._place(item))
        for item in reversed(holders):
            self._write(item, self._around(item))
        return bool(missing)

    def _write(self, item: Item, frame: Frame) -> None:
        self.frames[item.id] = frame
        box = frame[0], frame[1], frame[2] - frame[0], frame[3] - frame[1]
        write_shape(self.plane, Item(item.id, box, flags=item.flags), {})

    def _neighbors(self, element_id: str) -> list[tuple[Frame, bool]]:
        """Frames of drawn neighbors, and whether the flow comes from them. A host counts as one."""
        element = self.elements.get(element_id)
        host = element.get("attachedToRef") if element is not None else None
        if host in self.frames:
            return [(self.frames[host], True)]
        found = []
        for edge in self.ideal.edges:
            source, target = ends_of(self.elements[edge.id])
            if target == element_id and source in self.frames:
                found.append((self.frames[source], True))
            if source == element_id and target in self.frames:
                found.append((self.frames[target], False))
        return sorted(found, key=lambda one: not one[1])

    def _place(self, item: Item) -> Frame:
        box = item.box or (0, 0, 100, 80)
        pointed = self._pointed_at(item.id, box)
        if pointed is not None:
            return pointed
        near = self._neighbors(item.id)
        if not near:
            return self._free(self._inside(item.id), box)
        frame, comes = near[0]
        if self.elements[item.id].get("attachedToRef"):
            return self._seat(frame, box)
        y = (frame[1] + frame[3] - box[3]) // 2
        x = frame[2] + _BESIDE if comes else frame[0] - _BESIDE - box[2]
        return self._free((x, y), box)

    def _pointed_at(self, element_id: str, box: Box) -> Frame | None:
        """Where a line that is drawn already begins or ends: the shape belongs there."""
        for item in self.plane.iter(di("BPMNEdge")):
            element = self.elements.get(item.get("bpmnElement"))
            dots = [(round(x), round(y)) for x, y in read_dots(item)]
            ends = ends_of(element) if element is not None else ("", "")
            if len(dots) > 1 and element_id in ends:
                dot, before = (dots[0], dots[1]) if ends[0] == element_id else (dots[-1], dots[-2])
                return _touching(dot, before, box)
        return None

    def _inside(self, element_id: str) -> tuple[int, int]:
        """Where something without neighbors begins to look for a place: in its sub-process, else below everything."""
        parent = self.elements[element_id].getparent().get("id")
        if parent in self.frames and _tag(self.elements[parent]) in SUB_PROCESSES:
            return self.frames[parent][0] + _PAD, self.frames[parent][1] + 2 * _PAD
        return min(one[0] for one in self.frames.values()), max(one[3] for one in self.frames.values()) + _BESIDE

    def _free(self, start: tuple[int, int], box: Box) -> Frame:
        """The first free place at the start, below it, or above it."""
        solid = [one for name, one in self.frames.items() if not self._holds(name)]
        for step in range(_TRIES):
            for sign in (1, -1):
                y = start[1] + sign * step * _STEP
                frame = start[0], y, start[0] + box[2], y + box[3]
                if not any(_near(frame, one) for one in solid):
                    return frame
        low = max(one[3] for one in self.frames.values()) + _BESIDE
        return start[0], low, start[0] + box[2], low + box[3]

    def _holds(self, name: str) -> bool:
        return _tag(self.elements.get(name)) in SUB_PROCESSES | {"participant", "lane", "group"}

    def _seat(self, host: Frame, box: Box) -> Frame:
        """On the lower border of the host, from the right, beside those that sit there."""
        y = host[3] - box[3] // 2
        for x in range(host[2] - box[2] - 8, host[0] - box[2] // 2, -box[2] - 6):
            frame = x, y, x + box[2], y + box[3]
            if not any(_near(frame, one, 1) for one in self.frames.values() if one != host and not _covers(one, frame)):
                return frame
        return host[0] - box[2] // 2, y, host[0] + box[2] // 2, y + box[3]

    def _around(self, item: Item) -> Frame:
        element = self.elements[item.id]
        if _tag(element) == "participant":
            process = self.elements.get((element.get("processRef") or "").rpartition(":")[2])
            names = {one.get("id") for one in process.iter()} if process is not None else set()
        else:
            names = {(one.text or "").strip() for one in element.iter(bpmn("flowNodeRef"))}
        inside = [self.frames[one] for one in names if one in self.frames]
        if not inside:
            return self._free(self._inside(item.id), item.box or (0, 0, 600, 60))
        left, top = min(one[0] for one in inside) - _PAD - 30, min(one[1] for one in inside) - _PAD
        return left, top, max(one[2] for one in inside) + _PAD, max(one[3] for one in inside) + _PAD

    def add_edges(self) -> bool:
        """A line for every connection whose two ends are drawn."""
        added = False
        solid = [one for name, one in self.frames.items() if not self._holds(name)]
        for edge in self.ideal.edges:
            source, target = ends_of(self.elements[edge.id])
            if edge.id in self.drawn or source not in self.frames or target not in self.frames:
                continue
            points = connect(self.frames[source], self.frames[target], solid)
            write_edge(self.plane, Item(edge.id, points=points), {})
            added = True
        return added


def _tag(element: Any) -> str:
    return etree.QName(element).localname if element is not None else ""


def _touching(dot: Point, before: Point, box: Box) -> Frame:
    """A frame of this size whose border the line from `before` meets in `dot`."""
    dx, dy = dot[0] - before[0], dot[1] - before[1]
    if abs(dx) >= abs(dy):
        x, y = dot[0] if dx > 0 else dot[0] - box[2], dot[1] - box[3] // 2
    else:
        x, y = dot[0] - box[2] // 2, dot[1] if dy > 0 else dot[1] - box[3]
    return x, y, x + box[2], y + box[3]


def _near(one: Frame, other: Frame, gap: int = 12) -> bool:
    return one[0] < other[2] + gap and other[0] < one[2] + gap and one[1] < other[3] + gap and other[1] < one[3] + gap


def _covers(outer: Frame, inner: Frame) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]
