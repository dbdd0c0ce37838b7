"""The timer table: what is due when. Timers never live in the queue; a lost job costs time, never truth."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from store import ids, jobs
from store.transaction import require_transaction
from workflows.engine import WaitingTimer
from workflows.instances import ProcessInstance, Timer

LEASE = timedelta(minutes=5)
BATCH = 100


def plan(session: Session, row: ProcessInstance, waiting: Iterable[WaitingTimer], *, is_new: bool) -> None:
    """Make the rows equal to what the instance waits for. A timer that stays keeps its row and its lease."""
    wanted = {timer.id: timer for timer in waiting}
    if not is_new:
        for known in session.scalars(select(Timer).where(Timer.instance_id == row.id)).all():
            timer = wanted.get(known.engine_task_id)
            if timer is not None and timer.due_at == known.due_at:
                del wanted[known.engine_task_id]
            else:
                session.delete(known)
    session.add_all(
        Timer(
            id=ids.new(),
            practice_id=row.practice_id,
            instance_id=row.id,
            engine_task_id=timer.id,
            element_id=timer.element_id,
            due_at=timer.due_at,
            look_at=timer.due_at,
        )
        for timer in wanted.values()
    )


def drop(session: Session, instance_id: UUID) -> None:
    """Remove all timers of an instance that ended."""
    session.execute(delete(Timer).where(Timer.instance_id == instance_id))


def claim_due(now: datetime) -> int:
    """Lease the timers that are due and defer one wake-up per instance. Returns how many rows were leased.

    A claim moves the row's next look five minutes ahead, so a wake-up that is lost for good is repeated from here.
    """
    session = require_transaction()
    due = session.execute(
        select(Timer.id, Timer.practice_id, Timer.instance_id)
        .where(Timer.look_at <= now)
        .order_by(Timer.look_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if due:
        session.execute(update(Timer).where(Timer.id.in_([one.id for one in due])).values(look_at=now + LEASE))
    for practice_id, instance_id in {(one.practice_id, one.instance_id) for one in due}:
        merge = f"timer:{instance_id}"
        jobs.defer("workflows:timer.fire", merge=merge, practice_id=practice_id, instance_id=str(instance_id))
    return len(due)
