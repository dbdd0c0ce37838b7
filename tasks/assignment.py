"""Claiming and releasing tasks. Opening a task never claims it; a clinical task is claimed only by who may sign it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.access import Viewer
from store import audit, ids
from store.errors import Conflict, NotFound, Refused
from store.practice import as_practice, viewing
from store.transaction import reading, transaction
from tasks import gate
from tasks.models import COMPLETED, OPEN, Task, TaskEvent
from workflows import instances


class UnknownTask(NotFound):
    """No task with that id in the practices of this person."""

    code = "task.unknown"


class TaskAlreadyCompleted(Conflict):
    """Somebody else was faster, or the process went on without it."""

    code = "task.already_completed"
    message = "This task is no longer open. What you wrote was not used; reload to see what happened."


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
    with as_practice(locate(viewer, task_id)), transaction() as session:
        task = lock_open(session, task_id)
        take(session, task, viewer, now=now)
        return task


def take(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> None:
    """Make the person the holder of a locked task, inside the caller's transaction."""
    require_may_act(session, task, viewer, now=now)
    if task.assignee_id == viewer.person_id:
        return
    if task.assignee_id is not None:
        raise TaskTaken()
    task.assignee_id, task.claimed_at = viewer.person_id, now
    note(session, task, "claimed", viewer.person_id, now)
    audit.record("task:claimed", by=viewer.person_id, on=task.reference)
    session.flush()


def release(viewer: Viewer, task_id: UUID, *, now: datetime) -> Task:
    """Give a claimed task back to its queue. Raises NotYourClaim for somebody else's."""
    with as_practice(locate(viewer, task_id)), transaction() as session:
        task = lock_open(session, task_id)
        if task.assignee_id != viewer.person_id:
            raise NotYourClaim(by=viewer.person_id, on=task.reference)
        task.assignee_id, task.claimed_at = None, None
        note(session, task, "released", viewer.person_id, now)
        audit.record("task:released", by=viewer.person_id, on=task.reference)
        return task


def require_may_act(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> None:
    """Whether the person may hold this task now: the predicate for clinical tasks, the queue for the others."""
    if task.is_clinical:
        gate.require(session, task, viewer, now=now)
    elif task.group_key not in viewer.groups:
        raise NotYourQueue(
            queue=(task.group_key or "unstaffed").replace("_", " "), by=viewer.person_id, on=task.reference
        )
    elif str(viewer.person_id) in task.exclusions:
        raise Refused(
            "You acted earlier in this case, so another person has to do this step.",
            by=viewer.person_id,
            on=task.reference,
        )


def find_open(session: Session, task_id: UUID) -> Task:
    """The task row as it stands, without a lock. Raises TaskAlreadyCompleted when it is not open."""
    task = session.scalars(select(Task).where(Task.id == task_id)).one()
    if task.status != OPEN:
        raise TaskAlreadyCompleted(completed=task.status == COMPLETED)
    return task


def lock_open(session: Session, task_id: UUID) -> Task:
    """The task row, locked after its instance row. Raises TaskAlreadyCompleted when it is not open."""
    instance_id = session.scalar(select(Task.instance_id).where(Task.id == task_id))
    if instance_id is None:
        raise UnknownTask()
    instances.lock(session, instance_id)
    query = select(Task).where(Task.id == task_id).with_for_update().execution_options(populate_existing=True)
    task = session.scalars(query).one()
    if task.status != OPEN:
        raise TaskAlreadyCompleted(completed=task.status == COMPLETED)
    return task


def note(session: Session, task: Task, what: str, person_id: UUID | None, at: datetime) -> None:
    """Add a line to the task's own history."""
    session.add(
        TaskEvent(practice_id=task.practice_id, id=ids.new(), task_id=task.id, what=what, person_id=person_id, at=at)
    )
