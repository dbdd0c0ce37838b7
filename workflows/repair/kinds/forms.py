"""A user task shows a form. One that names none gets the name of a form that is still to be drawn."""

import re
from collections.abc import Iterator
from typing import Any

from workflows.lint import LintContext
from workflows.repair.edits import called, our_property, set_property, slug
from workflows.repair.offers import AnswerRefused, Choice, Offer, Question
from workflows.repair.situation import Situation

_KEY = re.compile(r"[A-Za-z0-9_.-]+")


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.of("userTask"):
        rule = situation.rule(node, "form-key-missing")
        known = our_property(node, "formKey")
        if not rule or (known is not None and known.get("value")):
            continue  # A form that is named and does not exist is to be drawn, not to be renamed.
        wish = wish_of(node)
        yield Offer(
            "form",
            node.get("id"),
            f"Let {called(node)} show the form {wish}",
            "A user task asks by a form. This one begins empty.",
            lambda doc, answer, node=node, wish=wish: set_property(doc, node, "formKey", _key(answer or wish)),  # type: ignore[misc]
            rule=rule,
            needs=question_of(situation.known, wish),
        )


def wish_of(node: Any) -> str:
    """The key of the form that a task would have."""
    return slug(node.get("name") or node.get("id"), "form")


def question_of(known: LintContext, wish: str) -> Question | None:
    """Where it is known which forms exist, one of them is chosen or a new one named."""
    if known.forms is None or wish in known.forms:
        return None
    choices = [Choice(one, one) for one in sorted(known.forms)]
    return Question("Which form does it show?", (Choice(wish, f"{wish} (new, to be drawn)"), *choices), wish)


def _key(answer: str) -> str:
    if not _KEY.fullmatch(answer):
        raise AnswerRefused(f"{answer!r} cannot be the key of a form. Use letters, digits, dots, dashes, underscores.")
    return answer
