"""From BPMN to task specifications, with our classes in every place that matters.

Differences from the stock parser: outgoing flows keep the document order of the node (not the drawing's y order), DMN
never comes near it, the tree comes from our hardened reader.
"""

from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
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
from SpiffWorkflow.spiff.parser.task_spec import CallActivityParser, SpiffTaskParser, SubWorkflowParser
from SpiffWorkflow.spiff.specs.defaults import ReceiveTask, SendTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine import activities, definitions, joins
from workflows.model.names import bpmn
from workflows.model.parts import read_extensions, read_timer


class _Activities:
    """Loop and multi-instance classes of every activity."""

    STANDARD_LOOP_CLASS = activities.Loop
    PARALLEL_MI_CLASS = activities.Parallel
    SEQUENTIAL_MI_CLASS = activities.Sequential
    EVENT_SUBPROCESS_CLASS = activities.SubProcess


class _Events:
    """Event definitions of ours, read by our own rules."""

    node: Any

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


class _Sub(_Activities, SubWorkflowParser):
    pass


class _Call(_Activities, CallActivityParser):
    pass


class _Start(_Events, SpiffStartEventParser):
    pass


class _End(_Events, SpiffEndEventParser):
    pass


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


class _EventGateway(EventBasedGatewayParser):
    def create_task(self) -> Any:
        return self._create_task(definitions.FirstOf())


class _StartTask(BpmnStartTask):
    def trigger_wf(self, my_task: Any, spec_name: str) -> Any:
        """Start an event sub-process. The stock version rewires the specification that all instances share."""
        child = my_task._add_child(self._wf_spec.task_specs[spec_name], TaskState.FUTURE)
        child.triggered = True
        child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
        child.task_spec._update(child)
        return child.id

    def connect_or_add_trigger(self, task_spec: Any, sp_spec: Any) -> None:
        self.trigger_specs.append(sp_spec.name)
        task_spec.connect(self._wf_spec.end)
        task_spec._inputs.append(self.name)


class _ProcessSpec(BpmnProcessSpec):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        del self.task_specs["Start"]
        self.start = _StartTask(self, "Start")


class _Process(SpiffProcessParser):
    def create_spec(self) -> Any:
        checked = super().create_spec()  # Raises when the process is not executable.
        return _ProcessSpec(name=checked.name, description=checked.description, filename=checked.file)

    def get_outgoing_sequence_flows(self, source_ref: str) -> list[Any]:
        flows = list(super().get_outgoing_sequence_flows(source_ref))
        node = self.get_node_by_id(source_ref)
        listed = [(ref.text or "").strip() for ref in node.findall(bpmn("outgoing"))] if node is not None else []
        return sorted(flows, key=lambda flow: listed.index(flow.get("id")) if flow.get("id") in listed else len(listed))

    def get_position(self, node_id: str) -> dict[str, float]:
        return {"x": 0.0, "y": 0.0}


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
        full_tag("startEvent"): (_Start, StartEvent),
        full_tag("endEvent"): (_End, EndEvent),
        full_tag("intermediateCatchEvent"): (_Catch, IntermediateCatchEvent),
        full_tag("intermediateThrowEvent"): (_Throw, IntermediateThrowEvent),
        full_tag("boundaryEvent"): (_Boundary, BoundaryEvent),
        full_tag("sendTask"): (_Send, SendTask),
        full_tag("receiveTask"): (_Receive, ReceiveTask),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, activities.Exclusive),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, activities.Inclusive),
        full_tag("parallelGateway"): (GatewayParser, joins.Parallel),
        full_tag("eventBasedGateway"): (_EventGateway, activities.EventGateway),
    }
