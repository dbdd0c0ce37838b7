"""What does an instance wait for? The only view the rest of the product has of open work."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import handlers, tree
from workflows.engine.activities import Service
from workflows.engine.definitions import Branch, FirstOf, Message, Once, Repeating, Signal, engine
from workflows.engine.lanes import lane_of


@dataclass(frozen=True)
class WaitingUserTask:
    """A user task that can be completed. lane: id, looked up through call activities; data: what it sees."""

    id: UUID
    element_id: str
    name: str | None
    lane: str | None
    properties: Mapping[str, str]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class WaitingTimer:
    """A timer. Behind an event-based gateway the id is the gateway's task; due_at: aware UTC."""

    id: UUID
    element_id: str
    due_at: datetime


@dataclass(frozen=True)
class WaitingMessage:
    """A catching event. key: correlation key text; None means only a delivery to this instance reaches it."""

    id: UUID
    element_id: str
    name: str
    key: str | None


@dataclass(frozen=True)
class WaitingSignal:
    """A signal that something waits for: a catching event, or the start of an event sub-process."""

    id: UUID
    element_id: str
    name: str


@dataclass(frozen=True)
class WaitingServiceCall:
    """A parked service task with evaluated parameters."""

    id: UUID
    element_id: str
    operator: str
    parameters: Mapping[str, Any]
    result_variable: str | None
    error_codes: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """Everything an instance waits for."""

    user_tasks: tuple[WaitingUserTask, ...]
    timers: tuple[WaitingTimer, ...]
    messages: tuple[WaitingMessage, ...]
    service_calls: tuple[WaitingServiceCall, ...]
    signals: tuple[WaitingSignal, ...] = ()


_Event = WaitingTimer | WaitingMessage | WaitingSignal


def look(instance: Any) -> Waiting:
    """What the instance waits for now."""
    if instance.completed:
        return Waiting((), (), (), ())
    tasks = tree.tasks_in(instance, tree.OPEN)
    caught = [one for task in tasks if _catches(task) for one in _events(task)]
    caught += [one for listener in handlers.in_instance(instance) if (one := _heard(listener)) is not None]
    return Waiting(
        user_tasks=tuple(_user_task(task) for task in tasks if is_user_task(task)),
        timers=tuple(one for one in caught if isinstance(one, WaitingTimer)),
        messages=tuple(one for one in caught if isinstance(one, WaitingMessage)),
        service_calls=tuple(_service_call(task) for task in tasks if is_service_call(task)),
        signals=tuple(one for one in caught if isinstance(one, WaitingSignal)),
    )


def is_user_task(task: Any) -> bool:
    """A user or manual task that may be completed now."""
    return bool(task.state == TaskState.READY and task.task_spec.manual)


def is_service_call(task: Any, *, also_stopped: bool = False) -> bool:
    """A service task that waits for its answer; also_stopped: or one that an operator may still answer."""
    states = TaskState.STARTED | TaskState.ERROR if also_stopped else TaskState.STARTED
    return bool(task.has_state(states) and isinstance(task.task_spec, Service))


def _heard(listener: handlers.Listener) -> _Event | None:
    """What the start event of an event sub-process waits for."""
    definition, due = listener.definition, listener.due_at
    if isinstance(definition, Message):
        key = engine(listener).handler_key(listener.workflow, definition)
        return WaitingMessage(listener.id, listener.element_id, definition.name, key)
    if isinstance(definition, Signal):
        return WaitingSignal(listener.id, listener.element_id, definition.name)
    return WaitingTimer(listener.id, listener.element_id, due) if due is not None else None


def _catches(task: Any) -> bool:
    return bool(task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent))


def _events(task: Any) -> Iterator[_Event]:
    definition = task.task_spec.event_definition
    if not isinstance(definition, FirstOf):
        found = _event(task, definition, task.task_spec.element.id)
        if found is not None:
            yield found
        return
    behind = task.task_spec.outputs
    found_behind = [
        _event(branch, one, behind[index].element.id) for index, (one, branch) in enumerate(definition.branches(task))
    ]
    yield from (one for one in found_behind if isinstance(one, WaitingMessage | WaitingSignal))
    timers = [one for one in found_behind if isinstance(one, WaitingTimer)]
    if timers:
        yield min(timers, key=lambda one: one.due_at)


def _event(task: Any, definition: Any, element_id: str) -> _Event | None:
    if isinstance(definition, Message):
        return WaitingMessage(task.id, element_id, definition.name, task.internal_data.get("key"))
    if isinstance(definition, Signal):
        return WaitingSignal(task.id, element_id, definition.name)
    value = task.internal_data.get("event_value")
    if isinstance(definition, Repeating):
        value = value["next"] if value and value["cycles"] != 0 else None
    if value is None or not isinstance(definition, Once | Repeating):
        return None
    return WaitingTimer(task.id, element_id, datetime.fromisoformat(value))


def _user_task(task: Any) -> WaitingUserTask:
    element = task.task_spec.element
    return WaitingUserTask(task.id, element.id, element.name, lane_of(task), element.properties, dict(task.data))


def _service_call(task: Any) -> WaitingServiceCall:
    element = task.task_spec.element
    return WaitingServiceCall(
        task.id,
        element.id,
        element.operator.id,
        task.internal_data["request"],
        element.operator.result_variable,
        element.names("errorCodes"),
    )


def branch_for(task: Any, message_name: str) -> tuple[Any, Any] | None:
    """The message definition that waits at a task for that name, with the task or gateway branch to catch it in."""
    if not _catches(task):
        return None
    definition = task.task_spec.event_definition
    candidates: list[tuple[Any, Any]] = (
        list(definition.branches(task)) if isinstance(definition, FirstOf) else [(definition, task)]
    )
    return next(
        ((one, place) for one, place in candidates if isinstance(one, Message) and one.name == message_name), None
    )


__all__ = [
    "Branch",
    "Waiting",
    "WaitingMessage",
    "WaitingServiceCall",
    "WaitingSignal",
    "WaitingTimer",
    "WaitingUserTask",
    "look",
]
