"""What the runtime announces, inside its own transaction.

Listeners run in a fixed order, may write rows and defer jobs, and never step the engine or call the network.
`webapp/wiring.py` hands the list to the runtime at start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True)
class InstanceRef:
    """Which process instance an event belongs to. subject_id: the id of what the process is about, e.g. a case."""

    practice_id: int
    id: UUID
    definition_id: UUID
    process_key: str
    subject_id: UUID | None


@dataclass(frozen=True)
class UserTaskOpened:
    """A user task waits for a person. properties: our extension properties of the element, as written in the model."""

    instance: InstanceRef
    engine_task_id: UUID
    element_id: str
    name: str
    lane: str | None
    properties: Mapping[str, str]
    at: datetime


@dataclass(frozen=True)
class UserTaskWithdrawn:
    """A user task stopped waiting without being completed (timer, message, end of its scope)."""

    instance: InstanceRef
    engine_task_id: UUID
    element_id: str
    at: datetime


@dataclass(frozen=True)
class ServiceCallRequested:
    """A service task waits for an answer from outside. parameters: FEEL values as the model computed them."""

    instance: InstanceRef
    call_id: UUID
    element_id: str
    operator: str
    parameters: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class ServiceCallWithdrawn:
    """A service task waits no longer: it was answered, stopped, or its scope ended."""

    instance: InstanceRef
    call_id: UUID
    at: datetime


@dataclass(frozen=True)
class MessageThrown:
    """The process threw a message. key: correlation key text of its payload; None without correlation."""

    instance: InstanceRef
    element_id: str
    name: str
    payload: Any
    key: str | None
    at: datetime


@dataclass(frozen=True)
class SignalThrown:
    """The process threw a signal. Its own catchers have heard it; other instances have not."""

    instance: InstanceRef
    element_id: str
    name: str
    payload: Any
    at: datetime


@dataclass(frozen=True)
class StepTaken:
    """An element was passed; for timelines and diagrams."""

    instance: InstanceRef
    element_id: str
    name: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class IncidentOpened:
    """The instance stopped at an element and needs an operator. facts: codes and element ids, no case data."""

    instance: InstanceRef
    incident_id: UUID
    kind: str
    element_id: str | None
    message: str
    at: datetime


@dataclass(frozen=True)
class InstanceMigrated:
    """The instance goes on in another version, which `instance` names already.

    tasks: the open user tasks that stay, as they stand in that version. calls: parked service tasks that stay, to the
    ids of their elements there.
    """

    instance: InstanceRef
    tasks: tuple[UserTaskOpened, ...]
    calls: Mapping[UUID, str]
    at: datetime


@dataclass(frozen=True)
class InstanceEnded:
    """The instance reached its end. end_events: the ids of the end events reached, in order."""

    instance: InstanceRef
    end_events: tuple[str, ...]
    at: datetime


Event = (
    UserTaskOpened
    | UserTaskWithdrawn
    | ServiceCallRequested
    | ServiceCallWithdrawn
    | MessageThrown
    | SignalThrown
    | StepTaken
    | IncidentOpened
    | InstanceMigrated
    | InstanceEnded
)


class Listener(Protocol):
    """Someone who writes rows when the runtime announces something."""

    def __call__(self, event: Event, variables: Mapping[str, Any]) -> None:
        """variables: the instance's process data after the step (read only)."""
