"""A lane is a queue of ours: say which group works it."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.repair.document import Document
from workflows.repair.edits import called, our_property, set_property, slug
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation

RULE = "lane-without-group"


def find(situation: Situation) -> Iterator[Offer]:
    """One offer for each lane, and one for what stands in none."""
    document = situation.document
    groups = sorted(situation.known.groups or ())
    tasks: dict[str, list[Any]] = {}
    for node in document.of("userTask", "manualTask") if groups else ():
        if situation.rule(node, RULE) and our_property(node, "candidateGroup") is None:
            element = situation.model.elements.get(node.get("id"))
            place = (element.lane or element.process_id) if element is not None else ""
            tasks.setdefault(place, []).append(node)
    for place, nodes in tasks.items():
        holder = document.ids.get(place)
        if holder is not None:
            yield _offer(holder, nodes, groups)


def _offer(holder: Any, nodes: list[Any], groups: list[str]) -> Offer:
    likely = slug(holder.get("name") or "")
    question = Question(
        "Which group does its tasks?",
        tuple(Choice(one, one.replace("_", " ")) for one in groups),
        likely if likely in groups else None,
    )
    is_lane = holder.tag == bpmn("lane")
    tasks = f"{len(nodes)} tasks" if len(nodes) > 1 else "1 task"
    return Offer(
        "lane",
        holder.get("id"),
        f"Give the lane {called(holder)} to a group" if is_lane else f"Give the tasks of {called(holder)} to a group",
        f"{tasks} {'in this lane' if is_lane else 'outside of any lane'} would reach nobody.",
        lambda doc, answer: _staff(doc, nodes, answer),
        rule=RULE,
        needs=question,
    )


def _staff(document: Document, nodes: list[Any], group: str) -> None:
    for node in nodes:
        set_property(document, node, "candidateGroup", group)
