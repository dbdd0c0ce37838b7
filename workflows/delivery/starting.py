"""The clock starts processes: each due time of a start event once, with any number of workers.

The row of the start timer is locked, the instance started and the next due time written in one transaction.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from store import audit
from store.practice import as_practice
from store.transaction import transaction
from workflows import definitions, runtime, timers, triggers
from workflows.delivery import schedule
from workflows.delivery.schedule import StartTimer
from workflows.runtime import Begun

Clock = Callable[[], datetime]
BATCH = 50
ROUNDS = 200
"""Starts of one sweep; what is due beyond that has its turn in the next."""

_log = logging.getLogger(__name__)


def plan(*, now: datetime) -> None:
    """Bring the start timers up to date with what is published."""
    with transaction() as session:
        schedule.plan(session, now)


def sweep(*, clock: Clock) -> int:
    """Start what is due. Returns how many instances were started."""
    started = 0
    for _ in range(ROUNDS):
        with transaction() as session:
            claimed = _claim(session, clock())
        if not claimed:
            break
        started += sum(_start(practice_id, row_id, clock) for practice_id, row_id in claimed)
    return started


def _claim(session: Session, now: datetime) -> list[tuple[int, UUID]]:
    query = (
        select(StartTimer.practice_id, StartTimer.id)
        .where(StartTimer.look_at.is_not(None), StartTimer.due_at <= now)
        .where(or_(StartTimer.look_at <= now, StartTimer.look_at > now + timers.FAR))
        .order_by(StartTimer.due_at)
        .limit(BATCH)
    )
    found = [(one.practice_id, one.id) for one in session.execute(query.with_for_update(skip_locked=True))]
    if found:
        held = update(StartTimer).where(StartTimer.id.in_([row_id for _, row_id in found]))
        session.execute(held.values(look_at=now + timers.LEASE).execution_options(synchronize_session=False))
    return found


def _start(practice_id: int, row_id: UUID, clock: Clock) -> bool:
    try:
        with as_practice(practice_id), transaction() as session:
            return _start_one(session, row_id, clock())
    except Exception as error:
        _log.warning("start timer %s failed: %s", row_id, type(error).__name__)
        with transaction() as session:
            _postpone(session, row_id, type(error).__name__, clock())
        return False


def _start_one(session: Session, row_id: UUID, now: datetime) -> bool:
    row = _locked(session, row_id)
    if row is None or row.due_at is None or row.due_at > now:
        return False
    version = triggers.of(definitions.current(session, row.process_key))
    if version.definition_id != row.definition_id:
        row.look_at = now + timers.FIRST_PAUSE  # A newer version is not planned yet, and may begin otherwise.
        return False
    begun = Begun(row.element_id, "timer")
    instance_id = runtime.begin(row.process_key, begun, practice_id=row.practice_id, now=now, by="clock")
    facts = {"process": row.process_key, "element": row.element_id, "due": row.due_at}
    audit.record("process:started_by_clock", by="clock", on=f"instance/{instance_id}", facts=facts)
    row.attempts, row.error = 0, None
    schedule.advance(session, row, now)
    return True


def _postpone(session: Session, row_id: UUID, kind: str, now: datetime) -> None:
    row = _locked(session, row_id)
    if row is None or row.due_at is None:
        return
    row.attempts, row.error = row.attempts + 1, kind
    row.look_at = now + min(
        timers.FIRST_PAUSE * 2 ** min(row.attempts, 20), timers.LONGEST_PAUSE, timedelta(minutes=30)
    )


def _locked(session: Session, row_id: UUID) -> StartTimer | None:
    query = select(StartTimer).where(StartTimer.id == row_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()
