"""From BPMN to task specifications, with our classes in every place that matters.

Differences from the stock parser: outgoing flows keep the document order of the node (not the drawing's y order), DMN
never comes near it, the tree comes from our hardened reader.
"""

from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    CANCEL_EVENT_XPATH,
    CONDITIONAL_EVENT_XPATH,
    ERROR_EVENT_XPATH,
    ESCALATION_EVENT_XPATH,
    MESSAGE_EVENT_XPATH,
    SIGNAL_EVENT_XPATH,
    TERMINATION_EVENT_XPATH,
    TIMER_EVENT_XPATH,
    EventBasedGatewayParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent, IntermediateThrowEvent
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.event_parsers import (
    SpiffBoundaryEventParser,
    SpiffEndEventParser,
    SpiffIntermediateCatchEventParser,
    SpiffIntermediateThrowEventParser,
    SpiffReceiveTaskParser,
    SpiffSendTaskParser,
    SpiffStartEventParser,
)
from SpiffWorkflow.spiff.parser.process import SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import CallActivityParser, SpiffTaskParser
from SpiffWorkflow.spiff.specs.defaults import ReceiveTask, SendTask

from workflows.engine import activities, definitions, events, joins
from workflows.engine.data_objects import DataObject
from workflows.model.names import ACTIVITIES, bpmn
from workflows.model.parts import read_extensions, read_timer

_STARTS = [
    MESSAGE_EVENT_XPATH,
    SIGNAL_EVENT_XPATH,
    TIMER_EVENT_XPATH,
    CONDITIONAL_EVENT_XPATH,
    ERROR_EVENT_XPATH,
    ESCALATION_EVENT_XPATH,
]
_ENDS = [
    MESSAGE_EVENT_XPATH,
    SIGNAL_EVENT_XPATH,
    CANCEL_EVENT_XPATH,
    ERROR_EVENT_XPATH,
    ESCALATION_EVENT_XPATH,
    TERMINATION_EVENT_XPATH,
]
_ENDING = frozenset(bpmn(kind) for kind in ACTIVITIES | {"intermediateCatchEvent", "intermediateThrowEvent"})
"""What may end a token without an end event."""


class _Node:
    """What all flow nodes share: who ends a token, and which data they touch."""

    node: Any
    process_parser: Any
    spec: Any
    task: Any
    bpmn_id: str

    def parse_node(self) -> Any:
        """An activity or event without an outgoing flow ends its token (BPMN 2.0.2, 13.3.2)."""
        parsed = super().parse_node()  # type: ignore[misc]
        is_handler = self.node.get("triggeredByEvent") == "true"
        ends = self.node.tag in _ENDING and not is_handler and self.node.get("isForCompensation") != "true"
        if ends and not self.process_parser.get_outgoing_sequence_flows(self.bpmn_id):
            self.task.connect(self.spec.end)
        return parsed

    def parse_io_spec(self) -> None:
        """A task sees all data of its token, whatever it declares; what processes declare is read elsewhere."""

    def parse_incoming_data_references(self) -> list[Any]:
        return self._associated("dataInputAssociation", "sourceRef")

    def parse_outgoing_data_references(self) -> list[Any]:
        return self._associated("dataOutputAssociation", "targetRef")

    def _associated(self, kind: str, ref: str) -> list[Any]:
        """The data objects of associations without assignments; those of call activities are read elsewhere."""
        plain = [one for one in self.node.findall(bpmn(kind)) if one.find(bpmn("assignment")) is None]
        return [self._data_object((node.text or "").strip()) for one in plain for node in one.findall(bpmn(ref))]

    def _data_object(self, reference_id: str) -> Any:
        reference = self.process_parser.get_data_object_reference(reference_id)
        if reference is None:
            everywhere = self.node.getroottree().getroot().iter(bpmn("dataObjectReference"))
            reference = next((one for one in everywhere if one.get("id") == reference_id), None)
        found = self._resolve_data_object_ref(reference)
        if found is None:
            raise ValidationException(f"There is no data object for {reference_id} here.", node=self.node)
        return found

    def _resolve_data_object_ref(self, ref: Any) -> Any:
        """From the scope outwards. The stock walk never ends when the second scope does not have it either."""
        scope = self.process_parser if ref is not None else None
        while scope is not None:
            found = scope.spec.data_objects.get(ref.get("dataObjectRef"))
            if found is not None:
                return found
            scope = scope.parent
        return None


