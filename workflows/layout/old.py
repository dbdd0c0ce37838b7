"""What the present diagram says that a new one keeps: what is expanded, colors, what a group surrounds."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from workflows.model.names import BPMNDI, bpmn

DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"

Frame = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def di(tag: str) -> str:
    """Qualified name in BPMN's diagram interchange."""
    return f"{{{BPMNDI}}}{tag}"


@dataclass
class Old:
    """The present diagram, by the ids of the elements drawn.

    expanded: sub-processes whose content is drawn inside.
    collapsed: sub-processes drawn as one step.
    styles:   foreign attributes of the shapes and edges (colors of other tools).
    """

    expanded: set[str] = field(default_factory=set)
    collapsed: set[str] = field(default_factory=set)
    styles: dict[str, dict[str, str]] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)


def read_old(root: Any) -> Old:
    """Reads every diagram of the file; never fails on what is incomplete."""
    old = Old()
    parents = {one.get("id"): one.getparent().get("id") for one in root.iter() if one.get("id") and _in_tree(one)}
    for plane in root.iter(di("BPMNPlane")):
        drawn = {one.get("bpmnElement") for one in plane.iter(di("BPMNShape"))}
        holders = {parents.get(one) for one in drawn}
        for item in _items(plane):
            _take(item, old, holders)
    return old


def _in_tree(node: Any) -> bool:
    return isinstance(node.tag, str) and node.getparent() is not None


def _items(plane: Any) -> Iterator[Any]:
    for one in plane:
        if one.tag in (di("BPMNShape"), di("BPMNEdge")) and one.get("bpmnElement"):
            yield one


def _take(item: Any, old: Old, holders: set[str | None]) -> None:
    name = item.get("bpmnElement")
    styles = {key: value for key, value in item.attrib.items() if key.startswith("{")}
    if styles:
        old.styles.setdefault(name, styles)
    frame = read_frame(item)
    if frame is not None:
        old.frames.setdefault(name, frame)
    if item.tag == di("BPMNShape"):
        said = item.get("isExpanded")
        inside = name in holders if said is None else said in ("true", "1")
        (old.expanded if inside else old.collapsed).add(name)


def read_frame(item: Any) -> Frame | None:
    """The bounds of a shape or label as left, top, right, bottom; None when they are missing or no numbers."""
    bounds = item.find(f"{{{DC}}}Bounds")
    if bounds is None:
        return None
    try:
        x, y, w, h = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return (x, y, x + w, y + h) if isfinite(x + y + w + h) else None


def read_dots(item: Any) -> tuple[tuple[float, float], ...]:
    """The waypoints of an edge; none when one of them is no number."""
    try:
        dots = tuple((float(one.get("x", "")), float(one.get("y", ""))) for one in item.iter(f"{{{DD}}}waypoint"))
    except ValueError:
        return ()
    return dots if all(isfinite(x + y) for x, y in dots) else ()


def group_name(root: Any, group: Any) -> str:
    """The value of a group's category."""
    ref = (group.get("categoryValueRef") or "").rpartition(":")[2]
    for value in root.iter(bpmn("categoryValue")):
        if value.get("id") == ref:
            return value.get("value") or ""
    return ""
