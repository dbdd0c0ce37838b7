"""References that carry the prefix of the file's own namespace (`tns:Message_1`) lead nowhere until it is dropped."""

from collections.abc import Iterator
from typing import Any

from workflows.repair.document import Document, local
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_ATTRIBUTES = ("messageRef", "signalRef", "errorRef", "escalationRef", "attachedToRef", "calledElement", "sourceRef",
               "targetRef", "default", "processRef")  # fmt: skip
_LISTS = ("incoming", "outgoing", "flowNodeRef")
RULE = "qualified-reference"


def find(situation: Situation) -> Iterator[Offer]:
    number = count(situation.document)
    if number:
        yield Offer(
            "qualified-reference",
            None,
            f"Correct {number} references",
            "They carry the prefix of a namespace, as in tns:Message_1. Without it they lead to the same elements.",
            lambda doc, _: _correct(doc),
            rule=RULE,
        )


def count(document: Document) -> int:
    """How many references would lead somewhere without their prefix."""
    return len(_attributes(document)) + len(_lists(document))


def _attributes(document: Document) -> list[tuple[Any, str]]:
    return [
        (node, name)
        for node in document.everything
        if local(node)
        for name in _ATTRIBUTES
        if _plain(document, node.get(name)) is not None
    ]


def _lists(document: Document) -> list[Any]:
    return [
        node
        for node in document.everything
        if local(node) in _LISTS and _plain(document, (node.text or "").strip()) is not None
    ]


def _correct(document: Document) -> None:
    for node, name in _attributes(document):
        document.assign(node, name, _plain(document, node.get(name)))
    for node in _lists(document):
        document.write(node, str(_plain(document, (node.text or "").strip())))


def _plain(document: Document, name: str | None) -> str | None:
    """The id meant by a prefixed reference; None when it is none, or is an id as it stands."""
    if not name or ":" not in name or name in document.ids:
        return None
    short = name.rpartition(":")[2]
    return short if short in document.ids else None
