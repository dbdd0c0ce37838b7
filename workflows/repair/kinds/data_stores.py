"""A data store has no counterpart in the engine: it stays in the drawing as an annotation that says what it was."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import SUB_PROCESSES, bpmn
from workflows.model.parts import text_of
from workflows.repair.document import Document, local, make
from workflows.repair.edits import add_artifact, called, drawing
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    lines = _lines(document)
    for node in document.of("dataStoreReference"):
        if local(node.getparent()) in SUB_PROCESSES | {"process"}:
            yield Offer(
                "data-store",
                node.get("id"),
                f"Keep the data store {called(node)} as an annotation",
                "The engine keeps data in the case. The lines to the data store stay as dotted lines.",
                lambda doc, _, node=node: _annotate(doc, node, lines.get(node.get("id"), [])),  # type: ignore[misc]
                rule=situation.rule(node, "data-store"),
            )
    references: dict[str, list[Any]] = {}
    for node in document.of("dataStoreReference"):
        references.setdefault(node.get("dataStoreRef", "").rpartition(":")[2], []).append(node)
    for node in document.of("dataStore"):
        yield Offer(
            "data-store",
            node.get("id"),
            f"Remove the definition of the data store {called(node)}",
            "It only says that there is such a store; the drawing does not show it.",
            lambda doc, _, node=node: _remove(doc, node, references.get(node.get("id"), [])),  # type: ignore[misc]
            rule=situation.rule(node, "data-store"),
        )


def _remove(document: Document, node: Any, references: list[Any]) -> None:
    for one in references:
        if one.getparent() is not None:
            document.assign(one, "dataStoreRef", None)
    document.remove(node)


def _lines(document: Document) -> dict[str, list[tuple[Any, Any]]]:
    """The data associations at each end, with the node that has them."""
    found: dict[str, list[tuple[Any, Any]]] = {}
    for node in document.nodes():
        for association in node:
            if local(association) in _ASSOCIATIONS:
                for end in {_ref(association, "sourceRef"), _ref(association, "targetRef")}:
                    found.setdefault(end, []).append((node, association))
    return found


def _annotate(document: Document, node: Any, lines: list[tuple[Any, Any]]) -> None:
    """The annotation keeps the id, and with it what is drawn."""
    scope, own = node.getparent(), node.get("id")
    for flow_node, association in lines:
        if association.getparent() is not None:
            _draw_only(document, flow_node, association, (scope, own))
    name = node.get("name") or own
    document.remove(node)
    note = make("textAnnotation", id=own)
    note.append(make("text", f"Data store: {' '.join(name.split())}"))
    add_artifact(document, scope, note)


def _draw_only(document: Document, node: Any, association: Any, note: tuple[Any, str]) -> None:
    """A data association becomes a plain one, which says nothing to the engine. note: its scope and id."""
    scope, own = note
    reads = local(association) == "dataInputAssociation"
    document.remove(association)
    if association.get("id"):
        ends = (own, node.get("id")) if reads else (node.get("id"), own)
        line = make("association", id=association.get("id"), sourceRef=ends[0], targetRef=ends[1])
        add_artifact(document, scope, line)
    drop_slot(document, node, association)


def drop_slot(document: Document, node: Any, association: Any) -> None:
    """Take out the input or output of the task that an association filled: the engine would wait for it for ever."""
    slots = {_ref(association, "sourceRef"), _ref(association, "targetRef")}
    for io in node.findall(bpmn("ioSpecification")):
        for slot in [one for one in io if local(one) in ("dataInput", "dataOutput") and one.get("id") in slots]:
            for ref in [one for one in io.iter() if local(one) in ("dataInputRefs", "dataOutputRefs")]:
                if (ref.text or "").strip() == slot.get("id"):
                    document.remove(ref)
            document.remove(slot)
            drawing(document).erase(slot.get("id"))


def _ref(association: Any, tag: str) -> str:
    return (text_of(association.find(bpmn(tag))) or "").rpartition(":")[2]
