"""A process or sub-process without a start event gets one before its first element."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import FLOW_NODES, bpmn
from workflows.repair.document import Document, local, make
from workflows.repair.drawing import EVENT
from workflows.repair.edits import add_flow, called, drawing, node_beside
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation

_NEVER_FIRST = frozenset({"boundaryEvent", "startEvent", "endEvent"})


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for scope in document.scopes():
        rule = situation.rule(scope, "no-start")
        if not rule or any(local(child) == "startEvent" for child in scope) or local(scope) == "adHocSubProcess":
            continue
        nodes = [child for child in scope if local(child) in FLOW_NODES and document.owns(child)]
        first = [one for one in nodes if _may_be_first(document, one)] or [
            one for one in nodes if local(one) not in _NEVER_FIRST and one.get("triggeredByEvent") != "true"
        ]
        if first:
            yield _offer(scope, first, rule)


def _offer(scope: Any, first: list[Any], rule: str) -> Offer:
    only = len(first) == 1
    choices = tuple(Choice(each.get("id"), called(each)) for each in first)
    question = None if only else Question("Which element comes first?", choices)
    where = f" before {called(first[0])}" if only else ""
    return Offer(
        "missing-start",
        scope.get("id"),
        f"Add a start event{where}",
        "Nothing says where it begins. The first element is the one that no flow leads to.",
        lambda doc, answer: _add(doc, doc.ids[answer] if answer else first[0]),
        rule=rule,
        needs=question,
    )


def _may_be_first(document: Document, node: Any) -> bool:
    return (
        local(node) not in _NEVER_FIRST
        and not document.incoming(node)
        and node.get("triggeredByEvent") != "true"
        and node.get("isForCompensation") != "true"
        and node.find(bpmn("linkEventDefinition")) is None
    )


def _add(document: Document, first: Any) -> None:
    start = make("startEvent", id=document.fresh_id(f"Start_{first.getparent().get('id')}"))
    node_beside(document, first, start)
    flow_id = add_flow(document, start, first)
    picture = drawing(document)
    place = picture.beside(first.get("id"), EVENT, left=True)
    if place is not None:
        picture.put(start.get("id"), place, first.get("id"))
        picture.connect(flow_id, start.get("id"), first.get("id"))
