"""Camunda 7, Flowable and Activiti write attributes of their own namespace; they share most of them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from workflows.model.human import plain_duration
from workflows.model.names import bpmn
from workflows.model.parts import read_extensions, read_properties
from workflows.repair.document import local, make
from workflows.repair.edits import set_extension, set_property
from workflows.repair.foreign import in_feel
from workflows.repair.kinds.multi_instances import put
from workflows.repair.kinds.vendor_mapping import Taken, offer, priority_of, queue_of
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation
from workflows.repair.vendors import ACTIVITI, CAMUNDA, FLOWABLE, RUNNING

_KEY = re.compile(r"[A-Za-z0-9_.-]+")


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.nodes():
        for space in (CAMUNDA, FLOWABLE, ACTIVITI):
            taken = [*_of_people(node, space), *_of_decision(node, space), *_of_loop(node, space)]
            yield from offer(situation, node, RUNNING[space], taken)


def names_taken(node: Any) -> set[str]:
    """What was taken over from a node: our own word for it is there."""
    ours = {**read_properties(node), **read_extensions(node)}
    found = {theirs for theirs, (own, _) in _PEOPLE.items() if own in ours}
    found |= {theirs for theirs, own in _DECISION.items() if own in ours}
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if loop is not None:
        found |= {theirs for theirs, own in _LOOP.items() if loop.find(bpmn(own)) is not None}
    return found | ({"resultVariable"} if node.get("scriptFormat") == "FEEL" else set())


def form_key(text: str) -> str | None:
    """The name of a form as a key of ours; None when it is an address or an expression."""
    return text.strip() if _KEY.fullmatch(text.strip()) else None


def _due(text: str) -> str | None:
    text = text.strip()
    if text[:1] == "P":
        return text if plain_duration(text) is not None else None
    return in_feel(text) if text[:1] in ("$", "#") else None


_PEOPLE: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "formKey": ("formKey", form_key),
    "formRef": ("formKey", form_key),
    "candidateGroups": ("candidateGroup", queue_of),
    "dueDate": ("dueIn", _due),
    "followUpDate": ("followUpIn", _due),
    "priority": ("priority", priority_of),
}
_DECISION = {"decisionRef": "calledDecisionId", "resultVariable": "resultVariable"}
_LOOP = {"collection": "loopDataInputRef", "elementVariable": "inputDataItem"}


def _of_people(node: Any, space: str) -> Iterator[Taken]:
    if local(node) != "userTask" and not (local(node) == "startEvent" and node.get(f"{{{space}}}formKey")):
        return
    known = set(read_properties(node))
    for theirs, (own, convert) in _PEOPLE.items():
        value = convert(node.get(f"{{{space}}}{theirs}") or "")
        fits = own == "formKey" or local(node) == "userTask"
        if value and own not in known and fits:
            known.add(own)
            yield Taken(theirs, own, value, _property(node, own, value))


def _of_decision(node: Any, space: str) -> Iterator[Taken]:
    if local(node) != "businessRuleTask":
        return
    known = {**read_properties(node), **read_extensions(node)}
    for theirs, own in _DECISION.items():
        value = (node.get(f"{{{space}}}{theirs}") or "").strip()
        if value.isidentifier() and own not in known:
            yield Taken(theirs, own, value, _extension(node, own, value))


def _of_loop(node: Any, space: str) -> Iterator[Taken]:
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if loop is None:
        return
    collection = in_feel(loop.get(f"{{{space}}}collection") or "") or ""
    if collection.isidentifier() and loop.find(bpmn("loopDataInputRef")) is None:
        yield Taken("collection", "loopDataInputRef", collection,
                    lambda doc: put(doc, loop, make("loopDataInputRef", collection)))  # fmt: skip
    item = (loop.get(f"{{{space}}}elementVariable") or "").strip()
    if item.isidentifier() and loop.find(bpmn("inputDataItem")) is None:
        yield Taken("elementVariable", "inputDataItem", item,
                    lambda doc: put(doc, loop, make("inputDataItem", id=item)))  # fmt: skip


def _property(node: Any, name: str, value: str) -> Callable[[Any], None]:
    return lambda document: set_property(document, node, name, value)


def _extension(node: Any, name: str, value: str) -> Callable[[Any], None]:
    return lambda document: set_extension(document, node, name, value)
