"""A data association whose data is nowhere in the file is taken out; the task would wait for it in vain."""

from collections.abc import Iterator
from typing import Any

from workflows.lint.rules.data_association import RULE, far_end, is_lost, named_things
from workflows.repair.document import Document, local
from workflows.repair.edits import called, drawing
from workflows.repair.kinds.data_stores import drop_slot
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_TAGS = ("dataInputAssociation", "dataOutputAssociation")


def find(situation: Situation) -> Iterator[Offer]:
    things = named_things(situation.document.root)
    for node in situation.document.nodes():
        lost = [one for one in node if local(one) in _TAGS and is_lost(one, things)]
        if lost:
            number = f"{len(lost)} data associations" if len(lost) > 1 else "a data association"
            yield Offer(
                "data-association",
                node.get("id"),
                f"Remove {number} of {called(node)}",
                f"They lead to {', '.join(far_end(one) or 'nothing' for one in lost)}, which is no data object here.",
                lambda doc, _, node=node, lost=lost: _remove(doc, node, lost),  # type: ignore[misc]
                rule=situation.rule(node, RULE),
            )


def _remove(document: Document, node: Any, lost: list[Any]) -> None:
    for one in lost:
        document.remove(one)
        drop_slot(document, node, one)
        if one.get("id"):
            drawing(document).erase(one.get("id"))
