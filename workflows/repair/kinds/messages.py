"""Messages have a name, and what one brings is kept under a variable."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.model.parts import read_extensions
from workflows.repair.document import Document, local, make
from workflows.repair.edits import called, first_root, set_extension, slug
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_TASKS = ("sendTask", "receiveTask")
_THROWING = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})
_EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    spoken = _spoken(document)
    named = {one.get("name"): one for one in document.of("message") if one.get("name")}
    top = first_root(document.root)
    for node in document.of(*_EVENTS, *_TASKS):
        carrier = node if local(node) in _TASKS else node.find(bpmn("messageEventDefinition"))
        if carrier is None:
            continue
        name = spoken.get(node.get("id")) or " ".join((node.get("name") or node.get("id")).split())
        unnamed = situation.rule(node, "message-unnamed")
        if unnamed:
            yield Offer(
                "message",
                node.get("id"),
                f"Name the message of {called(node)}: “{name[:60]}”",
                "A message is found by its name. It is taken from the message flow, else from the event itself.",
                lambda doc, _, ends=(node, carrier), name=name: _give(doc, ends, (name, named.get(name), top)),  # type: ignore[misc]
                rule=unnamed,
            )
        elif situation.rule(node, "message-needs-variable"):
            message = document.ids.get(carrier.get("messageRef", ""))
            yield _variable(node, (message.get("name") if message is not None else "") or name)


def _variable(node: Any, name: str) -> Offer:
    return Offer(
        "message-variable",
        node.get("id"),
        f"Keep what the message of {called(node)} brings as {slug(name, 'message')}",
        "Without a variable for it, what the message says is lost.",
        lambda doc, _: set_extension(doc, node, "messageVariable", slug(name, "message")),
        rule="message-needs-variable",
    )


def _give(document: Document, ends: tuple[Any, Any], how: tuple[str, Any, int]) -> None:
    """ends: the element and what carries its messageRef. how: the name, a message that has it, where new ones go."""
    (node, carrier), (name, known, top) = ends, how
    message = document.ids.get(carrier.get("messageRef", ""))
    if message is not None and local(message) == "message":
        if not message.get("name"):
            document.assign(message, "name", name)
    else:
        wish = f"Message_{slug(name)}"
        made = document.ids.get(wish)
        if known is None and made is not None and made.get("name") == name:
            known = made
        if known is None:
            known = document.insert(document.root, top, make("message", id=document.fresh_id(wish), name=name))
        document.assign(carrier, "messageRef", known.get("id"))
    if local(node) not in _THROWING and "messageVariable" not in read_extensions(node):
        set_extension(document, node, "messageVariable", slug(name, "message"))


def _spoken(document: Document) -> dict[str, str]:
    """What the message flows at an element are called."""
    found: dict[str, str] = {}
    for flow in document.root.iter(bpmn("messageFlow")):
        message = document.ids.get(flow.get("messageRef", "").rpartition(":")[2])
        name = flow.get("name") or (message.get("name") if message is not None else "")
        for end in ("sourceRef", "targetRef") if name else ():
            found.setdefault(flow.get(end, "").rpartition(":")[2], " ".join(name.split()))
    return found
