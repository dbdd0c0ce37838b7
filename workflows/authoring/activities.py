"""Tasks, calls and gateways, as an author writes them."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from workflows.authoring.parts import Parts
from workflows.authoring.steps import extend, make
from workflows.authoring.triggers import Trigger, write_content
from workflows.model.names import bpmn, spiff


@dataclass(frozen=True)
class Call:
    """What a service task asks for: the operator of the catalog, where the result goes, FEEL for each parameter."""

    operator: str
    result: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Each:
    """Do it once for each `item` of the collection `of`; each `result` is collected into `into`."""

    item: str
    of: str
    result: str
    into: str
    sequential: bool = False


class Activities(Parts):
    """Methods that add one task; keywords are our extension properties."""

    def user(self, element_id: str, name: str, form: str, each: Each | None = None, **properties: object) -> Any:
        """A task of a person, with its form."""
        return self.activity("userTask", element_id, name, each, {"form": form, **properties})

    def manual(self, element_id: str, name: str, **properties: object) -> Any:
        """A task without a form, to be confirmed."""
        return self.activity("manualTask", element_id, name, None, properties)

    def service(self, element_id: str, name: str, call: Call, each: Each | None = None, **properties: object) -> Any:
        """A call of an operator."""
        task = self.activity("serviceTask", element_id, name, each, properties)
        operator = extend(task, "serviceTaskOperator", id=call.operator, resultVariable=call.result)
        box = etree.SubElement(operator, spiff("parameters"))
        for key, value in call.parameters.items():
            etree.SubElement(box, spiff("parameter"), id=key, type="any", value=value)
        return task

    def rule(self, element_id: str, name: str, decision: str, result: str, **properties: object) -> Any:
        """A decision table; its answer goes into the variable `result`."""
        task = self.activity("businessRuleTask", element_id, name, None, properties)
        extend(task, "calledDecisionId").text = decision
        extend(task, "resultVariable").text = result
        return task

    def script(self, element_id: str, name: str, assignments: Mapping[str, str]) -> Any:
        """FEEL assignments in their order: variable to expression."""
        task = self.activity("scriptTask", element_id, name, None, {})
        task.set("scriptFormat", "FEEL")
        lines = (f"{variable} = {feel}" for variable, feel in assignments.items())
        etree.SubElement(task, bpmn("script")).text = "\n".join(lines)
        return task

    def send(self, element_id: str, name: str, trigger: Trigger, **properties: object) -> Any:
        """A task that sends a message."""
        return self._messenger("sendTask", element_id, name, trigger, properties)

    def receive(self, element_id: str, name: str, trigger: Trigger, **properties: object) -> Any:
        """A task that waits for a message."""
        return self._messenger("receiveTask", element_id, name, trigger, properties)

    def _messenger(
        self, tag: str, element_id: str, name: str, trigger: Trigger, properties: Mapping[str, object]
    ) -> Any:
        task = self.activity(tag, element_id, name, None, properties)
        task.set("messageRef", self.declare(trigger))
        write_content(task, trigger)
        return task

    def call(self, element_id: str, name: str, process: str, each: Each | None = None, **properties: object) -> Any:
        """A call of another process."""
        task = self.activity("callActivity", element_id, name, each, properties)
        task.set("calledElement", process)
        return task

    def activity(
        self, tag: str, element_id: str, name: str, each: Each | None, properties: Mapping[str, object]
    ) -> Any:
        """Any activity by its tag."""
        step = self.add(make(tag, element_id, name, properties))
        if each is not None:
            _repeat(step, each)
        return step


class Gateways(Parts):
    """Methods that add one gateway."""

    def exclusive(self, element_id: str, name: str = "", **properties: object) -> Any:
        """One way of several, or where several ways meet."""
        return self.add(make("exclusiveGateway", element_id, name, properties))

    def inclusive(self, element_id: str, name: str = "", **properties: object) -> Any:
        """Every way whose condition holds."""
        return self.add(make("inclusiveGateway", element_id, name, properties))

    def parallel(self, element_id: str, name: str = "", **properties: object) -> Any:
        """All ways at once, or where they meet."""
        return self.add(make("parallelGateway", element_id, name, properties))

    def first_of(self, element_id: str, name: str = "", **properties: object) -> Any:
        """The way of the event that comes first."""
        return self.add(make("eventBasedGateway", element_id, name, properties))


def _repeat(step: Any, each: Each) -> None:
    loop = etree.SubElement(
        step,
        bpmn("multiInstanceLoopCharacteristics"),
        id=f"{step.get('id')}_each",
        isSequential="true" if each.sequential else "false",
    )
    etree.SubElement(loop, bpmn("loopDataInputRef")).text = each.of
    etree.SubElement(loop, bpmn("loopDataOutputRef")).text = each.into
    etree.SubElement(loop, bpmn("inputDataItem"), id=each.item, name=each.item)
    etree.SubElement(loop, bpmn("outputDataItem"), id=each.result, name=each.result)
