"""Which payload belongs to which instance? Standard BPMN correlation: properties, keys and subscriptions.

A correlation property says how to read a value from each message's payload (retrieval expression, FEEL on the payload);
a process's subscription says which of its data that value must equal (binding, FEEL on process data).
"""

from typing import Any

from workflows.model.elements import CorrelationKey, Message
from workflows.model.names import bpmn
from workflows.model.parts import read_properties, text_of


def read_messages(root: Any) -> dict[str, Message]:
    """Messages by id, each with the properties that read it."""
    paths: dict[str, list[tuple[str, str]]] = {}
    for prop in root.iter(bpmn("correlationProperty")):
        for retrieval in prop.findall(bpmn("correlationPropertyRetrievalExpression")):
            path = next((text_of(child) for child in retrieval if text_of(child)), None)
            if path is not None:
                paths.setdefault(retrieval.get("messageRef", ""), []).append((prop.get("id", ""), path))
    return {
        node.get("id", ""): _message(node, tuple(paths.get(node.get("id", ""), ())))
        for node in root.findall(bpmn("message"))
    }


def _message(node: Any, paths: tuple[tuple[str, str], ...]) -> Message:
    ttl = read_properties(node).get("ttl", "").strip()
    return Message(node.get("id", ""), node.get("name"), paths, ttl or None)


def read_keys(root: Any) -> dict[str, CorrelationKey]:
    """Correlation keys by id."""
    keys = {}
    for node in root.iter(bpmn("correlationKey")):
        refs = tuple((one.text or "").strip() for one in node.findall(bpmn("correlationPropertyRef")))
        keys[node.get("id", "")] = CorrelationKey(node.get("id", ""), node.get("name"), refs)
    return keys


def read_subscriptions(process: Any) -> dict[str, dict[str, str]]:
    """Correlation key id to {property id: FEEL path on process data}."""
    found: dict[str, dict[str, str]] = {}
    for node in process.findall(bpmn("correlationSubscription")):
        bindings = found.setdefault(node.get("correlationKeyRef", ""), {})
        for binding in node.findall(bpmn("correlationPropertyBinding")):
            path = text_of(binding.find(bpmn("dataPath")))
            if path is not None:
                bindings[binding.get("correlationPropertyRef", "")] = path
    return found
