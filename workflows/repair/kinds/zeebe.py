"""Camunda 8 writes elements of its own namespace; its expressions are FEEL behind a sign."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.model.parts import read_extensions, read_properties
from workflows.repair.document import Document, local, make
from workflows.repair.edits import set_extension, set_property
from workflows.repair.foreign import in_feel
from workflows.repair.kinds.camunda import form_key
from workflows.repair.kinds.multi_instances import put
from workflows.repair.kinds.vendor_mapping import Taken, offer, priority_of, queue_of
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation
from workflows.repair.vendors import ZEEBE

_KEY = re.compile(r"[A-Za-z0-9_.-]+")


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.nodes():
        taken = [*_of_people(node), *_of_decision(node), *_of_call(node), *_of_loop(node)]
        yield from offer(situation, node, "Camunda 8", taken)


def names_taken(node: Any) -> set[str]:
    """What was taken over from a node: our own word for it is there, or nothing had to be said."""
    ours = {**read_properties(node), **read_extensions(node)}
    found = {"userTask"}
    found |= {element for element, _, own, _ in _PEOPLE if own in ours}
    found |= {"calledDecision"} if "calledDecisionId" in ours else set()
    found |= {"calledElement"} if node.get("calledElement") else set()
    found |= {"script"} if node.get("scriptFormat") == "FEEL" else set()
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    return found | ({"loopCharacteristics"} if loop is not None and len(loop) > 1 else set())


def _moment(text: str) -> str | None:
    return in_feel(text) if text.strip().startswith("=") else None


_PEOPLE: tuple[tuple[str, str, str, Callable[[str], str | None]], ...] = (
    ("formDefinition", "formId", "formKey", form_key),
    ("formDefinition", "formKey", "formKey", form_key),
    ("formDefinition", "externalReference", "formKey", form_key),
    ("assignmentDefinition", "candidateGroups", "candidateGroup", queue_of),
    ("taskSchedule", "dueDate", "dueIn", _moment),
    ("taskSchedule", "followUpDate", "followUpIn", _moment),
    ("priorityDefinition", "priority", "priority", priority_of),
)
"""Element, attribute, our property, and how its value is written here."""


def _of_people(node: Any) -> Iterator[Taken]:
    if local(node) != "userTask":
        return
    known = set(read_properties(node))
    for element, attribute, own, convert in _PEOPLE:
        value = convert(_said(node, element, attribute))
        if value and own not in known:
            known.add(own)
            yield Taken(f"{element} {attribute}", own, value,
                        lambda doc, own=own, value=value: set_property(doc, node, own, value))  # type: ignore[misc]  # fmt: skip


def _of_decision(node: Any) -> Iterator[Taken]:
    if local(node) != "businessRuleTask":
        return
    known = {**read_properties(node), **read_extensions(node)}
    for attribute, own in (("decisionId", "calledDecisionId"), ("resultVariable", "resultVariable")):
        value = _said(node, "calledDecision", attribute).strip()
        if value.isidentifier() and own not in known:
            yield Taken(f"calledDecision {attribute}", own, value,
                        lambda doc, own=own, value=value: set_extension(doc, node, own, value))  # type: ignore[misc]  # fmt: skip


def _of_call(node: Any) -> Iterator[Taken]:
    called = _said(node, "calledElement", "processId").strip()
    if local(node) == "callActivity" and _KEY.fullmatch(called) and not node.get("calledElement"):
        yield Taken("calledElement processId", "calledElement", called,
                    lambda doc: doc.assign(node, "calledElement", called))  # fmt: skip


def _of_loop(node: Any) -> Iterator[Taken]:
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    theirs = loop.find(f"{bpmn('extensionElements')}/{{{ZEEBE}}}loopCharacteristics") if loop is not None else None
    if theirs is None:
        return
    for attribute, part, as_id in (
        ("inputCollection", "loopDataInputRef", False),
        ("inputElement", "inputDataItem", True),
        ("outputCollection", "loopDataOutputRef", False),
    ):
        value = theirs.get(attribute) or ""
        name = (in_feel(value) if value.startswith("=") else value) or ""
        if name.isidentifier() and loop.find(bpmn(part)) is None:
            yield Taken(attribute, part, name, _putting(loop, part, name, as_id=as_id))


def _putting(loop: Any, part: str, name: str, *, as_id: bool) -> Callable[[Document], None]:
    return lambda document: put(document, loop, make(part, id=name) if as_id else make(part, name))


def _said(node: Any, element: str, attribute: str) -> str:
    found = node.find(f"{bpmn('extensionElements')}/{{{ZEEBE}}}{element}")
    return (found.get(attribute) or "") if found is not None else ""
