"""Where an instance stands: every token at an element of the model, for those who watch over it."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflows.engine import tree

State = Literal["open", "waiting", "started", "stopped"]
_SUBSCRIPTIONS = frozenset({"boundaryEvent", "startEvent"})
"""Elements that wait beside a token without being one."""


@dataclass(frozen=True)
class Token:
    """One token. id: of the engine's task; kind: the BPMN tag.

    state: open (a user task), waiting (an event, a join), started (a service task, or something inside the element goes
    on) or stopped (an incident).
    """

    id: UUID
    element_id: str
    name: str
    kind: str
    state: State


def look(instance: Any) -> tuple[Token, ...]:
    """The tokens of an instance, innermost scope first."""
    if instance.completed:
        return ()
    found = tree.tasks_in(instance, tree.ACTIVE, lambda task: getattr(task.task_spec, "visible", False))
    return tuple(_token(task) for task in found if not _only_listens(task))


def _only_listens(task: Any) -> bool:
    return bool(task.state == TaskState.WAITING and task.task_spec.element.kind in _SUBSCRIPTIONS)


def _token(task: Any) -> Token:
    element = task.task_spec.element
    return Token(task.id, element.id, element.name or element.id, element.kind, _state(task))


def _state(task: Any) -> State:
    if task.state == TaskState.ERROR:
        return "stopped"
    if task.state == TaskState.STARTED:
        return "started"
    return "open" if task.state == TaskState.READY and task.task_spec.manual else "waiting"
