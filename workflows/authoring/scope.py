"""The steps and flows of a process or sub-process, as an author writes them."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from lxml import etree

from workflows.authoring.activities import Activities, Each, Gateways
from workflows.authoring.events import Events
from workflows.authoring.steps import Mistake, expression, in_order, make
from workflows.authoring.triggers import Declare
from workflows.model.names import bpmn


class Scope(Events, Activities, Gateways):
    """A method adds one element; its keywords are our extension properties (see steps.PROPERTIES).

    Returned elements are lxml's, for what has no word here.
    """

    def __init__(self, element: Any, ids: set[str], declare: Declare) -> None:
        super().__init__(element, ids, declare)
        self.flows: list[Any] = []
        self.objects: list[Any] = []
        self.notes: list[Any] = []
        self.inner: list[Scope] = []

    @contextmanager
    def sub(self, element_id: str, name: str, each: Each | None = None, **properties: object) -> Iterator["Scope"]:
        """A sub-process; write its steps into the scope that is given."""
        yield self._open("subProcess", element_id, name, each, properties)

    @contextmanager
    def transaction(self, element_id: str, name: str, **properties: object) -> Iterator["Scope"]:
        """A sub-process that can be cancelled."""
        yield self._open("transaction", element_id, name, None, properties)

    @contextmanager
    def handler(self, element_id: str, name: str, **properties: object) -> Iterator["Scope"]:
        """An event sub-process. Its start event says what it reacts to, and that by isInterrupting it interrupts."""
        scope = self._open("subProcess", element_id, name, None, properties)
        scope.element.set("triggeredByEvent", "true")
        yield scope

    def _open(
        self, tag: str, element_id: str, name: str, each: Each | None, properties: Mapping[str, object]
    ) -> "Scope":
        scope = Scope(self.activity(tag, element_id, name, each, properties), self.ids, self.declare)
        self.inner.append(scope)
        return scope

    def flow(self, *ids: str, name: str = "", when: str | None = None, default: bool = False) -> None:
        """Connect steps in a row. Name, condition (FEEL) and default belong to the first connection."""
        for source, target in pairwise(ids):
            flow = self._flow(source, target)
            if name:
                flow.set("name", name)
            if when is not None:
                expression(flow, "conditionExpression", when)
            if default:
                self.steps[source].set("default", flow.get("id"))
            name, when, default = "", None, False

    def _flow(self, source: str, target: str) -> Any:
        missing = [one for one in (source, target) if one not in self.steps]
        if missing:
            raise Mistake(f"The flow from {source} to {target} leads outside: there is no step {missing[0]!r} here")
        flow = etree.Element(bpmn("sequenceFlow"), id=f"f_{source}__{target}", sourceRef=source, targetRef=target)
        self.claim(flow.get("id"))
        self.flows.append(flow)
        return flow

    def note(self, step: str, text: str) -> None:
        """A text annotation beside a step."""
        note = make("textAnnotation", f"note_{step}")
        self.claim(note.get("id"))
        etree.SubElement(note, bpmn("text")).text = text
        tie = etree.Element(bpmn("association"), id=f"note_{step}_tie", sourceRef=step, targetRef=note.get("id"))
        self.notes += [note, tie]

    def data(self, element_id: str, name: str, written_by: str | None = None, read_by: str | None = None) -> None:
        """A data object at the step that writes or reads it; drawn at every such step, declared once."""
        step_id = written_by or read_by
        if step_id not in self.steps:
            raise Mistake(f"{element_id}: say which step of this scope writes or reads it")
        if element_id not in self.ids:
            self.claim(element_id)
            self.objects.insert(0, etree.Element(bpmn("dataObject"), id=element_id))
        ref = f"{element_id}_at_{step_id}"
        self.claim(ref)
        self.objects.append(make("dataObjectReference", ref, name))
        self.objects[-1].set("dataObjectRef", element_id)
        tag, end = ("dataOutputAssociation", "targetRef") if written_by else ("dataInputAssociation", "sourceRef")
        tie = etree.SubElement(self.steps[step_id], bpmn(tag), id=f"{ref}_tie")
        etree.SubElement(tie, bpmn(end)).text = ref

    def assemble(self) -> None:
        """Puts everything into the element. Called once, by Model.build."""
        for scope in self.inner:
            scope.assemble()
        for element_id, step in self.steps.items():
            for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
                for flow in self.flows:
                    if flow.get(end) == element_id:
                        etree.SubElement(step, bpmn(tag)).text = flow.get("id")
            in_order(step)
        self.element.extend([*self.steps.values(), *self.flows, *self.objects, *self.notes])
        in_order(self.element)
