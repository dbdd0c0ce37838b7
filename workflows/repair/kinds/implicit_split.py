"""Several flows that leave an element get the gateway they mean."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import GATEWAYS, bpmn
from workflows.model.parts import text_of
from workflows.repair.document import Document, local, make
from workflows.repair.drawing import GATEWAY
from workflows.repair.edits import add_flow, called, drawing, node_beside, start_from
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation

_KINDS = {"exclusive": "exclusiveGateway", "inclusive": "inclusiveGateway", "parallel": "parallelGateway"}
_ASK = Question(
    "What happens when several of the conditions hold?",
    (
        Choice("exclusive", "The first one that holds is taken (exclusive gateway)"),
        Choice("inclusive", "All that hold are taken (inclusive gateway)"),
    ),
    "exclusive",
)


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for node in document.nodes():
        flows = document.outgoing(node)
        if local(node) in GATEWAYS or len(flows) < 2:
            continue
        free = [one for one in flows if not _is_conditional(one, node)]
        yield _offer(situation, node, flows, free)


def _offer(situation: Situation, node: Any, flows: list[Any], free: list[Any]) -> Offer:
    kind = "parallel" if len(free) == len(flows) else "exclusive" if len(free) == 1 else None
    other = free[0].get("id") if kind == "exclusive" else node.get("default")
    why = {
        "parallel": "Without conditions, all of these flows are taken at the same time.",
        "exclusive": "All flows but one carry conditions; that one is taken when none holds.",
        None: "Some of these flows carry conditions.",
    }[kind]
    return Offer(
        "implicit-split",
        node.get("id"),
        f"Put {'a parallel' if kind == 'parallel' else 'an exclusive' if kind else 'a'} gateway after {called(node)}",
        f"{len(flows)} flows leave it without a gateway that says how. {why}",
        lambda doc, answer: _insert(doc, node, flows, (_KINDS[answer or str(kind)], other)),
        rule=situation.rule(node, "implicit-split"),
        needs=None if kind else _ASK,
    )


def _is_conditional(flow: Any, node: Any) -> bool:
    return text_of(flow.find(bpmn("conditionExpression"))) is not None and flow.get("id") != node.get("default")


def _insert(document: Document, node: Any, flows: list[Any], how: tuple[str, str | None]) -> None:
    """how: the kind of gateway, and the id of its default flow."""
    tag, other = how
    gateway = make(tag, id=document.fresh_id(f"Split_{node.get('id')}"))
    if tag != "parallelGateway" and other:
        gateway.set("default", other)
    document.assign(node, "default", None)
    node_beside(document, node, gateway)
    start_from(document, flows, node, gateway)
    flow_id = add_flow(document, node, gateway)
    picture = drawing(document)
    place = picture.beside(node.get("id"), GATEWAY)
    if place is not None:
        picture.put(gateway.get("id"), place, node.get("id"))
        picture.connect(flow_id, node.get("id"), gateway.get("id"))
        for flow in flows:
            picture.connect(flow.get("id"), gateway.get("id"), flow.get("targetRef"))
