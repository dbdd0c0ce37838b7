"""A sub-process that was drawn closed has nothing inside: a person does what it stands for, until it is drawn."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import FLOW_NODES, bpmn
from workflows.repair.document import Document, local
from workflows.repair.edits import called, set_property
from workflows.repair.kinds.forms import wish_of
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation

_WHAT = Question(
    "What does it stand for?",
    (Choice("form", "A person fills in a form (user task)"), Choice("by-hand", "A person confirms it (manual task)")),
    "form",
)
_ATTRIBUTES = ("triggeredByEvent", "method", "ordering", "cancelRemainingInstances")


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.of("subProcess", "transaction", "adHocSubProcess"):
        rule = situation.rule(node, "no-start", "missing-end", "adhoc-subprocess")
        empty = not any(local(one) in FLOW_NODES for one in node)
        if rule and empty and node.get("triggeredByEvent") != "true":
            yield Offer(
                "empty-subprocess",
                node.get("id"),
                f"Make the empty sub-process {called(node)} a task",
                "It is drawn closed and has nothing inside, so there is nothing to run.",
                lambda doc, answer, node=node: _become(doc, node, answer),  # type: ignore[misc]
                rule=rule,
                needs=_WHAT,
            )


def _become(document: Document, node: Any, answer: str) -> None:
    for name in _ATTRIBUTES:
        document.assign(node, name, None)
    for one in [*node.findall(bpmn("completionCondition")), *node.findall(bpmn("laneSet"))]:
        document.remove(one)
    if answer == "form":
        document.rename(node, "userTask")
        set_property(document, node, "formKey", wish_of(node))
    else:
        document.rename(node, "manualTask")
        set_property(document, node, "instructions", f"Do what {called(node)} stands for, then confirm.")
