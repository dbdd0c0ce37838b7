"""Two link events of one scope say what a sequence flow says."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.repair.document import Document, local
from workflows.repair.edits import called, drawing, drop_ref, lead_to
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    pairs: dict[tuple[Any, str], tuple[list[Any], list[Any]]] = {}
    for node in document.of("intermediateThrowEvent", "intermediateCatchEvent"):
        link = node.find(bpmn("linkEventDefinition"))
        if link is not None:
            ends = pairs.setdefault((node.getparent(), link.get("name") or node.get("name") or ""), ([], []))
            ends[local(node) == "intermediateCatchEvent"].append(node)
    for throws, catches in pairs.values():
        if throws and len(catches) == 1 and _may_go(document, throws, catches[0]):
            yield _offer(situation, throws, catches[0])


def _offer(situation: Situation, throws: list[Any], catch: Any) -> Offer:
    flow = situation.document.outgoing(catch)[0]
    rule = next((rule for one in (*throws, catch) if (rule := situation.rule(one, "link-event"))), "")
    return Offer(
        "link",
        catch.get("id"),
        f"Draw a flow instead of the link {called(catch)}",
        "The two link events stand in one scope, where a sequence flow says the same.",
        lambda doc, _: _join(doc, throws, catch, flow),
        rule=rule,
    )


def _may_go(document: Document, throws: list[Any], catch: Any) -> bool:
    flows = document.outgoing(catch)
    if len(flows) != 1 or document.incoming(catch) or any(document.outgoing(one) for one in throws):
        return False
    target = document.ids.get(flows[0].get("targetRef", ""))
    if target is None or target.find(bpmn("linkEventDefinition")) is not None:
        return False  # Of a chain of links the last one goes first.
    return all(
        document.ids.get(one.get("sourceRef", "")) is not None for end in throws for one in document.incoming(end)
    )


def _join(document: Document, throws: list[Any], catch: Any, flow: Any) -> None:
    target = document.ids[flow.get("targetRef")]
    picture = drawing(document)
    for end in throws:
        lead_to(document, document.incoming(end), end, target)
        for one in document.incoming(end):
            picture.connect(one.get("id"), one.get("sourceRef"), target.get("id"))
    drop_ref(document, target, "incoming", flow.get("id"))
    gone = [*throws, catch, flow]
    for one in gone:
        if one.get("id") in document.lane_refs:
            document.remove(document.lane_refs[one.get("id")])
        picture.erase(one.get("id"))
        document.remove(one)
