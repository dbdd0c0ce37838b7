"""The timer table: what is due when. Timers never live in the queue; a lost job costs time, never truth.

A worker claims what is due in batches, as a lease: the rows' next look moves ahead, and a worker that vanishes gives
them up. Nobody polls an instance. Whether a timer really fires is decided under the instance's row lock.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from store import ids, rows, sending
from workflows.engine import WaitingTimer
from workflows.instances import ProcessInstance, Timer

LEASE = timedelta(minutes=1)
BATCH = 250
ATTEMPTS = 8
"""Failures in a row before the timers of an instance are parked and an operator is called."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=30)
FAR = timedelta(hours=1)
"""Nothing looks so far ahead: a later look was planned by a clock that was set back since, and counts no more."""


@dataclass(frozen=True)
class Claim:
    """An instance with timers that are due. attempts: failures of theirs so far."""

    practice_id: int
    instance_id: UUID
    due_at: datetime
    attempts: int


def plan(session: Session, row: ProcessInstance, waiting: Iterable[WaitingTimer], known: Iterable[Timer]) -> None:
    """Make the rows equal to what the instance waits for. A timer that stays keeps its row and its lease.

    known: the instance's rows, read under its lock. What was parked is looked at again, because the instance moved.
    """
    wanted = {timer.id: timer for timer in waiting}
    for one in known:
        timer = wanted.get(one.engine_task_id)
        if timer is None or timer.due_at != one.due_at:
            rows.delete(session, Timer, id=one.id)
            continue
        del wanted[one.engine_task_id]
        if one.look_at is None:
            rows.update(session, one, look_at=one.due_at)
    rows.insert(
        session,
        *(
            rows.record_of(
                Timer,
                id=ids.new(),
                practice_id=row.practice_id,
                instance_id=row.id,
                engine_task_id=timer.id,
                element_id=timer.element_id,
                due_at=timer.due_at,
                look_at=timer.due_at,
                attempts=0,
            )
            for timer in wanted.values()
        ),
    )


def drop(session: Session, instance_id: UUID) -> None:
    """Remove all timers of an instance that ended."""
    rows.delete(session, Timer, instance_id=instance_id)


_PARK = "update timer set look_at = null where instance_id = %s and look_at is not null"


def park(session: Session, instance_id: UUID) -> None:
    """Look at an instance's timers no more until it moves again. They stay due."""
    sending.later(session, _PARK, (instance_id,))


_CLAIM = """
    with due as (
        select id from timer
        where look_at is not null and due_at <= %(now)s and (look_at <= %(now)s or look_at > %(far)s)
        order by due_at limit %(limit)s for update skip locked
    )
    update timer set look_at = %(lease)s from due where timer.id = due.id
    returning timer.practice_id, timer.instance_id, timer.due_at, timer.attempts"""


def claim(session: Session, now: datetime, limit: int = BATCH) -> list[Claim]:
    """Lease timers that are due. One claim per instance, those first that were due first."""
    values = {"now": now, "far": now + FAR, "lease": now + LEASE, "limit": limit}
    (found,) = sending.ask(session, (_CLAIM, values))
    first: dict[UUID, Claim] = {}
    for practice_id, instance_id, due_at, attempts in sorted(found, key=lambda one: one[2]):
        first.setdefault(instance_id, Claim(practice_id, instance_id, due_at, attempts))
    return list(first.values())


_RENEW = "update timer set look_at = %(lease)s where instance_id = any(%(instances)s) and look_at = %(held)s"


def renew(session: Session, claims: Collection[Claim], claimed: datetime, now: datetime) -> None:
    """Hold what was claimed then for another while, where it is still held."""
    values = {"lease": now + LEASE, "held": claimed + LEASE, "instances": [one.instance_id for one in claims]}
    sending.later(session, _RENEW, values)


_POSTPONE = """
    update timer set attempts = attempts + 1, look_at = %(now)s + least(
        %(first)s * power(2, least(attempts, 20)), %(longest)s)
    where instance_id = %(instance)s and due_at <= %(now)s and look_at is not null
    returning attempts"""


def postpone(session: Session, instance_id: UUID, now: datetime) -> int:
    """The due timers of an instance could not be fired: look again later, each time later. Returns how often it was."""
    values = {"now": now, "first": FIRST_PAUSE, "longest": LONGEST_PAUSE, "instance": instance_id}
    (found,) = sending.ask(session, (_POSTPONE, values))
    return max((int(one[0]) for one in found), default=0)
