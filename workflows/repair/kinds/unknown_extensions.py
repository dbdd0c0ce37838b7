"""Names of SpiffArena that mean nothing here would do nothing silently: they can be taken out of the file."""

from collections.abc import Iterator
from typing import Any

from workflows.lint.vocabulary import ELEMENTS, PROPERTIES
from workflows.model.names import SPIFF, spiff
from workflows.repair.document import Document, local
from workflows.repair.edits import called
from workflows.repair.kinds.spiffarena import taken_over
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

RULE = "unknown-extension"


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    strange: dict[Any, list[Any]] = {}
    mapped = {one for node in document.of("userTask", "manualTask") for one in taken_over(node)}
    for node in document.everything:
        if node.tag.startswith(f"{{{SPIFF}}}") and node not in mapped and _is_strange(node):
            holder = next((one for one in node.iterancestors() if local(one) and one.get("id")), None)
            if holder is not None and document.owns(holder):
                strange.setdefault(holder, []).append(node)
    for holder, nodes in strange.items():
        names = ", ".join(dict.fromkeys(_said(one) for one in nodes))
        yield Offer(
            "unknown-extension",
            holder.get("id"),
            f"Remove what is unknown here from {called(holder)}",
            f"{names}: this has no meaning here. Make sure that nothing is lost which the process needs.",
            lambda doc, _, nodes=nodes: _remove(doc, nodes),  # type: ignore[misc]
            rule=situation.rule(holder, RULE),
            is_certain=False,
        )


def _is_strange(node: Any) -> bool:
    if node.tag == spiff("property"):
        return node.get("name") not in PROPERTIES
    inside = any(one.tag.startswith(f"{{{SPIFF}}}") and _name(one) not in ELEMENTS for one in node.iterancestors())
    return _name(node) not in ELEMENTS and not inside


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _said(node: Any) -> str:
    return str(node.get("name")) if node.tag == spiff("property") else _name(node)


def _remove(document: Document, nodes: list[Any]) -> None:
    for node in nodes:
        document.remove(node)
