"""Holding a task still while somebody acts on it: its practice found, its instance and then itself locked.

All of it is one round trip. The order of locks is everywhere the same: the instance, its tasks, the signer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mso import authority, register
from mso.access import Viewer
from store import ids, rows, sending
from store.errors import Conflict, NotFound
from store.practice import acting_for, narrow, narrowing
from store.transaction import transaction
from tasks.models import COMPLETED, OPEN, Task, TaskEvent
from tasks.routing import LIMITS_OF
from workflows import instances
from workflows.instances import Held


class UnknownTask(NotFound):
    """No task with that id in the practices of this person."""

    code = "task.unknown"


class TaskAlreadyCompleted(Conflict):
    """Somebody else was faster, or the process went on without it."""

    code = "task.already_completed"
    message = "This task is no longer open. What you wrote was not used; reload to see what happened."


@dataclass(frozen=True)
class HeldTask:
    """An open task under its lock. Records: they change by tasks.* and by store.rows only.

    others: the other open tasks of its instance.
    """

    session: Session
    task: Task
    instance: Held
    others: tuple[Task, ...]


@contextmanager
def holding(viewer: Viewer, task_id: UUID, *, signing_on: date | None = None) -> Iterator[HeldTask]:
    """A transaction on one open task of the viewer's practices.

    signing_on: the day of policy when the viewer is about to sign; what the gate asks is then read with the rest, the
    signer's register row held still. Raises UnknownTask (the same for absent and for foreign) and TaskAlreadyCompleted.
    """
    with acting_for(viewer.practices), transaction() as session:
        yield _hold(session, viewer, task_id, signing_on)


def _hold(session: Session, viewer: Viewer, task_id: UUID, signing_on: date | None) -> HeldTask:
    parameters = {"task": task_id}
    instance = instances.questions("(select instance_id from task where id = %(task)s)", parameters)
    gate = _gate_questions(viewer, signing_on, parameters) if signing_on else []
    practice, *answers = sending.ask(
        session, narrowing("task", task_id), *instance, rows.question(Task, _OPEN_TASKS, parameters), *gate
    )
    if narrow(practice) is None:
        raise UnknownTask()
    held = instances.held(session, answers[: len(instance)])
    tasks = rows.records(Task, answers[len(instance)])
    task = next(one for one in tasks if one.id == task_id)
    if task.status != OPEN:
        raise TaskAlreadyCompleted(completed=task.status == COMPLETED)
    if signing_on and task.decision_type is not None:
        policy, signer = answers[-len(gate) :][:2], answers[-len(gate) :][2:]
        authority.take_policy(session, task.decision_type, LIMITS_OF, signing_on, policy)
        register.take_held(session, viewer.person_id, signer)
    return HeldTask(session, task, held, tuple(one for one in tasks if one is not task))


def _gate_questions(viewer: Viewer, on: date, parameters: Mapping[str, Any]) -> list[sending.Statement]:
    decision_type = "(select decision_type from task where id = %(task)s)"
    return [
        *authority.policy_questions(decision_type, LIMITS_OF, on, parameters),
        *register.held_questions(viewer.person_id),
    ]


def note(session: Session, task: Task, what: str, person_id: UUID | None, at: datetime) -> None:
    """Add a line to the task's own history."""
    line = rows.record_of(
        TaskEvent, practice_id=task.practice_id, id=ids.new(), task_id=task.id, what=what, person_id=person_id, at=at
    )
    rows.insert(session, line)


_OF_INSTANCE = "where instance_id = (select instance_id from task where id = %(task)s)"
_OPEN_TASKS = f"{_OF_INSTANCE} and (status = 0 or id = %(task)s) order by id for update"
