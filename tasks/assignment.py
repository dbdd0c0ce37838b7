"""Claiming and releasing tasks. Opening a task never claims it; a clinical task is claimed only by who may sign it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.access import Viewer
from store import audit, rows
from store.errors import Conflict, Refused
from store.practice import viewing
from store.transaction import reading
from tasks import gate
from tasks.eligibility import Verdict
from tasks.holding import TaskAlreadyCompleted, UnknownTask, holding, note
from tasks.models import COMPLETED, OPEN, Task


class TaskTaken(Conflict):
    """Another person holds the claim."""

    code = "task.taken"
    message = "Another person has claimed this task. Ask them to release it, or choose another one."


class NotYourQueue(Refused):
    """The task belongs to a queue that this person does not staff."""

    code = "task.not_your_queue"
    message = "This task belongs to the queue {queue}, which you do not staff. Ask its lead to add you."


class NotYourClaim(Refused):
    """Only the holder of a claim may release it."""

    code = "task.not_your_claim"
    message = "You have not claimed this task, so you cannot release it."


def locate(viewer: Viewer, task_id: UUID) -> int:
    """The practice of a task that this person may see. Raises UnknownTask: the same for absent and for foreign."""
    with viewing(viewer.practices), reading() as session:
        practice_id = session.scalar(select(Task.practice_id).where(Task.id == task_id))
    if practice_id is None:
        raise UnknownTask()
    return practice_id


def claim(viewer: Viewer, task_id: UUID, *, now: datetime) -> Task:
    """Take a task. Claiming what one holds already changes nothing.

    Raises UnknownTask, TaskAlreadyCompleted, TaskTaken, NotYourQueue, tasks.eligibility.NotEligible.
    """
    with holding(viewer, task_id) as held:
        take(held.session, held.task, viewer, now=now)
        return held.task


@dataclass(frozen=True)
class Claim:
    """That a person may hold a task.

    changes: of its row; none when they hold it already. verdict: on a clinical one.
    """

    changes: Mapping[str, Any]
    verdict: Verdict | None


def take(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> Claim:
    """Make the person the holder of a locked task, inside the caller's transaction."""
    claimed = claiming(session, task, viewer, now=now)
    if claimed.changes:
        rows.update(session, task, **claimed.changes)
    return claimed


def claiming(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> Claim:
    """The claim, for a caller who writes the task's row anyway.

    Raises TaskTaken, NotYourQueue, tasks.eligibility.NotEligible.
    """
    verdict = require_may_act(session, task, viewer, now=now)
    if task.assignee_id == viewer.person_id:
        return Claim({}, verdict)
    if task.assignee_id is not None:
        raise TaskTaken()
    note(session, task, "claimed", viewer.person_id, now)
    audit.record("task:claimed", by=viewer.person_id, on=task.reference)
    return Claim({"assignee_id": viewer.person_id, "claimed_at": now}, verdict)


def release(viewer: Viewer, task_id: UUID, *, now: datetime) -> Task:
    """Give a claimed task back to its queue. Raises NotYourClaim for somebody else's."""
    with holding(viewer, task_id) as held:
        task = held.task
        if task.assignee_id != viewer.person_id:
            raise NotYourClaim(by=viewer.person_id, on=task.reference)
        rows.update(held.session, task, assignee_id=None, claimed_at=None)
        note(held.session, task, "released", viewer.person_id, now)
        audit.record("task:released", by=viewer.person_id, on=task.reference)
        return task


def require_may_act(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> Verdict | None:
    """Whether the person may hold this task now: the predicate for clinical tasks, the queue for the others.

    Gives the verdict on a clinical one.
    """
    if task.is_clinical:
        return gate.require(session, task, viewer, now=now)
    if task.group_key not in viewer.groups:
        raise NotYourQueue(
            queue=(task.group_key or "unstaffed").replace("_", " "), by=viewer.person_id, on=task.reference
        )
    if str(viewer.person_id) in task.exclusions:
        raise Refused(
            "You acted earlier in this case, so another person has to do this step.",
            by=viewer.person_id,
            on=task.reference,
        )
    return None


def find_open(session: Session, task_id: UUID) -> Task:
    """The task row as it stands, without a lock. Raises TaskAlreadyCompleted when it is not open."""
    task = session.scalars(select(Task).where(Task.id == task_id)).one()
    if task.status != OPEN:
        raise TaskAlreadyCompleted(completed=task.status == COMPLETED)
    return task
