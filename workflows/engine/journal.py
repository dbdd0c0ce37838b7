"""What happened during a verb: steps for the history, incidents for the operator, messages for the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from workflows.model import Element


@dataclass(frozen=True)
class Step:
    """An element was entered, completed or cancelled. kind: the BPMN tag."""

    element_id: str
    name: str | None
    kind: str
    what: Literal["entered", "completed", "cancelled"]
    task_id: UUID


@dataclass(frozen=True)
class EngineIncident:
    """A branch stopped. facts: "task_id" to retry with, and what was read; no personal health information."""

    kind: str
    element_id: str | None
    message: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class OutgoingMessage:
    """A message the process threw. key: correlation key text, None when the message has no correlation."""

    element_id: str
    name: str
    payload: Any
    key: str | None


@dataclass(frozen=True)
class OutgoingSignal:
    """A signal the process threw; catchers of the same instance have heard it."""

    element_id: str
    name: str
    payload: Any


@dataclass
class Journal:
    """Collects during a verb; drained by the caller."""

    steps: list[Step] = field(default_factory=list)
    incidents: list[EngineIncident] = field(default_factory=list)
    messages: list[OutgoingMessage] = field(default_factory=list)
    signals: list[OutgoingSignal] = field(default_factory=list)

    def step(self, element: Element, what: Literal["entered", "completed", "cancelled"], task_id: UUID) -> None:
        """Note a step of a visible element."""
        self.steps.append(Step(element.id, element.name, element.kind, what, task_id))
