"""A service task that calls nothing we know becomes a task for a person, or calls an operator of the catalog."""

from collections.abc import Iterator
from typing import Any

from workflows.lint import LintContext
from workflows.model.names import bpmn, spiff
from workflows.repair.document import Document
from workflows.repair.edits import called, extensions_of, ours, set_property, slug
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation

BY_HAND = "by-hand"
_ATTRIBUTES = ("implementation", "operationRef")


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.of("serviceTask"):
        rule = situation.rule(node, "service-no-operator")
        if rule:
            yield Offer(
                "service-task",
                node.get("id"),
                f"Say how {called(node)} is done",
                "It was done by a program of the other tool. Here a person does it, or an operator of the catalog.",
                lambda doc, answer, node=node: _become(doc, node, answer, situation.known),  # type: ignore[misc]
                rule=rule,
                needs=_question(situation.known),
            )


def _question(known: LintContext) -> Question:
    operators = [Choice(one, f"By the operator {one}") for one in sorted(known.operators or ())]
    return Question("Who or what does it?", (Choice(BY_HAND, "By a person, as a manual task"), *operators), BY_HAND)


def _become(document: Document, node: Any, answer: str, known: LintContext) -> None:
    if answer == BY_HAND:
        _by_hand(document, node)
        return
    holder = extensions_of(document, node)
    old = holder.find(spiff("serviceTaskOperator"))
    if old is not None:
        document.remove(old)
    operator = ours("serviceTaskOperator", id=answer, resultVariable=slug(node.get("id"), "result"))
    listed = ours("parameters")
    operator.append(listed)
    # A variable of the parameter's own name is the likeliest; lint says what does not fit.
    for name in known.parameters.get(answer, {}):
        listed.append(ours("parameter", id=name, type="any", value=name))
    document.append(holder, operator)


def _by_hand(document: Document, node: Any) -> None:
    old = node.find(f"{bpmn('extensionElements')}/{spiff('serviceTaskOperator')}")
    if old is not None:
        document.remove(old)
    document.rename(node, "manualTask")
    for name in _ATTRIBUTES:
        document.assign(node, name, None)
    name = " ".join((node.get("name") or "").split())
    note = f"Do this by hand{f': {name}' if name else ''}. It was an automatic step in the tool the model comes from."
    set_property(document, node, "instructions", note)
