"""Drawings as BPMN diagram interchange."""

# mypy: disable-error-code="import-untyped"
from typing import Any

from lxml import etree

from workflows.layout.drawing import Drawing, Item
from workflows.layout.graph import Box
from workflows.layout.old import DC, DD, di
from workflows.model.names import BPMNDI

CORNER = 160, 80
"""Where a drawing begins."""
_PREFIXES = {"bpmndi": BPMNDI, "dc": DC, "di": DD}


def write_plane(root: Any, element_id: str, drawing: Drawing, styles: dict[str, dict[str, str]]) -> None:
    """Append a diagram for the element, and one for every collapsed sub-process inside."""
    diagram = etree.SubElement(root, di("BPMNDiagram"), nsmap=_PREFIXES)
    diagram.set("id", f"diagram_{element_id}")
    plane = etree.SubElement(diagram, di("BPMNPlane"), id=f"plane_{element_id}", bpmnElement=element_id)
    moved = Drawing()
    moved.take(drawing, *CORNER)
    for item in moved.shapes:
        write_shape(plane, item, styles)
    for item in moved.edges:
        write_edge(plane, item, styles)
    for sub_process, content in drawing.hidden:
        write_plane(root, sub_process, content, styles)


def write_shape(plane: Any, item: Item, styles: dict[str, dict[str, str]]) -> None:
    shape = etree.SubElement(plane, di("BPMNShape"), id=f"{item.id}_di", bpmnElement=item.id)
    for key, value in {**item.flags, **styles.get(item.id, {})}.items():
        shape.set(key, value)
    if item.box is not None:
        _bounds(shape, item.box)
    _label(shape, item)


def write_edge(plane: Any, item: Item, styles: dict[str, dict[str, str]]) -> None:
    edge = etree.SubElement(plane, di("BPMNEdge"), id=f"{item.id}_di", bpmnElement=item.id)
    for key, value in styles.get(item.id, {}).items():
        edge.set(key, value)
    for x, y in item.points:
        etree.SubElement(edge, f"{{{DD}}}waypoint", x=str(x), y=str(y))
    _label(edge, item)


def _label(parent: Any, item: Item) -> None:
    if item.label is not None:
        _bounds(etree.SubElement(parent, di("BPMNLabel")), item.label)


def _bounds(parent: Any, box: Box) -> None:
    x, y, w, h = map(str, box)
    etree.SubElement(parent, f"{{{DC}}}Bounds", x=x, y=y, width=w, height=h)
