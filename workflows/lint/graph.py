"""Walks over the flows of a model."""

from collections.abc import Iterable

from workflows.model import Element, Model
from workflows.model.names import SUB_PROCESSES


def successors(model: Model, element: Element) -> list[str]:
    """Ids reached in one step: targets of outgoing flows, and boundary events attached to the element."""
    attached = [one.id for one in model.elements.values() if one.attached_to == element.id]
    return [flow.target for flow in model.outgoing(element)] + attached


def reachable(model: Model, starts: Iterable[str]) -> set[str]:
    """Everything that can be reached from these ids, themselves included; sub-processes are entered."""
    inside: dict[str | None, list[str]] = {}
    for element in model.elements.values():
        inside.setdefault(element.parent_id, []).append(element.id)
    seen: set[str] = set()
    stack = [one for one in starts if one in model.elements]
    while stack:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        element = model.elements[one]
        stack.extend(target for target in successors(model, element) if target in model.elements)
        if element.kind in SUB_PROCESSES:
            stack.extend(child for child in inside.get(one, ()) if is_entry(model.elements[child]))
    return seen


def is_entry(element: Element) -> bool:
    """Where a scope begins by itself: a start event, or an event sub-process."""
    return element.kind == "startEvent" or element.event_subprocess


def after(model: Model, element: Element) -> set[str]:
    """Everything reachable from an element by its flows only, itself not included unless a loop leads back."""
    return reachable(model, [flow.target for flow in model.outgoing(element)])
