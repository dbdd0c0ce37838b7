"""One executable process in one pool."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lxml import etree

from workflows.authoring.scope import Scope
from workflows.authoring.steps import XSI, Mistake, extend
from workflows.authoring.triggers import Trigger
from workflows.layout import arrange
from workflows.model.names import BPMN, SPIFF, bpmn

NAMESPACE = "https://countersign.example/bpmn"
_CODES: Mapping[str, str] = {"error": "errorCode", "escalation": "escalationCode"}


class Model(Scope):
    """A process. lanes: lane id (the queue) to its title. correlate: key property to FEEL on the process data.

    Steps written inside `with model.lane(...)` belong to that lane; a boundary event to the lane of its host.
    """

    def __init__(
        self,
        element_id: str,
        name: str,
        lanes: Mapping[str, str] | None = None,
        correlate: Mapping[str, str] | None = None,
    ) -> None:
        self.declared: dict[tuple[str, str], str] = {}
        self.signal_variables: dict[str, str] = {}
        process = etree.Element(bpmn("process"), id=element_id, name=name, isExecutable="true")
        super().__init__(process, {element_id}, self._declare)
        self.id, self.name = element_id, name
        self.correlate = dict(correlate or {})
        self.lanes = dict(lanes or {})
        self.lane_of: dict[str, str] = {}
        self._lane = ""
        for lane in self.lanes:
            self.claim(lane)

    @contextmanager
    def lane(self, lane_id: str) -> Iterator["Model"]:
        """Steps written inside belong to this lane."""
        if lane_id not in self.lanes:
            raise Mistake(f"There is no lane {lane_id!r}; {self.id} has {', '.join(self.lanes) or 'none'}")
        self._lane, before = lane_id, self._lane
        yield self
        self._lane = before

    def build(self, *, draw: bool = True) -> bytes:
        """The BPMN file, drawn unless that is not wanted. Call it once. Raises Mistake."""
        self._settle_lanes()
        self.assemble()
        root = etree.Element(
            bpmn("definitions"),
            nsmap={"bpmn": BPMN, "spiffworkflow": SPIFF, "xsi": XSI},
            id=f"{self.id}_definitions",
            targetNamespace=NAMESPACE,
        )
        collaboration = etree.SubElement(root, bpmn("collaboration"), id=f"{self.id}_collaboration")
        etree.SubElement(collaboration, bpmn("participant"), id=f"{self.id}_pool", name=self.name, processRef=self.id)
        self._write_key(root, collaboration)
        for (kind, name), element_id in self.declared.items():
            declared = etree.SubElement(root, bpmn(kind), id=element_id, name=name)
            if kind in _CODES:
                declared.set(_CODES[kind], name)
            if kind == "signal" and name in self.signal_variables:
                extend(declared, "variableName").text = self.signal_variables[name]
        root.append(self.element)
        self._write_subscription()
        etree.indent(root)
        xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return arrange(xml) if draw else xml

    def _declare(self, trigger: Trigger) -> str:
        kind, name = trigger.kind, trigger.name
        if kind == "signal" and trigger.variable:
            self.signal_variables[name] = trigger.variable
        return self.declared.setdefault((kind, name), f"{kind}_{name}")

    def add(self, step: Any) -> Any:
        """Take in a step, in the lane that is open."""
        added = super().add(step)
        self.lane_of[step.get("id")] = self._lane
        return added

    def _settle_lanes(self) -> None:
        """Write the lanes with their steps."""
        if not self.lanes:
            return
        for step_id, step in self.steps.items():
            host = step.get("attachedToRef")
            self.lane_of[step_id] = self.lane_of[step_id] if host is None else self.lane_of[host]
        homeless = [one for one, lane in self.lane_of.items() if not lane]
        if homeless:
            raise Mistake(f"{homeless[0]}: write it inside a lane; {self.id} has {', '.join(self.lanes)}")
        lane_set = etree.SubElement(self.element, bpmn("laneSet"), id=f"{self.id}_lanes")
        for lane_id, title in self.lanes.items():
            lane = etree.SubElement(lane_set, bpmn("lane"), id=lane_id, name=title)
            for step_id in self.steps:
                if self.lane_of[step_id] == lane_id:
                    etree.SubElement(lane, bpmn("flowNodeRef")).text = step_id

    def _messages(self) -> list[str]:
        return [element_id for (kind, _), element_id in self.declared.items() if kind == "message"]

    def _write_key(self, root: Any, collaboration: Any) -> None:
        """The correlation key: read from a property of the same name in every message."""
        if not self.correlate or not self._messages():
            return
        key = etree.SubElement(collaboration, bpmn("correlationKey"), id=f"{self.id}_key", name=f"{self.id}_key")
        for part in self.correlate:
            etree.SubElement(key, bpmn("correlationPropertyRef")).text = f"key_{part}"
            element = etree.SubElement(root, bpmn("correlationProperty"), id=f"key_{part}", name=part)
            for ref in self._messages():
                get = etree.SubElement(element, bpmn("correlationPropertyRetrievalExpression"), messageRef=ref)
                etree.SubElement(get, bpmn("messagePath"), id=f"{ref}_{part}").text = part

    def _write_subscription(self) -> None:
        """Which process data the key is compared with; the last part of the process."""
        if not self.correlate or not self._messages():
            return
        subscription = etree.SubElement(
            self.element,
            bpmn("correlationSubscription"),
            id=f"{self.id}_subscription",
            correlationKeyRef=f"{self.id}_key",
        )
        for part, path in self.correlate.items():
            binding = etree.SubElement(
                subscription,
                bpmn("correlationPropertyBinding"),
                id=f"bind_{part}",
                correlationPropertyRef=f"key_{part}",
            )
            etree.SubElement(binding, bpmn("dataPath"), id=f"bind_{part}_path").text = path
