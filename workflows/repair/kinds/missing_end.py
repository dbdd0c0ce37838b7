"""Where nothing follows an element, an end event can be drawn behind it."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import FLOW_NODES, SUB_PROCESSES, bpmn
from workflows.repair.document import Document, local, make
from workflows.repair.drawing import EVENT
from workflows.repair.edits import add_flow, called, drawing, node_beside
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.nodes():
        if not _is_open(situation.document, node):
            continue
        # A sub-process without an end is mended by an end inside it.
        scope = node.getparent()
        rule = situation.rule(node, "missing-end") or (
            situation.rule(scope, "missing-end") if local(scope) in SUB_PROCESSES else ""
        )
        yield Offer(
            "missing-end",
            node.get("id"),
            f"Add an end event after {called(node)}",
            "The way ends here without saying so. An end event makes it visible.",
            lambda doc, _, node=node: _add(doc, node),  # type: ignore[misc]
            rule=rule,
        )


def _is_open(document: Document, node: Any) -> bool:
    tag, scope = local(node), node.getparent()
    ends = tag == "endEvent" or node.get("triggeredByEvent") == "true" or node.get("isForCompensation") == "true"
    links = tag == "intermediateThrowEvent" and node.find(bpmn("linkEventDefinition")) is not None
    compensates = node.find(bpmn("compensateEventDefinition")) is not None and tag == "boundaryEvent"
    if ends or links or compensates or local(scope) == "adHocSubProcess" or document.outgoing(node):
        return False
    # A lone task is the whole process: it needs a start first.
    return bool(document.incoming(node)) or tag in ("startEvent", "boundaryEvent") or tag not in FLOW_NODES - {"task"}


def _add(document: Document, node: Any) -> None:
    end = make("endEvent", id=document.fresh_id(f"End_{node.get('id')}"))
    node_beside(document, node, end)
    flow_id = add_flow(document, node, end)
    picture = drawing(document)
    place = picture.beside(node.get("id"), EVENT)
    if place is not None:
        picture.put(end.get("id"), place, node.get("id"))
        picture.connect(flow_id, node.get("id"), end.get("id"))
