"""How well is a model drawn? Figures of any BPMN diagram, whoever drew it; all faults are zero in a careful drawing."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import combinations, pairwise

from workflows.layout.old import Frame
from workflows.layout.planes import HOLDERS, Dot, Line, Plane, Shape, read_planes
from workflows.model.names import GATEWAYS
from workflows.model.xml import parse

FAULTS = ("overlaps", "through", "overlaid", "labels", "outside", "astray", "loose_ends", "slanted")
_BESIDE = frozenset({"group", "textAnnotation"})
_TOUCH = 2.0
_STRAIGHT = frozenset({"sequenceFlow", "messageFlow"})


@dataclass
class Measures:
    """Sums over all planes of a file; pixels where not said otherwise.

    overlaps:   pairs of shapes that intersect though neither belongs into the other.
    through:    pieces of flows that run through a shape they do not belong to.
    overlaid:   pairs of flows that lie on each other without a common source or target.
    labels:     names that touch a shape, a line, a border of a lane or another name, or have no place.
    outside:    shapes that leave their lane, pool or sub-process.
    astray:     boundary events that do not sit on the border of their host.
    loose_ends: edges that do not begin or end at their shapes.
    slanted:    pieces of flows that are neither level nor upright.
    crossings:  places where flows cross; bundled lines count as one.
    bends:      corners of flows. length: of all flows. width, height: of the largest plane.
    """

    shapes: int = 0
    flows: int = 0
    overlaps: int = 0
    through: int = 0
    overlaid: int = 0
    labels: int = 0
    outside: int = 0
    astray: int = 0
    loose_ends: int = 0
    slanted: int = 0
    crossings: int = 0
    bends: int = 0
    length: int = 0
    width: int = 0
    height: int = 0
    lane_heights: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> dict[str, int]:
        """What is wrong, by name; empty when nothing is."""
        return {name: count for name, count in asdict(self).items() if name in FAULTS and count}


def measure(xml: bytes) -> Measures:
    """Figures of a file. Raises ModelRefused when it cannot be read."""
    total = Measures()
    for plane in read_planes(parse(xml)):
        _add(total, plane)
    return total


def _add(total: Measures, plane: Plane) -> None:
    flows = [one for one in plane.lines if one.tag in _STRAIGHT]
    total.shapes += len(plane.shapes)
    total.flows += len(flows)
    total.overlaps += sum(1 for _ in overlapping(plane))
    total.through += sum(1 for _ in running_through(plane, flows))
    total.overlaid += sum(1 for _ in lying_on(flows))
    total.labels += sum(1 for _ in unclear_labels(plane))
    total.outside += sum(1 for _ in outside(plane))
    total.astray += sum(1 for _ in astray(plane))
    total.loose_ends += sum(1 for _ in loose_ends(plane))
    total.slanted += sum(a[0] != b[0] and a[1] != b[1] for one in flows for a, b in pairwise(one.dots))
    total.crossings += len(crossings(flows))
    total.bends += sum(len(one.dots) - 2 for one in flows)
    total.length += round(sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for one in flows for a, b in pairwise(one.dots)))
    _add_size(total, plane)


def _add_size(total: Measures, plane: Plane) -> None:
    frames = [one.frame for one in plane.shapes.values()]
    if frames:
        total.width = max(total.width, round(max(one[2] for one in frames) - min(one[0] for one in frames)))
        total.height = max(total.height, round(max(one[3] for one in frames) - min(one[1] for one in frames)))
    for shape in plane.shapes.values():
        if shape.tag == "lane":
            total.lane_heights[shape.id] = round(shape.frame[3] - shape.frame[1])


def cut(a: Frame, b: Frame, margin: float = 0.0) -> bool:
    """Whether two frames share an area once each side is drawn in by the margin."""
    return a[0] + margin < b[2] and b[0] + margin < a[2] and a[1] + margin < b[3] and b[1] + margin < a[3]


def overlapping(plane: Plane) -> Iterator[tuple[str, str]]:
    """Pairs of shapes that intersect."""
    shapes = [one for one in plane.shapes.values() if one.tag not in ("lane", "group")]
    for a, b in combinations(shapes, 2):
        if cut(a.frame, b.frame, 0.5) and not _related(a, b) and not _related(b, a):
            yield a.id, b.id


def _related(inner: Shape, outer: Shape) -> bool:
    """Whether one may lie on the other: inside it, or seated on it."""
    if outer.id in inner.inside or inner.host == outer.id:
        return True
    if inner.host is not None and (inner.host in outer.inside):
        return False
    return outer.tag == "participant" and inner.tag != "participant"


def running_through(plane: Plane, flows: list[Line]) -> Iterator[tuple[str, str]]:
    """Flow and shape it runs through."""
    solid = [one for one in plane.shapes.values() if one.tag not in ("participant", "lane", "group")]
    for line in flows:
        ends = {line.source, line.target}
        around = {holder for end in ends if end in plane.shapes for holder in plane.shapes[end].inside}
        for shape in solid:
            if shape.id not in around and any(_inside(a, b, _core(shape, ends)) for a, b in pairwise(line.dots)):
                yield line.id, shape.id


def _core(shape: Shape, ends: set[str]) -> Frame:
    """The part of a shape that no line may touch; at its own ends a line may stand on the border."""
    x1, y1, x2, y2 = shape.frame
    margin = min(x2 - x1, y2 - y1) * 0.3 if shape.id in ends or shape.tag in GATEWAYS else 1.0
    return x1 + margin, y1 + margin, x2 - margin, y2 - margin


def _inside(a: Dot, b: Dot, frame: Frame) -> bool:
    return cut((min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])), frame)


def _pieces(flows: list[Line]) -> tuple[list[tuple[float, float, float, Line]], list[tuple[float, float, float, Line]]]:
    """Level pieces (y, from x, to x) and upright ones (x, from y, to y)."""
    level, upright = [], []
    for line in flows:
        for (x1, y1), (x2, y2) in pairwise(line.dots):
            if y1 == y2 and x1 != x2:
                level.append((y1, min(x1, x2), max(x1, x2), line))
            elif x1 == x2 and y1 != y2:
                upright.append((x1, min(y1, y2), max(y1, y2), line))
    return level, upright


def crossings(flows: list[Line]) -> set[Dot]:
    """The places where a level and an upright piece cross."""
    level, upright = _pieces(flows)
    return {
        (x, y)
        for y, x1, x2, one in level
        for x, y1, y2, other in upright
        if x1 < x < x2 and y1 < y < y2 and one is not other
    }


def lying_on(flows: list[Line]) -> Iterator[tuple[str, str]]:
    """Pairs of flows that lie on each other and mean different things."""
    for pieces in _pieces(flows):
        pieces.sort(key=lambda one: one[:3])
        for index, (at, _, end, line) in enumerate(pieces):
            for other_at, start, other_end, other in pieces[index + 1 :]:
                if other_at - at >= _TOUCH:
                    break
                if min(end, other_end) - max(start, pieces[index][1]) > 1 and not _akin(line, other):
                    yield line.id, other.id


def _akin(one: Line, other: Line) -> bool:
    return one is other or one.source == other.source or one.target == other.target


def unclear_labels(plane: Plane) -> Iterator[str]:
    """Owners of names that touch something."""
    pieces = [
        (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
        for one in plane.lines
        for a, b in pairwise(one.dots)
    ]
    for owner, frame in plane.labels:
        if frame is None or _touched(owner, frame, plane) or any(cut(frame, one, 0.5) for one in pieces):
            yield owner


def _touched(owner: str, frame: Frame, plane: Plane) -> bool:
    if any(other != owner and found and cut(frame, found, 0.5) for other, found in plane.labels):
        return True
    return any(_blocks(shape, owner, frame) for shape in plane.shapes.values())


def _blocks(shape: Shape, owner: str, frame: Frame) -> bool:
    x1, y1, x2, y2 = shape.frame
    if shape.tag in HOLDERS:
        inside = x1 <= frame[0] and y1 <= frame[1] and frame[2] <= x2 and frame[3] <= y2
        return cut(frame, shape.frame, 0.5) and not inside
    if shape.tag in GATEWAYS:
        return _on_diamond(frame, shape.frame)
    return shape.tag != "group" and cut(frame, (x1 + 1, y1 + 1, x2 - 1, y2 - 1))


def _on_diamond(frame: Frame, box: Frame) -> bool:
    """Whether the frame reaches into the diamond that fills the box, by more than three pixels."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    near_x, near_y = min(max(x, frame[0]), frame[2]), min(max(y, frame[1]), frame[3])
    far = abs(near_x - x) / (box[2] - box[0]) + abs(near_y - y) / (box[3] - box[1])
    return far < 0.5 - 3 / max(box[2] - box[0], 1.0)