class _Activities(_Node):
    """Loop and multi-instance classes of every activity."""

    STANDARD_LOOP_CLASS = activities.Loop
    PARALLEL_MI_CLASS = activities.Parallel
    SEQUENTIAL_MI_CLASS = activities.Sequential
    EVENT_SUBPROCESS_CLASS = activities.SubProcess


class _Events(_Node):
    """Event definitions of ours, read by our own rules."""

    def parse_timer_event(self, event: Any) -> Any:
        timer = read_timer(event)
        name, text = self.node.get("name", self.node.get("id")), timer.text if timer else ""
        return (definitions.Repeating if timer and timer.kind == "cycle" else definitions.Once)(name, text)

    def parse_message_event(self, event: Any) -> Any:
        ref = event.get("messageRef")
        name = _referred(event, "message", ref).get("name") or ref or self.node.get("name") or self.node.get("id")
        extensions = read_extensions(self.node)
        payload, variable = extensions.get("messagePayload"), extensions.get("messageVariable")
        message = definitions.Message(name, ref, payload, variable)
        message.needs_key = self.node.tag != bpmn("startEvent")
        return message

    def parse_signal_event(self, event: Any) -> Any:
        signal = _referred(event, "signal", event.get("signalRef"))
        own = signal.get("name") or event.get("signalRef") or self.node.get("id")
        return definitions.Signal(own, **self._payload_of(signal))

    def parse_error_event(self, event: Any) -> Any:
        error = _referred(event, "error", event.get("errorRef"))
        return definitions.Error(error.get("name"), code=error.get("errorCode"), **self._payload_of(error))

    def parse_escalation_event(self, event: Any) -> Any:
        found = _referred(event, "escalation", event.get("escalationRef"))
        return definitions.Escalation(found.get("name"), code=found.get("escalationCode"), **self._payload_of(found))

    def parse_conditional_event(self, event: Any) -> Any:
        condition = event.find(bpmn("condition"))
        return definitions.Conditional((condition.text or "").strip() if condition is not None else "")

    def parse_terminate_event(self, event: Any) -> Any:
        return definitions.Terminate()

    def parse_cancel_event(self, event: Any) -> Any:
        return definitions.Cancel()

    def _payload_of(self, definition: Any) -> dict[str, str | None]:
        extensions = read_extensions(definition)
        return {"expression": extensions.get("payloadExpression"), "variable": extensions.get("variableName")}


def _referred(event: Any, kind: str, ref: str | None) -> Any:
    root = event.getroottree().getroot()
    found = next((one for one in root.findall(bpmn(kind)) if ref is not None and one.get("id") == ref), None)
    return found if found is not None else event.makeelement("none")


class _Task(_Activities, SpiffTaskParser):
    pass


class _Script(_Task):
    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, self.node.findtext(bpmn("script")), **self.bpmn_attributes)


class _Sub(_Task):
    def create_task(self) -> Any:
        """Its inside is a process of its own. It needs no end event: branches end where nothing follows."""
        parser = self.process_parser.parser
        parser.create_parser(self.node, filename=self.filename, lane=self.lane)
        parser.process_parsers[self.bpmn_id].parent = self.process_parser
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=self.bpmn_id, **self.bpmn_attributes)


class _Call(_Activities, CallActivityParser):
    pass


class _Gateway(_Node, GatewayParser):
    pass


class _Deciding(_Node, ConditionalGatewayParser):
    pass


class _Start(_Events, SpiffStartEventParser):
    def create_task(self) -> Any:
        """Event sub-processes also start by errors and escalations."""
        task = self._create_task(self.get_event_definition(_STARTS))
        self.spec.start.connect(task)
        return task


class _End(_Events, SpiffEndEventParser):
    def create_task(self) -> Any:
        task = self._create_task(self.get_event_definition(_ENDS))
        task.connect(self.spec.end)
        return task


class _Catch(_Events, SpiffIntermediateCatchEventParser):
    pass


class _Throw(_Events, SpiffIntermediateThrowEventParser):
    pass


class _Boundary(_Events, SpiffBoundaryEventParser):
    pass


class _Send(_Events, _Activities, SpiffSendTaskParser):
    pass


class _Receive(_Events, _Activities, SpiffReceiveTaskParser):
    pass


