"""Every FEEL expression of a model, with the element it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.model import Element, Model
from workflows.model.human import is_due_literal, is_queue_key


@dataclass(frozen=True)
class Place:
    """where: words for a message, e.g. "the condition"; language: what the file claims, if anything."""

    element_id: str
    where: str
    text: str
    language: str | None = None


def expressions(model: Model) -> Iterator[Place]:
    """All expressions except scripts and timers, which have rules of their own."""
    for flow in model.flows.values():
        if flow.condition is not None:
            yield Place(flow.id, "the condition", flow.condition, flow.language)
    for element in model.elements.values():
        yield from _of_element(element)
    for message in model.messages.values():
        for _, path in message.properties:
            yield Place(message.id, "the correlation path", path)
    for process in model.processes.values():
        for bindings in process.subscriptions.values():
            for path in bindings.values():
                yield Place(process.id, "the correlation binding", path)


def _of_element(element: Element) -> Iterator[Place]:
    yield from _of_people(element)
    if element.operator is not None:
        for parameter in element.operator.parameters:
            yield Place(element.id, f"the parameter {parameter.id}", parameter.value)
    if element.loop is not None:
        for where, text in (("cardinality", element.loop.cardinality), ("condition", element.loop.condition)):
            if text is not None:
                yield Place(element.id, f"the loop {where}", text)
    for trigger in element.triggers:
        if trigger.condition is not None:
            yield Place(element.id, "the condition", trigger.condition)
    for one in element.inputs:
        yield Place(element.id, f"the input {one.target}", one.source)
    payload = element.extensions.get("messagePayload")
    if payload:
        yield Place(element.id, "the message payload", payload)


def _of_people(element: Element) -> Iterator[Place]:
    """When a task is due, and who gets it."""
    due, group = element.properties.get("dueIn"), element.properties.get("candidateGroup")
    if due and not is_due_literal(due):
        yield Place(element.id, "the due time", due)
    if group and not is_queue_key(group):
        yield Place(element.id, "the queue", group)