def outside(plane: Plane) -> Iterator[str]:
    """Shapes that are not where they belong."""
    for shape in plane.shapes.values():
        holders = [plane.shapes[one] for one in (*shape.inside, shape.lane) if one in plane.shapes]
        x1, y1, x2, y2 = shape.frame
        if shape.host is not None or shape.tag in _BESIDE:
            continue
        if any(x1 < one.frame[0] or y1 < one.frame[1] or x2 > one.frame[2] or y2 > one.frame[3] for one in holders):
            yield shape.id


def astray(plane: Plane) -> Iterator[str]:
    """Boundary events whose middle is not on the border of their host."""
    for shape in plane.shapes.values():
        host = plane.shapes.get(shape.host or "")
        if host is not None:
            middle = (shape.frame[0] + shape.frame[2]) / 2, (shape.frame[1] + shape.frame[3]) / 2
            if not _on_border(middle, host.frame, _TOUCH):
                yield shape.id


def _on_border(dot: Dot, frame: Frame, slack: float) -> bool:
    x1, y1, x2, y2 = frame
    if not (x1 - slack <= dot[0] <= x2 + slack and y1 - slack <= dot[1] <= y2 + slack):
        return False
    return min(abs(dot[0] - x1), abs(dot[0] - x2), abs(dot[1] - y1), abs(dot[1] - y2)) <= slack


def loose_ends(plane: Plane) -> Iterator[str]:
    """Edges that begin or end elsewhere than at their shapes."""
    for line in plane.lines:
        for end, dot in ((line.source, line.dots[0]), (line.target, line.dots[-1])):
            shape = plane.shapes.get(end)
            if shape is not None and not _docked(dot, shape):
                yield line.id
                break


def _docked(dot: Dot, shape: Shape) -> bool:
    """On the border; on a diamond or circle up to a third of its size inside the box around it."""
    width = shape.frame[2] - shape.frame[0]
    slack = _TOUCH if width > 60 else width * 0.35
    return _on_border(dot, shape.frame, slack)
