"""Which tasks of an instance are open? Noted as their states change, so that nobody has to walk the tree to find out.

Every change of a state passes `note`. An entry that is not true any more is dropped when it is next read.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED
ACTIVE = OPEN | TaskState.ERROR
DONE = TaskState.COMPLETED | TaskState.CANCELLED
_READY, _WAITING = TaskState.READY, TaskState.WAITING


class Index:
    """Open tasks of all scopes of an instance.

    active:  waiting, ready, started and stopped tasks.
    ready:   those of them that run without anybody.
    waiting: those that wait.
    joining: those that wait for nothing but what else the instance does.
    spent:   finished instances of multi-instance activities and loops.
    changes: goes up with every change, so that what was seen before can be told to be old.
    """

    def __init__(self) -> None:
        self.active: dict[UUID, Any] = {}
        self.ready: dict[UUID, Any] = {}
        self.waiting: dict[UUID, Any] = {}
        self.joining: dict[UUID, Any] = {}
        self.spent: list[Any] = []
        self.changes = 0

    def note(self, task: Any) -> None:
        """A task has a new state, or is new."""
        self.changes += 1
        state = task._state
        if state & ACTIVE:
            self.active[task.id] = task
            if state == _READY:
                if not task.task_spec.manual:
                    self.ready[task.id] = task
            elif state == _WAITING:
                self.waiting[task.id] = task
                if not isinstance(task.task_spec, CatchingEvent):
                    self.joining[task.id] = task
        elif state & DONE:
            task.workflow.finished += 1
            if task.task_spec.is_child:
                self.spent.append(task)

    def forget(self, task: Any) -> None:
        """A task was taken out of the tree."""
        self.changes += 1
        for shelf in (self.active, self.ready, self.waiting, self.joining):
            shelf.pop(task.id, None)

    def read_ready(self) -> list[Any]:
        """Ready tasks that run without anybody, also those of scopes that ended."""
        return _read(self.ready, _READY)

    def read_joining(self) -> list[Any]:
        """Waiting tasks that catch no event, also those of scopes that ended."""
        return _read(self.joining, _WAITING)

    def iterate(self, mask: int) -> Iterator[Any]:
        """Tasks in these states, also those of scopes that ended. Nothing may change meanwhile."""
        shelf, holds = (self.waiting, _WAITING) if mask == _WAITING else (self.active, ACTIVE)
        gone = []
        for task in shelf.values():
            if task._state & mask:
                yield task
            elif not task._state & holds:
                gone.append(task.id)
        for task_id in gone:
            del shelf[task_id]


def _read(shelf: dict[UUID, Any], state: int) -> list[Any]:
    found = [task for task in shelf.values() if task._state == state]
    if len(found) < len(shelf):
        shelf.clear()
        shelf.update((task.id, task) for task in found)
    return found
