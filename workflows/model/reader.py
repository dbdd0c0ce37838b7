"""What does a BPMN file say? Reads the parts the engine and the checks need, and nothing by way of the engine."""

from collections.abc import Mapping
from typing import Any

from workflows.model.correlation import read_keys, read_messages, read_subscriptions
from workflows.model.digest import content_digest
from workflows.model.elements import Element, Flow, Lane, Model, Process
from workflows.model.names import FLOW_NODES, SUB_PROCESSES, bpmn
from workflows.model.parts import (
    interrupts,
    read_extensions,
    read_loop,
    read_operator,
    read_properties,
    read_triggers,
    text_of,
)
from workflows.model.xml import parse, refusal

MAX_ELEMENTS = 2000
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
    processes = {}
    for node in root.findall(bpmn("process")):
        process = _read_process(node)
        processes[process.id] = process
        _Scope(process.id, elements, flows, _read_lanes(node, lanes)).read(node, None, 0)
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


def _read_process(node: Any) -> Process:
    io = node.find(bpmn("ioSpecification"))
    return Process(
        id=node.get("id", ""),
        name=node.get("name"),
        is_executable=node.get("isExecutable") in ("true", "1"),
        inputs=tuple(one.get("id", "") for one in io.findall(bpmn("dataInput"))) if io is not None else (),
        outputs=tuple(one.get("id", "") for one in io.findall(bpmn("dataOutput"))) if io is not None else (),
        has_io=io is not None,
        data_objects=tuple(one.get("id", "") for one in node.iter(bpmn("dataObject"))),
        subscriptions=read_subscriptions(node),
    )


def _read_lanes(process: Any, lanes: dict[str, Lane]) -> dict[str, str]:
    """Node id to lane id; the last lane in document order that lists a node wins."""
    lane_of: dict[str, str] = {}
    for node in process.iter(bpmn("lane")):
        lane = Lane(node.get("id", ""), node.get("name"), process.get("id", ""))
        lanes[lane.id] = lane
    for ref in process.iter(bpmn("flowNodeRef")):
        lane_of[(ref.text or "").strip()] = ref.getparent().get("id", "")
    return lane_of


class _Scope:
    """Reads one process with its embedded sub-processes into shared tables."""

    def __init__(
        self, process_id: str, elements: dict[str, Element], flows: dict[str, Flow], lane_of: Mapping[str, str]
    ) -> None:
        self.process_id = process_id
        self.elements, self.flows, self.lane_of = elements, flows, lane_of

    def read(self, scope: Any, parent: Element | None, nesting: int) -> None:
        if nesting > MAX_NESTING:
            raise refusal("too-large", f"Sub-processes are nested deeper than {MAX_NESTING} levels. Flatten them.")
        parent_id = parent.id if parent else None
        flows = [_read_flow(node, parent_id) for node in scope.findall(bpmn("sequenceFlow"))]
        self.flows.update((flow.id, flow) for flow in flows)
        for node in scope:
            tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) and node.tag.startswith(bpmn("")) else ""
            if tag in FLOW_NODES:
                self._read_node(node, tag, parent, flows, nesting)

    def _read_node(self, node: Any, tag: str, parent: Element | None, flows: list[Flow], nesting: int) -> None:
        element = _read_element(node, tag, flows, self._placement(node, parent))
        self.elements[element.id] = element
        if len(self.elements) > MAX_ELEMENTS:
            raise refusal("too-large", f"The model has more than {MAX_ELEMENTS} elements. Split it by call activities.")
        if tag in SUB_PROCESSES:
            self.read(node, element, nesting + 1)

    def _placement(self, node: Any, parent: Element | None) -> dict[str, str | None]:
        own = self.lane_of.get(node.get("id", ""))
        lane = own if own is not None else (parent.lane if parent else None)
        return {"process_id": self.process_id, "parent_id": parent.id if parent else None, "lane": lane}


def _read_flow(node: Any, parent_id: str | None) -> Flow:
    condition = node.find(bpmn("conditionExpression"))
    return Flow(
        id=node.get("id", ""),
        name=node.get("name"),
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        condition=text_of(condition),
        language=condition.get("language") if condition is not None else None,
        parent_id=parent_id,
    )


def _read_element(node: Any, tag: str, flows: list[Flow], placement: dict[str, Any]) -> Element:
    element_id = node.get("id", "")
    listed = [(ref.text or "").strip() for ref in node.findall(bpmn("outgoing"))]
    leaving = [flow.id for flow in flows if flow.source == element_id]
    leaving.sort(key=lambda one: listed.index(one) if one in listed else len(listed))
    return Element(
        id=element_id,
        kind=tag,
        name=node.get("name"),
        properties=read_properties(node),
        extensions=read_extensions(node),
        incoming=tuple(flow.id for flow in flows if flow.target == element_id),
        outgoing=tuple(leaving),
        default=node.get("default"),
        attached_to=node.get("attachedToRef"),
        interrupting=interrupts(node, tag),
        triggers=read_triggers(node),
        loop=read_loop(node),
        operator=read_operator(node),
        script=text_of(node.find(bpmn("script"))),
        script_format=node.get("scriptFormat"),
        called_element=node.get("calledElement"),
        event_subprocess=node.get("triggeredByEvent") == "true",
        for_compensation=node.get("isForCompensation") == "true",
        **placement,
    )


def _duplicate_ids(root: Any) -> tuple[str, ...]:
    """Ids a BPMN element shares with any other element, operator parameters included: the later hides the former."""
    carriers: dict[str, list[bool]] = {}
    for node in root.iter():
        identity = node.get("id")
        if identity is not None and isinstance(node.tag, str):
            carriers.setdefault(identity, []).append(node.tag.startswith(bpmn("")))
    return tuple(identity for identity, found in carriers.items() if len(found) > 1 and any(found))
