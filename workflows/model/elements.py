"""The parts of a BPMN model as our checks and the engine see them. Plain values, no behavior."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal


@dataclass(frozen=True)
class Flow:
    """A sequence flow. condition: FEEL text; language: the expression language it claims, if any."""

    id: str
    name: str | None
    source: str
    target: str
    condition: str | None
    language: str | None
    parent_id: str | None


@dataclass(frozen=True)
class Timer:
    """text: ISO 8601 or FEEL, as written."""

    kind: Literal["date", "duration", "cycle"]
    text: str


@dataclass(frozen=True)
class Trigger:
    """One event definition.

    kind: "timer", "message", "signal", "error", "escalation", "terminate", "cancel", "conditional", "link" or
          "compensate".
    ref:  id of the message, signal, error or escalation; name and code are those of the element referred to.
    """

    kind: str
    ref: str | None = None
    name: str | None = None
    code: str | None = None
    timer: Timer | None = None
    condition: str | None = None
    payload: str | None = None
    variable: str | None = None


@dataclass(frozen=True)
class Loop:
    """Loop characteristics of an activity. Items and refs are variable names; conditions are FEEL text."""

    kind: Literal["standard", "parallel", "sequential"]
    cardinality: str | None = None
    condition: str | None = None
    input_ref: str | None = None
    input_item: str | None = None
    output_ref: str | None = None
    output_item: str | None = None
    maximum: str | None = None


@dataclass(frozen=True)
class Parameter:
    """A parameter of a service task operator. value: FEEL text."""

    id: str
    value: str
    type: str | None


@dataclass(frozen=True)
class Operator:
    """The catalog operator a service task calls."""

    id: str
    result_variable: str | None
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True)
class Assignment:
    """An assignment of a data association of a call activity. source: FEEL; target: the name it is stored under."""

    target: str
    source: str


@dataclass(frozen=True)
class Element:
    """A flow node.

    id:         BPMN id; unique in what the engine compiles together (a second file's clash is prefixed by its process).
    kind:       the BPMN tag, e.g. "userTask".
    lane:       id of the last lane that lists the node, inherited into embedded sub-processes; None without lanes.
    parent_id:  id of the enclosing embedded sub-process; None directly in the process.
    properties: our extension properties (name to text).
    extensions: text of the other extension elements by local name, e.g. "preScript".
    outgoing:   flow ids in document order of the node's own list.
    inputs, outputs: what a call activity hands over and takes back, when it says so itself.
    reads, writes: ids of the data objects its associations read and write.
    """

    id: str
    kind: str
    name: str | None
    lane: str | None
    properties: Mapping[str, str]
    process_id: str = ""
    parent_id: str | None = None
    extensions: Mapping[str, str] = field(default_factory=dict)
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    triggers: tuple[Trigger, ...] = ()
    loop: Loop | None = None
    operator: Operator | None = None
    script: str | None = None
    script_format: str | None = None
    called_element: str | None = None
    event_subprocess: bool = False
    for_compensation: bool = False
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()

    def trigger(self, kind: str) -> Trigger | None:
        """The first event definition of that kind."""
        return next((one for one in self.triggers if one.kind == kind), None)

    def names(self, key: str) -> tuple[str, ...]:
        """A property that lists names: "a, b" gives ("a", "b")."""
        return tuple(part.strip() for part in self.properties.get(key, "").split(",") if part.strip())


@dataclass(frozen=True)
class Lane:
    """A lane; its id is the queue key."""

    id: str
    name: str | None
    process_id: str


@dataclass(frozen=True)
class Message:
    """A message and the correlation properties that read it: (property id, FEEL path on the payload).

    ttl: how long it is kept when nobody waits for it, ISO 8601 text as written; None: the product's default.
    """

    id: str
    name: str | None
    properties: tuple[tuple[str, str], ...] = ()
    ttl: str | None = None


@dataclass(frozen=True)
class CorrelationKey:
    """A correlation key: the properties that together identify a conversation, in document order."""

    id: str
    name: str | None
    properties: tuple[str, ...]


@dataclass(frozen=True)
class Process:
    """A process. subscriptions: correlation key id to {property id: FEEL path on process data}."""

    id: str
    name: str | None
    is_executable: bool
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    has_io: bool = False
    data_objects: tuple[str, ...] = ()
    subscriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """One BPMN file. Everything is keyed by id; `root` is the parsed XML for checks that look at raw elements."""

    digest: str
    processes: Mapping[str, Process]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, Lane]
    messages: Mapping[str, Message]
    keys: Mapping[str, CorrelationKey]
    duplicate_ids: tuple[str, ...]
    root: Any = field(compare=False, repr=False)

    def outgoing(self, element: Element) -> tuple[Flow, ...]:
        """The flows that leave a node, in document order."""
        return tuple(self.flows[one] for one in element.outgoing)

    def incoming(self, element: Element) -> tuple[Flow, ...]:
        """The flows that reach a node."""
        return tuple(self.flows[one] for one in element.incoming)

    def following(self, element: Element) -> tuple[str, ...]:
        """Ids of what a token reaches next: the targets of outgoing flows, then the catch event of its link."""
        link = self.link_target(element)
        return (*(flow.target for flow in self.outgoing(element)), *([link.id] if link is not None else []))

    def link_target(self, element: Element) -> Element | None:
        """Where a throwing link event continues: the catching one of that name in its scope (BPMN 2.0.2, 10.5.5)."""
        trigger = element.trigger("link") if element.kind == "intermediateThrowEvent" else None
        if trigger is None or not trigger.name:
            return None
        return next((one for one in self.links(element) if one.kind == "intermediateCatchEvent"), None)

    def links(self, element: Element) -> tuple[Element, ...]:
        """The link events of an element's scope that bear the name of its own link, itself included."""
        own = element.trigger("link")
        return self._links.get((element.parent_id, element.process_id, own.name), ()) if own is not None else ()

    def children(self, parent_id: str | None, process_id: str) -> tuple[Element, ...]:
        """The nodes directly inside a scope (a process when parent_id is None)."""
        return self._inside.get((parent_id, process_id), ())

    @cached_property
    def steps(self) -> Mapping[str, tuple[str, ...]]:
        """Each element to what comes next: what follows it, its boundary events, the entries of a sub-process.

        A sub-process begins by itself at its start events and event sub-processes.
        """
        found = {key: [one for one in self.following(element) if one in self.elements]
                 for key, element in self.elements.items()}  # fmt: skip
        for one in self.elements.values():
            if one.attached_to in found:
                found[one.attached_to].append(one.id)
            if one.parent_id in found and (one.kind == "startEvent" or one.event_subprocess):
                found[one.parent_id].append(one.id)
        return {key: tuple(targets) for key, targets in found.items()}

    @cached_property
    def _inside(self) -> Mapping[tuple[str | None, str], tuple[Element, ...]]:
        found: dict[tuple[str | None, str], list[Element]] = {}
        for one in self.elements.values():
            found.setdefault((one.parent_id, one.process_id), []).append(one)
        return {scope: tuple(elements) for scope, elements in found.items()}

    @cached_property
    def _links(self) -> Mapping[tuple[str | None, str, str | None], tuple[Element, ...]]:
        found: dict[tuple[str | None, str, str | None], list[Element]] = {}
        for one in self.elements.values():
            link = one.trigger("link")
            if link is not None:
                found.setdefault((one.parent_id, one.process_id, link.name), []).append(one)
        return {scope: tuple(elements) for scope, elements in found.items()}
