"""A business rule task names the decision it asks, and the variable its answer goes to."""

from collections.abc import Iterator
from typing import Any

from workflows.model.parts import read_extensions, read_properties
from workflows.repair.document import Document
from workflows.repair.edits import called, set_extension, slug
from workflows.repair.offers import AnswerRefused, Choice, Offer, Question
from workflows.repair.situation import Situation


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.of("businessRuleTask"):
        rule = situation.rule(node, "decision-missing")
        said = {**read_properties(node), **read_extensions(node)}
        if rule and not said.get("calledDecisionId"):
            yield _decision(situation, node, rule)
        if rule and not said.get("resultVariable"):
            yield _result(node, rule)


def _decision(situation: Situation, node: Any, rule: str) -> Offer:
    choices = tuple(Choice(one, one) for one in sorted(situation.known.decisions or ()))
    return Offer(
        "decision",
        node.get("id"),
        f"Say which decision {called(node)} asks",
        "It names no decision table.",
        lambda doc, answer: set_extension(doc, node, "calledDecisionId", answer),
        rule=rule,
        needs=Question("Id of the decision", choices),
    )


def _result(node: Any, rule: str) -> Offer:
    return Offer(
        "decision-result",
        node.get("id"),
        f"Say where the answer of {called(node)} goes",
        "Its answer is kept under one name. Conditions that read single results read them from there.",
        lambda doc, answer: _store(doc, node, answer),
        rule=rule,
        needs=Question("Name of the variable", (), slug(node.get("name") or node.get("id"), "result")),
    )


def _store(document: Document, node: Any, answer: str) -> None:
    if not answer.isidentifier() or not answer.isascii():
        raise AnswerRefused(f"{answer!r} cannot be the name of a variable. Use letters, digits and underscores.")
    set_extension(document, node, "resultVariable", answer)
