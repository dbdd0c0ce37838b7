"""Several flows that reach an activity each run it: allowed, and clearer with a gateway before it."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import GATEWAYS
from workflows.repair.document import Document, local, make
from workflows.repair.drawing import GATEWAY
from workflows.repair.edits import add_flow, called, drawing, lead_to, node_beside
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for node in document.nodes():
        flows = document.incoming(node)
        if len(flows) < 2 or local(node) in GATEWAYS | {"endEvent", "startEvent", "boundaryEvent"}:
            continue
        if any(local(document.ids.get(one.get("sourceRef"))) == "eventBasedGateway" for one in flows):
            continue  # Such an event belongs to its gateway.
        yield Offer(
            "implicit-merge",
            node.get("id"),
            f"Put a merging gateway before {called(node)}",
            f"{len(flows)} flows lead to it and each of them runs it. A gateway shows that; it runs the same.",
            lambda doc, _, node=node, flows=flows: _insert(doc, node, list(flows)),  # type: ignore[misc]
        )


def _insert(document: Document, node: Any, flows: list[Any]) -> None:
    gateway = make("exclusiveGateway", id=document.fresh_id(f"Merge_{node.get('id')}"))
    node_beside(document, node, gateway)
    lead_to(document, flows, node, gateway)
    flow_id = add_flow(document, gateway, node)
    picture = drawing(document)
    place = picture.beside(node.get("id"), GATEWAY, left=True)
    if place is not None:
        picture.put(gateway.get("id"), place, node.get("id"))
        picture.connect(flow_id, gateway.get("id"), node.get("id"))
        for flow in flows:
            picture.connect(flow.get("id"), flow.get("sourceRef"), gateway.get("id"))
