"""A task without a kind becomes a user task with a form that is still to be drawn."""

from collections.abc import Iterator

from workflows.repair.document import Document
from workflows.repair.edits import called, set_property
from workflows.repair.kinds.forms import question_of, wish_of
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.of("task"):
        wish = wish_of(node)

        def edit(document: Document, answer: str, node: object = node, wish: str = wish) -> None:
            document.rename(node, "userTask")
            set_property(document, node, "formKey", answer or wish)

        yield Offer(
            "abstract-task",
            node.get("id"),
            f"Make {called(node)} a user task with the form {wish}",
            "The drawing does not say how it is done, so a person does it. Its form begins empty.",
            edit,
            rule=situation.rule(node, "abstract-task"),
            needs=question_of(situation.known, wish),
        )