class _EventGateway(_Node, EventBasedGatewayParser):
    def create_task(self) -> Any:
        return self._create_task(definitions.FirstOf())


class _ProcessSpec(BpmnProcessSpec):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        del self.task_specs["Start"]
        self.start = events.Begin(self, "Start")


class _Process(SpiffProcessParser):
    def create_spec(self) -> Any:
        checked = super().create_spec()  # Raises when the process is not executable.
        return _ProcessSpec(name=checked.name, description=checked.description, filename=checked.file)

    def add_tasks(self) -> None:
        """Start events with what follows them, then the event sub-processes."""
        starts = self.node.findall(bpmn("startEvent"))
        if not starts:
            raise ValidationException("No start event found", node=self.node, file_name=self.filename)
        for start in starts:
            self.parse_node(start)
        for handler in self.node.findall(bpmn("subProcess")):
            if handler.get("triggeredByEvent") == "true":
                task_spec = self.parse_node(handler)
                inside = self.parser.process_parsers[task_spec.spec].get_spec()
                self.spec.start.connect_or_add_trigger(task_spec, inside)

    def parse_data_object(self, obj: Any) -> Any:
        return DataObject(obj.get("id"), obj.get("name"))

    def get_outgoing_sequence_flows(self, source_ref: str) -> list[Any]:
        """In document order of the node. A throwing link event flows on to the catching one of its name."""
        flows = list(super().get_outgoing_sequence_flows(source_ref))
        node = self.get_node_by_id(source_ref)
        flows += _linked(node) if node is not None else []
        listed = [(ref.text or "").strip() for ref in node.findall(bpmn("outgoing"))] if node is not None else []
        return sorted(flows, key=lambda flow: listed.index(flow.get("id")) if flow.get("id") in listed else len(listed))

    def get_position(self, node_id: str) -> dict[str, float]:
        return {"x": 0.0, "y": 0.0}


def _linked(node: Any) -> list[Any]:
    name = _link_name(node) if node.tag == bpmn("intermediateThrowEvent") else None
    if name is None:
        return []
    catches = [one for one in node.getparent().findall(bpmn("intermediateCatchEvent")) if _link_name(one) == name]
    return [_flow(node, one.get("id")) for one in catches[:1]]


def _link_name(node: Any) -> str | None:
    definition = node.find(bpmn("linkEventDefinition"))
    name: str | None = definition.get("name") if definition is not None else None
    return name


def _flow(node: Any, target: str) -> Any:
    source = node.get("id")
    return node.makeelement(bpmn("sequenceFlow"), {"id": f"{source}.link", "sourceRef": source, "targetRef": target})


class Parser(SpiffBpmnParser):
    """The BPMN parser of the product."""

    PROCESS_PARSER_CLASS = _Process

    def _find_dependencies(self, process: Any) -> None:
        BpmnParser._find_dependencies(self, process)  # The one in between looks for DMN files.

    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library reads it from the class
        **{tag: (_Task, spec) for tag, (_, spec) in SpiffBpmnParser.OVERRIDE_PARSER_CLASSES.items()},
        full_tag("scriptTask"): (_Script, SpiffBpmnParser.OVERRIDE_PARSER_CLASSES[full_tag("scriptTask")][1]),
        full_tag("serviceTask"): (_Task, activities.Service),
        full_tag("businessRuleTask"): (_Task, activities.BusinessRule),
        full_tag("subProcess"): (_Sub, activities.SubProcess),
        full_tag("transaction"): (_Sub, activities.Transaction),
        full_tag("callActivity"): (_Call, activities.Call),
        full_tag("startEvent"): (_Start, events.Start),
        full_tag("endEvent"): (_End, events.End),
        full_tag("intermediateCatchEvent"): (_Catch, IntermediateCatchEvent),
        full_tag("intermediateThrowEvent"): (_Throw, IntermediateThrowEvent),
        full_tag("boundaryEvent"): (_Boundary, events.Boundary),
        full_tag("sendTask"): (_Send, SendTask),
        full_tag("receiveTask"): (_Receive, ReceiveTask),
        full_tag("exclusiveGateway"): (_Deciding, activities.Exclusive),
        full_tag("inclusiveGateway"): (_Deciding, activities.Inclusive),
        full_tag("parallelGateway"): (_Gateway, joins.Parallel),
        full_tag("eventBasedGateway"): (_EventGateway, activities.EventGateway),
    }
