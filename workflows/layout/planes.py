"""The drawing as a file holds it: shapes, lines and labels of every plane, whoever drew them."""

# mypy: disable-error-code="import-untyped"
from dataclasses import dataclass, field
from typing import Any

from workflows.layout.old import Frame, di, read_dots, read_frame
from workflows.layout.text import LABEL_SIZE, clean, text_box
from workflows.model.names import EVENTS, GATEWAYS, SUB_PROCESSES, bpmn

Dot = tuple[float, float]
HOLDERS = frozenset({"participant", "lane"}) | SUB_PROCESSES
_NAMED_OUTSIDE = EVENTS | GATEWAYS | {"dataObjectReference", "dataStoreReference", "dataInput", "dataOutput"}
_LINES = {"sequenceFlow", "messageFlow", "association", "dataInputAssociation", "dataOutputAssociation"}
_LABEL_WIDTH, _LABEL_GAP = 90, 7


@dataclass(frozen=True)
class Shape:
    """A drawn shape. inside: ids of the sub-processes and pools around it; lane: the innermost lane that lists it."""

    id: str
    tag: str
    frame: Frame
    host: str | None
    inside: tuple[str, ...]
    lane: str | None


@dataclass(frozen=True)
class Line:
    """A drawn edge with the ids of its two ends."""

    id: str
    tag: str
    dots: tuple[Dot, ...]
    source: str
    target: str


@dataclass
class Plane:
    """One drawing. labels: owner and frame; None when a named flow has no place for its name."""

    id: str
    shapes: dict[str, Shape] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    labels: list[tuple[str, Frame | None]] = field(default_factory=list)


def read_planes(root: Any) -> list[Plane]:
    """Every plane with what it shows; what refers to nothing is left out."""
    elements = {one.get("id"): one for one in root.iter() if isinstance(one.tag, str) and one.get("id")}
    lanes = _lanes(root)
    return [_read_plane(one, elements, lanes) for one in root.iter(di("BPMNPlane"))]


def _lanes(root: Any) -> dict[str, str]:
    found = {}
    for ref in root.iter(bpmn("flowNodeRef")):
        found[_plain(ref.text)] = ref.getparent().get("id", "")
    return found


def _plain(text: str | None) -> str:
    return (text or "").strip().rpartition(":")[2]


def local(element: Any) -> str:
    """Local name of an element of BPMN, else nothing."""
    tag = element.tag
    return str(tag.rpartition("}")[2]) if isinstance(tag, str) and tag.startswith(bpmn("")) else ""


def _read_plane(source: Any, elements: dict[str, Any], lanes: dict[str, str]) -> Plane:
    plane = Plane(_plain(source.get("bpmnElement")))
    for item in source:
        element = elements.get(_plain(item.get("bpmnElement")))
        if element is None:
            continue
        if item.tag == di("BPMNShape"):
            _read_shape(plane, item, element, lanes)
        elif item.tag == di("BPMNEdge") and local(element) in _LINES:
            _read_line(plane, item, element)
    return plane


def _read_shape(plane: Plane, item: Any, element: Any, lanes: dict[str, str]) -> None:
    frame, tag, name = read_frame(item), local(element), element.get("id")
    if frame is None:
        return
    inside = tuple(one.get("id") for one in element.iterancestors() if local(one) in SUB_PROCESSES)
    host = _plain(element.get("attachedToRef")) or None
    plane.shapes[name] = Shape(name, tag, frame, host, inside, lanes.get(name))
    if clean(element.get("name")) and tag in _NAMED_OUTSIDE:
        plane.labels.append((name, _label(item) or _habit(frame, clean(element.get("name")))))


def _label(item: Any) -> Frame | None:
    label = item.find(di("BPMNLabel"))
    return read_frame(label) if label is not None else None


def _habit(frame: Frame, name: str) -> Frame:
    """Where a viewer writes the name when the file does not say: centered below."""
    w, h = text_box(name, _LABEL_WIDTH, LABEL_SIZE)
    middle = (frame[0] + frame[2]) / 2
    return middle - w / 2, frame[3] + _LABEL_GAP, middle + w / 2, frame[3] + _LABEL_GAP + h


def _read_line(plane: Plane, item: Any, element: Any) -> None:
    dots = read_dots(item)
    source, target = ends_of(element)
    if len(dots) > 1:
        plane.lines.append(Line(element.get("id"), local(element), dots, source, target))
        if clean(element.get("name")):
            plane.labels.append((element.get("id"), _label(item)))


def ends_of(element: Any) -> tuple[str, str]:
    """Ids of what an edge connects; a data association connects its step with its data."""
    tag = local(element)
    if tag not in ("dataInputAssociation", "dataOutputAssociation"):
        return _plain(element.get("sourceRef")), _plain(element.get("targetRef"))
    step = next(
        (one.get("id", "") for one in element.iterancestors() if one.get("id") and "Specification" not in one.tag), ""
    )
    wanted = "sourceRef" if tag == "dataInputAssociation" else "targetRef"
    data = next((_plain(one.text) for one in element if local(one) == wanted), "")
    return (data, step) if tag == "dataInputAssociation" else (step, data)
