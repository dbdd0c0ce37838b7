"""What does a BPMN file say? Reads the parts the engine and the checks need, and nothing by way of the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.model.correlation import read_keys, read_messages, read_subscriptions
from workflows.model.digest import content_digest
from workflows.model.elements import Element, Flow, Lane, Model, Process
from workflows.model.names import FLOW_NODES, SUB_PROCESSES, bpmn
from workflows.model.parts import (
    interrupts,
    read_assignments,
    read_data_objects,
    read_extensions,
    read_loop,
    read_named,
    read_operator,
    read_properties,
    read_triggers,
    text_of,
)
from workflows.model.xml import parse, refusal

MAX_ELEMENTS = 2000
MAX_FLOWS = 4 * MAX_ELEMENTS
MAX_PROCESSES = 200
MAX_NESTING = 20
"""Sub-processes inside sub-processes."""


def read(xml: bytes) -> Model:
    """Read a BPMN file. Raises ModelRefused when it is unsafe, malformed, too large or no BPMN."""
    root = parse(xml)
    if root.tag != bpmn("definitions"):
        raise refusal("not-bpmn", "The file is not BPMN 2.0: its root is not <definitions>. Export it as BPMN 2.0.")
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    lanes: dict[str, Lane] = {}
    processes: dict[str, Process] = {}
    named = read_named(root)
    for node in root.findall(bpmn("process")):
        if len(processes) == MAX_PROCESSES:
            raise refusal(
                "too-large", f"The file has more than {MAX_PROCESSES} processes. Split it into several files."
            )
        process = _read_process(node, processes)
        processes[process.id] = process
        _Scope(process.id, elements, flows, _Around(_read_lanes(node, process.id, lanes), named)).read(node, None, 0)
    return Model(
        digest=content_digest(root),
        processes=processes,
        elements=elements,
        flows=flows,
        lanes=lanes,
        messages=read_messages(root),
        keys=read_keys(root),
        duplicate_ids=_duplicate_ids(root),
        root=root,
    )


def _free(given: str | None, tag: str, taken: Mapping[str, Any]) -> str:
    """The key of something in the tables: its id, unless it has none or another one came first with it.

    "task#2" can be no id of a file, so what is read twice is never mistaken for what contains it.
    """
    if given and given not in taken:
        return given
    return f"{given or tag}#{len(taken) + 1}"


def _read_process(node: Any, known: Mapping[str, Process]) -> Process:
    io = node.find(bpmn("ioSpecification"))
    return Process(
        id=_free(node.get("id"), "process", known),
        name=node.get("name"),
        is_executable=node.get("isExecutable") in ("true", "1"),
        inputs=tuple(one.get("id", "") for one in io.findall(bpmn("dataInput"))) if io is not None else (),
        outputs=tuple(one.get("id", "") for one in io.findall(bpmn("dataOutput"))) if io is not None else (),
        has_io=io is not None,
        data_objects=tuple(one.get("id", "") for one in node.iter(bpmn("dataObject"))),
        subscriptions=read_subscriptions(node),
    )


def _read_lanes(process: Any, process_id: str, lanes: dict[str, Lane]) -> dict[str, str]:
    """Node id to lane id; the last lane in document order that lists a node wins."""
    lane_of: dict[str, str] = {}
    for node in process.iter(bpmn("lane")):
        lane = Lane(node.get("id", ""), node.get("name"), process_id)
        lanes[lane.id] = lane
    for ref in process.iter(bpmn("flowNodeRef")):
        lane_of[(ref.text or "").strip()] = ref.getparent().get("id", "")
    return lane_of


@dataclass(frozen=True)
class _Around:
    """lane_of: node id to lane id. named: what events refer to, by kind and id."""

    lane_of: Mapping[str, str]
    named: Mapping[tuple[str, str], Any]


class _Scope:
    """Reads one process with its embedded sub-processes into shared tables."""

    def __init__(self, process_id: str, elements: dict[str, Element], flows: dict[str, Flow], around: _Around) -> None:
        self.process_id = process_id
        self.elements, self.flows, self.around = elements, flows, around

    def read(self, scope: Any, parent: Element | None, nesting: int) -> None:
        if nesting > MAX_NESTING:
            raise refusal("too-large", f"Sub-processes are nested deeper than {MAX_NESTING} levels. Flatten them.")
        ends = self._read_flows(scope, parent.id if parent else None)
        for node in scope:
            tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) and node.tag.startswith(bpmn("")) else ""
            if tag in FLOW_NODES:
                self._read_node(node, tag, parent, ends, nesting)

    def _read_flows(self, scope: Any, parent_id: str | None) -> "_Ends":
        """Into the table; returns them by where they begin and end."""
        leaving: dict[str, list[str]] = {}
        reaching: dict[str, list[str]] = {}
        for node in scope.findall(bpmn("sequenceFlow")):
            flow = _read_flow(node, _free(node.get("id"), "sequenceFlow", self.flows), parent_id)
            self.flows[flow.id] = flow
            leaving.setdefault(flow.source, []).append(flow.id)
            reaching.setdefault(flow.target, []).append(flow.id)
        if len(self.flows) > MAX_FLOWS:
            raise refusal("too-large", f"The model has more than {MAX_FLOWS} flows. Split it by call activities.")
        return _Ends(leaving, reaching)

    def _read_node(self, node: Any, tag: str, parent: Element | None, ends: "_Ends", nesting: int) -> None:
        key = _free(node.get("id"), tag, self.elements)
        element = _read_element(node, tag, ends, {"id": key, **self._placement(node, parent)})
        self.elements[key] = element
        if len(self.elements) > MAX_ELEMENTS:
            raise refusal("too-large", f"The model has more than {MAX_ELEMENTS} elements. Split it by call activities.")
        if tag in SUB_PROCESSES:
            self.read(node, element, nesting + 1)

    def _placement(self, node: Any, parent: Element | None) -> dict[str, Any]:
        own = self.around.lane_of.get(node.get("id", ""))
        lane = own if own is not None else (parent.lane if parent else None)
        return {
            "process_id": self.process_id,
            "parent_id": parent.id if parent else None,
            "lane": lane,
            "triggers": read_triggers(node, self.around.named),
        }


@dataclass(frozen=True)
class _Ends:
    """Flow ids of one scope by the id of their source and of their target."""

    leaving: Mapping[str, list[str]]
    reaching: Mapping[str, list[str]]


def _read_flow(node: Any, key: str, parent_id: str | None) -> Flow:
    condition = node.find(bpmn("conditionExpression"))
    return Flow(
        id=key,
        name=node.get("name"),
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        condition=text_of(condition),
        language=condition.get("language") if condition is not None else None,
        parent_id=parent_id,
    )


def _read_element(node: Any, tag: str, ends: _Ends, placement: dict[str, Any]) -> Element:
    # Of elements that share an id the first has its flows; the others are told as duplicates.
    element_id = node.get("id", "") if node.get("id") == placement["id"] else ""
    listed = {(ref.text or "").strip(): at for at, ref in enumerate(node.findall(bpmn("outgoing")))}
    leaving = sorted(
        ends.leaving.get(element_id, ()) if element_id else (), key=lambda one: listed.get(one, len(listed))
    )
    return Element(
        kind=tag,
        name=node.get("name"),
        properties=read_properties(node),
        extensions=read_extensions(node),
        incoming=tuple(ends.reaching.get(element_id, ())) if element_id else (),
        outgoing=tuple(leaving),
        default=node.get("default"),
        attached_to=node.get("attachedToRef"),
        interrupting=interrupts(node, tag),
        loop=read_loop(node),
        operator=read_operator(node),
        script=text_of(node.find(bpmn("script"))),
        script_format=node.get("scriptFormat"),
        called_element=node.get("calledElement"),
        event_subprocess=node.get("triggeredByEvent") == "true",
        for_compensation=node.get("isForCompensation") == "true",
        inputs=read_assignments(node, "dataInputAssociation"),
        outputs=read_assignments(node, "dataOutputAssociation"),
        reads=read_data_objects(node, "dataInputAssociation", "sourceRef"),
        writes=read_data_objects(node, "dataOutputAssociation", "targetRef"),
        **placement,
    )


def _duplicate_ids(root: Any) -> tuple[str, ...]:
    """Ids a BPMN element shares with any other element, operator parameters included: the later hides the former."""
    carriers: dict[str, list[bool]] = {}
    for node in root.iter():
        identity = node.get("id")
        if identity and isinstance(node.tag, str):
            carriers.setdefault(identity, []).append(node.tag.startswith(bpmn("")))
    return tuple(identity for identity, found in carriers.items() if len(found) > 1 and any(found))
