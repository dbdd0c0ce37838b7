"""Which elements can a token reach while some decisions are missing?

Used to tell whether a place lies behind a decision: an element that every way from a start leads to only through a
clinical task that is not decided, or through a guarded element whose decision does not stand, is behind it. The walk
is over the drawing, with every condition true, so it finds more ways than there are: what it calls reachable is merely
not surely behind. The proof on running instances goes further; it takes this one's place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.engine import CompiledProcess
from workflows.engine.guard import guard_of, stands
from workflows.model import Element

_MEETING = frozenset({"parallelGateway", "inclusiveGateway"})


def blocked(process: CompiledProcess, decisions: Mapping[str, str]) -> frozenset[str]:
    """Elements that a token may not pass now: undecided clinical tasks, guarded elements without their decision."""
    return frozenset(
        one.id for one in process.elements.values() if _is_undecided(one, decisions) or is_guarded_shut(one, decisions)
    )


def is_guarded_shut(element: Element, decisions: Mapping[str, str]) -> bool:
    """Whether a token may not even stand at the element."""
    return not stands(guard_of(element), decisions)


def reachable(process: CompiledProcess, decisions: Mapping[str, str]) -> frozenset[str]:
    """Elements that a token can arrive at from a start without passing a blocked one."""
    return frozenset(_Walk(process, blocked(process, decisions)).from_starts())


def ways_to_gateways(process: CompiledProcess, element: Element) -> frozenset[str]:
    """Flows by which a token at the element can come to parallel and inclusive gateways; one it stands at by its id."""
    into = {flow: one for one in process.elements.values() for flow in one.incoming}
    ways = {element.id} if element.kind in _MEETING else set()
    seen, waiting = {element.id}, [element]
    while waiting:
        for flow in waiting.pop().outgoing:
            target = into.get(flow)
            if target is not None and target.kind in _MEETING:
                ways.add(flow)
            if target is not None and target.id not in seen:
                seen.add(target.id)
                waiting.append(target)
    return frozenset(ways)


def fills_joins(process: CompiledProcess, ways: frozenset[str]) -> bool:
    """Whether every parallel join that these ways lead to is reached on all of its flows."""
    joins = (one for one in process.elements.values() if one.kind == "parallelGateway" and len(one.incoming) > 1)
    return all(ways.issuperset(one.incoming) or ways.isdisjoint({one.id, *one.incoming}) for one in joins)


def _is_undecided(element: Element, decisions: Mapping[str, str]) -> bool:
    decision_type = element.properties.get("clinicalDecision")
    return bool(decision_type) and decision_type not in decisions


@dataclass
class _Walk:
    """arrived: elements with a token; passed: those that can be completed."""

    process: CompiledProcess
    shut: frozenset[str]
    arrived: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        elements = self.process.elements.values()
        self.into = {flow: one for one in elements for flow in one.incoming}
        self.inside: dict[str, list[Element]] = {}
        self.beside: dict[str, list[Element]] = {}
        for one in elements:
            self.inside.setdefault(one.parent_id or one.process_id, []).append(one)
            if one.attached_to:
                self.beside.setdefault(one.attached_to, []).append(one)

    def from_starts(self) -> set[str]:
        before = -1
        self._enter(self.process.process_id)
        # A scope is left when something in it ends, which may be found after the scope was entered.
        while before != len(self.arrived) + len(self.passed):
            before = len(self.arrived) + len(self.passed)
            for one in list(self.arrived):
                self._go_on(self.process.elements[one])
        return self.arrived

    def _enter(self, scope: str) -> None:
        for one in self.inside.get(scope, ()):
            if (one.kind == "startEvent" or one.event_subprocess or not one.incoming) and not one.attached_to:
                self._arrive(one)

    def _arrive(self, one: Element) -> None:
        self.arrived.add(one.id)

    def _go_on(self, one: Element) -> None:
        for catcher in self.beside.get(one.id, ()):
            self._arrive(catcher)
        if one.id in self.shut:
            return
        scope = self._scope_of(one)
        if scope is not None:
            self._enter(scope)
            if not any(inner.id in self.passed for inner in self._ends(scope)):
                return
        self.passed.add(one.id)
        for flow in one.outgoing:
            if flow in self.into:
                self._arrive(self.into[flow])
        for target in self._links(one):
            self._arrive(target)

    def _scope_of(self, one: Element) -> str | None:
        if one.kind == "callActivity":
            return one.called_element if one.called_element in self.inside else None
        return one.id if one.id in self.inside and not one.attached_to else None

    def _ends(self, scope: str) -> Iterable[Element]:
        return (one for one in self.inside.get(scope, ()) if not one.outgoing and not one.event_subprocess)

    def _links(self, one: Element) -> Iterable[Element]:
        """Where a link throw event goes on."""
        link = one.trigger("link") if one.kind == "intermediateThrowEvent" else None
        if link is None:
            return ()
        return (
            other
            for other in self.process.elements.values()
            if other.kind == "intermediateCatchEvent"
            and (found := other.trigger("link")) is not None
            and found.name == link.name
        )
