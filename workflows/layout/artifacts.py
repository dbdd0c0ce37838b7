"""Data, notes and groups: what stands beside the flow."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workflows.layout.graph import Edge, Extra, Group, Kind, Node, Scope
from workflows.layout.old import Frame, Old, group_name
from workflows.layout.text import TASK_SIZE, clean, text_box
from workflows.model.names import FLOW_NODES, bpmn

_DATA = {
    "dataObjectReference": (36, 50),
    "dataStoreReference": (50, 50),
    "dataInput": (36, 50),
    "dataOutput": (36, 50),
}
_NOTE_WIDTH = 130
_NOTE_PAD = 16


@dataclass(frozen=True)
class _Tie:
    """An association: the connecting element, what it connects, and whether it points to the partner."""

    id: str
    partner: str
    to_partner: bool


def read_artifacts(scope: Scope, holders: list[Any], old: Old) -> None:
    """Adds data, notes and groups of these elements. What has one partner becomes its extra, else a node or loose."""
    found = {one.id: one for holder in holders for one in _extras(holder)}
    ties: dict[str, list[_Tie]] = {one: [] for one in found}
    flows = {one.id: one for one in scope.edges}
    for extra_id, tie in (one for holder in holders for one in _ties(holder, found)):
        if tie.partner in scope.nodes or tie.partner in flows or tie.partner in found:
            ties[extra_id].append(tie)
    for extra in found.values():
        _settle(scope, extra, ties, flows)
    for holder in holders:
        scope.groups += _groups(scope, holder, old)


def _extras(holder: Any) -> Iterator[Extra]:
    for element in [*holder, *holder.findall(f"{bpmn('ioSpecification')}/*")]:
        tag = _tag(element)
        if not element.get("id"):
            continue
        if tag in _DATA:
            yield Extra(element.get("id"), "data", clean(element.get("name")), *_DATA[tag])
        elif tag == "textAnnotation":
            text = clean(element.findtext(bpmn("text")))
            w, h = text_box(text, _NOTE_WIDTH - _NOTE_PAD, TASK_SIZE)
            yield Extra(element.get("id"), "note", text, max(60, w + _NOTE_PAD), max(30, h + 12))


def _tag(element: Any) -> str:
    tag = element.tag
    return str(tag.rpartition("}")[2]) if isinstance(tag, str) and tag.startswith(bpmn("")) else ""


def _ref(text: str | None) -> str:
    return (text or "").strip().rpartition(":")[2]


def _ties(holder: Any, extras: dict[str, Extra]) -> Iterator[tuple[str, _Tie]]:
    """Associations, and the data associations of the steps."""
    for element in holder:
        if _tag(element) == "association" and element.get("id"):
            source, target = _ref(element.get("sourceRef")), _ref(element.get("targetRef"))
            if source in extras:
                yield source, _Tie(element.get("id"), target, True)
            elif target in extras:
                yield target, _Tie(element.get("id"), source, False)
        elif _tag(element) in FLOW_NODES:
            yield from _data_ties(element, extras)


def _data_ties(step: Any, extras: dict[str, Extra]) -> Iterator[tuple[str, _Tie]]:
    for element in step:
        tag = _tag(element)
        if tag in ("dataInputAssociation", "dataOutputAssociation") and element.get("id"):
            refs = [_ref(one.text) for one in element if _tag(one) in ("sourceRef", "targetRef")]
            for ref in [one for one in refs if one in extras][:1]:
                yield ref, _Tie(element.get("id"), step.get("id"), tag == "dataInputAssociation")


def _settle(scope: Scope, extra: Extra, ties: dict[str, list[_Tie]], flows: dict[str, Edge]) -> None:
    """Where does it stand: above its only partner, in a place of its own, or loose below the drawing?"""
    own = ties[extra.id]
    partners = list(dict.fromkeys(_anchor(scope, one.partner, flows) for one in own))
    anchors = [one for one in partners if one is not None and one.kind != "bar"]
    if len(anchors) == 1 and len(partners) == 1:
        anchors[0].cell.extras.append(extra)
        for tie in own:
            (
                extra.flows.append((tie.id, tie.partner))
                if tie.partner in flows
                else extra.ties.append((tie.id, tie.to_partner))
            )
    elif anchors:
        _give_place(scope, extra, own, anchors[0].cell.band)
    else:
        scope.loose.append(extra)


def _anchor(scope: Scope, partner: str, flows: dict[str, Edge]) -> Node | None:
    node = scope.nodes.get(partner)
    return node or (flows[partner].src if partner in flows else None)


def _give_place(scope: Scope, extra: Extra, ties: list[_Tie], band: str) -> None:
    kind: Kind = extra.kind
    tag = "textAnnotation" if kind == "note" else "data"
    node = Node(extra.id, kind, tag, extra.text, extra.w + extra.w % 2, extra.h + extra.h % 2, band)
    scope.nodes[node.id] = node
    for tie in ties:
        other = scope.nodes.get(tie.partner)
        if other is not None and other.cell is not node:
            ends = (node, other) if tie.to_partner else (other, node)
            scope.edges.append(Edge(tie.id, "tie", *ends))


def _groups(scope: Scope, holder: Any, old: Old) -> Iterator[Group]:
    root = holder.getroottree().getroot()
    for element in holder.findall(bpmn("group")):
        if not element.get("id"):
            continue
        ref = _ref(element.get("categoryValueRef"))
        listed = [one.get("id") for one in holder.iter() if ref and ref in _categories(one)]
        frame = old.frames.get(element.get("id"))
        members = [one for one in scope.nodes.values() if one.id in listed]
        members = members or [one for one in scope.nodes.values() if frame and _within(old.frames.get(one.id), frame)]
        yield Group(element.get("id"), group_name(root, element), members)


def _categories(element: Any) -> list[str]:
    return [_ref(one.text) for one in element.findall(bpmn("categoryValueRef"))] if isinstance(element.tag, str) else []


def _within(inner: Frame | None, outer: Frame) -> bool:
    if inner is None:
        return False
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] < x < outer[2] and outer[1] < y < outer[3]
