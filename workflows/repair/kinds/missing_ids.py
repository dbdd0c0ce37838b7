"""Something without an id cannot be named in a finding, stored in a case, or drawn: it gets one."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import FLOW_NODES
from workflows.repair.document import Document, local
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_NEED_ONE = FLOW_NODES | {"process", "sequenceFlow", "lane", "message", "participant", "dataObject"}


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    nameless = [node for node in document.everything if local(node) in _NEED_ONE and not node.get("id")]
    if nameless:
        yield Offer(
            "missing-id",
            None,
            f"Give ids to {len(nameless)} elements" if len(nameless) > 1 else "Give an id to an element",
            "What has no id can be neither drawn nor named in a finding. Nothing else about it changes.",
            lambda doc, _: _name_all(doc, nameless),
            rule=situation.kind_of("missing-id") or "missing-id",
        )


def _name_all(document: Document, nodes: list[Any]) -> None:
    for node in nodes:
        name = document.fresh_id(f"{local(node)}_{node.get('name') or 'unnamed'}")
        document.assign(node, "id", name)
        document.ids[name] = node
