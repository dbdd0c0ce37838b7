"""Signals have a name: events that throw and catch one find each other by it."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.repair.document import Document, local, make
from workflows.repair.edits import called, first_root, slug
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    named = {one.get("name"): one for one in document.of("signal") if one.get("name")}
    top = first_root(document.root)
    for node in document.of(*_EVENTS):
        definition, rule = node.find(bpmn("signalEventDefinition")), situation.rule(node, "signal-unnamed")
        if definition is not None and rule:
            name = " ".join((node.get("name") or node.get("id")).split())
            yield Offer(
                "signal",
                node.get("id"),
                f"Name the signal of {called(node)}: “{name[:60]}”",
                "A signal is heard by its name. It is taken from the event.",
                lambda doc, _, definition=definition, name=name: _give(doc, definition, (name, named.get(name), top)),  # type: ignore[misc]
                rule=rule,
            )


def _give(document: Document, definition: Any, how: tuple[str, Any, int]) -> None:
    """how: the name, a signal that has it, and where new ones go."""
    name, known, top = how
    signal = document.ids.get(definition.get("signalRef", ""))
    if signal is not None and local(signal) == "signal":
        if not signal.get("name"):
            document.assign(signal, "name", name)
        return
    wish = f"Signal_{slug(name)}"
    made = document.ids.get(wish)
    if known is None and made is not None and made.get("name") == name:
        known = made
    if known is None:
        known = document.insert(document.root, top, make("signal", id=document.fresh_id(wish), name=name))
    document.assign(definition, "signalRef", known.get("id"))
