"""What can run at the same time as what?"""

from collections.abc import Iterator

from workflows.lint.graph import reachable
from workflows.model import Element, Model


def branches(model: Model) -> Iterator[list[set[str]]]:
    """Sets of elements that tokens can be at together because of one element: a gateway, or an event beside work.

    Each set is everything one of the ways leads to; what several ways lead to comes after them, or is run by several
    tokens one after the other.
    """
    for element in model.elements.values():
        ways = [reachable(model, way, frozenset({element.id})) - {element.id} for way in _ways(model, element)]
        if len(ways) > 1:
            yield ways


def _ways(model: Model, element: Element) -> list[list[str]]:
    """Where tokens go at the same time because of this element."""
    if element.kind in ("parallelGateway", "inclusiveGateway"):
        return [[one] for one in model.following(element)]
    if element.kind == "boundaryEvent" and not element.interrupting:
        host = model.elements.get(element.attached_to or "")
        inside = [one.id for one in model.children(host.id, host.process_id)] if host is not None else []
        return [list(model.following(element)), [host.id, *inside, *model.following(host)]] if host is not None else []
    if element.event_subprocess and not _interrupts(model, element):
        inside = [one.id for one in model.children(element.id, element.process_id)]
        beside = [one.id for one in model.children(element.parent_id, element.process_id) if one.id != element.id]
        return [inside, [one for one in beside if not model.elements[one].event_subprocess]]
    return []


def _interrupts(model: Model, handler: Element) -> bool:
    starts = [one for one in model.children(handler.id, handler.process_id) if one.kind == "startEvent"]
    return all(one.interrupting for one in starts)
