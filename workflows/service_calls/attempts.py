"""Making a call: mark the attempt, ask with nothing open, record the answer and let the process go on.

Three parts, two transactions. A worker may be killed between any two of them: the lease runs out and the call is made
again under the same idempotency key. Whoever comes second with an answer finds the call answered and changes nothing.
An answer that cannot be taken now (the instance is suspended, the database was busy) is kept, not asked for again.

Lock order: the instance, then its call. The first transaction locks the call alone and no instance after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store import audit, jobs
from store.transaction import require_transaction, transaction
from workflows import instances, runtime
from workflows.engine import EngineFault, ServiceCallNotWaiting
from workflows.failures import Failure
from workflows.instances import ProcessInstance
from workflows.service_calls import records
from workflows.service_calls.asking import Answered, Outcome, Thrown, ask, no_decisions
from workflows.service_calls.listening import RUN_JOB, end, pace, queue
from workflows.service_calls.pacing import Chance, pause
from workflows.service_calls.records import (
    ALIVE,
    ANSWERED,
    FAILED,
    HELD,
    RUNNING,
    WAITING,
    WITHDRAWN,
    ServiceCallRecord,
    ServiceCallWake,
)
from workflows.service_tasks import Pace, ServiceCall

GRACE = timedelta(seconds=30)
"""A lease is longer than the timeout, so that an answer in the last moment is recorded before anybody else begins."""
WAKE_BATCH = 100
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Begun:
    """One attempt. outcome: known already, so that nobody has to be asked."""

    call: ServiceCall
    pace: Pace
    outcome: Outcome | None = None


def run(call_id: UUID, *, clock: Clock, chance: Chance) -> None:
    """Make the next attempt of a call, in its practice's scope. Quiet when there is nothing to do now.

    clock: asked twice, because time passes while the operator works. chance: spreads the pauses between attempts.
    """
    begun = _begin(call_id, clock())
    if begun is None:
        return
    outcome = begun.outcome or ask(begun.call)
    try:
        _record(begun, outcome, clock(), chance)
    except Exception:
        _keep(begun, outcome)
        raise


def wake_due(now: datetime) -> int:
    """Queue what has to be looked at: retries whose job was lost, and attempts whose worker vanished. Returns how many.

    A look is a lease itself: the row's next one moves a minute ahead.
    """
    session = require_transaction()
    due = session.execute(
        select(ServiceCallWake.id, ServiceCallWake.practice_id)
        .where(ServiceCallWake.look_at <= now)
        .order_by(ServiceCallWake.look_at)
        .limit(WAKE_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if due:
        looked_at = ServiceCallWake.id.in_([one.id for one in due])
        session.execute(update(ServiceCallWake).where(looked_at).values(look_at=now + timedelta(minutes=1)))
    for one in due:
        jobs.defer(RUN_JOB, merge=f"service_call:{one.id}", practice_id=one.practice_id, call_id=str(one.id))
    return len(due)


def wake_instance(session: Session, instance_id: UUID, now: datetime) -> None:
    """Queue the calls of an instance that was suspended and goes on."""
    waiting = select(ServiceCallRecord).where(
        ServiceCallRecord.instance_id == instance_id, ServiceCallRecord.status.in_(ALIVE)
    )
    for row in session.scalars(waiting.order_by(ServiceCallRecord.id)).all():
        queue(session, row, now + timedelta(minutes=1))


# Transaction 1


def _begin(call_id: UUID, now: datetime) -> _Begun | None:
    with transaction() as session:
        row = records.find(session, call_id, lock=True)
        if row is None or not _is_due(row, now):
            return None
        instance = instances.find(session, row.instance_id)
        if instance.suspended_at is not None:
            records.wake_at(session, row, None)  # Its resume queues the call again.
            return None
        paced = pace(session, row.definition_id, row.element_id, row.operator)
        if row.status == HELD:
            return _Begun(_call(row, paced, now), paced, _kept(row))
        if row.status == RUNNING:
            records.note(row, "WorkerLost", now)
            if row.attempts >= row.attempts_allowed:
                lost = Failure("WorkerLost", f"The worker vanished while it called {row.operator}.", permanent=True)
                return _Begun(_call(row, paced, now), paced, lost)
        row.attempts += 1
        row.status, row.next_at, row.lease_until = RUNNING, None, now + paced.timeout + GRACE
        records.wake_at(session, row, row.lease_until)
        return _Begun(_call(row, paced, now), paced)


def _is_due(row: ServiceCallRecord, now: datetime) -> bool:
    if row.status == RUNNING:
        return row.lease_until is not None and row.lease_until <= now
    return row.status == HELD or (row.status == WAITING and (row.next_at is None or row.next_at <= now))


def _call(row: ServiceCallRecord, paced: Pace, now: datetime) -> ServiceCall:
    return ServiceCall(
        id=row.id,
        operator=row.operator,
        parameters=records.input_of(row),
        instance_id=row.instance_id,
        practice_id=row.practice_id,
        subject_id=row.subject_id,
        element_id=row.element_id,
        now=now,
        decide=no_decisions,
        key=row.key,
        attempt=row.attempts,
        timeout=paced.timeout,
    )


# Transaction 2


def _record(begun: _Begun, outcome: Outcome, now: datetime, chance: Chance) -> None:
    call = begun.call
    with transaction() as session:
        instance = instances.lock(session, call.instance_id)
        row = records.find(session, call.id, lock=True)
        if row is None or row.status not in ALIVE:
            return  # Answered, withdrawn or failed meanwhile: exactly one answer counts.
        if isinstance(outcome, Failure):
            if row.attempts != call.attempt:
                return  # A newer attempt is at work; that this one failed says nothing about it.
            if _will_try_again(row, begun.pace, outcome, now, chance):
                return
        if instance.ended_at is not None:
            end(session, row, WITHDRAWN, now)
        elif instance.suspended_at is not None:
            _hold(session, row, outcome, None)
        else:
            _take(session, instance, row, outcome, now)


def _will_try_again(row: ServiceCallRecord, paced: Pace, found: Failure, now: datetime, chance: Chance) -> bool:
    row.last_error, row.last_message = found.error, found.text or None
    if row.status == RUNNING and found.error != "WorkerLost":
        records.note(row, found.error, now)
    if found.permanent or row.attempts >= row.attempts_allowed:
        return False
    row.status, row.lease_until = WAITING, None
    row.next_at = now + pause(row.attempts, paced, found.retry_in, chance)
    queue(require_transaction(), row, row.next_at + GRACE, run_at=row.next_at)
    return True


def _take(session: Session, instance: ProcessInstance, row: ServiceCallRecord, outcome: Outcome, now: datetime) -> None:
    """Let the process go on with the outcome. The row is closed first, so that nobody takes this for a withdrawal."""
    if not isinstance(outcome, Failure):
        records.note(row, None, now)
    end(session, row, FAILED if isinstance(outcome, Failure) else ANSWERED, now)
    session.flush()
    facts = {"call": row.id, "operator": row.operator, "attempt": row.attempts}
    try:
        match outcome:
            case Answered():
                runtime.finish_service_call(instance.id, row.id, outcome.result, now=now)
                audit.record("service_call:answered", by="system", on=f"instance/{instance.id}", facts=facts)
            case Thrown():
                payload = {"code": outcome.code, "message": outcome.text}
                runtime.throw_service_error(instance.id, row.id, outcome.code, payload, now=now)
                facts["code"] = outcome.code
                audit.record("service_call:answered", by="system", on=f"instance/{instance.id}", facts=facts)
            case Failure():
                runtime.fail_service_call(instance.id, row.id, fault(row, outcome), now=now)
                facts["error"] = outcome.error
                audit.record("service_call:failed", by="system", on=f"instance/{instance.id}", facts=facts)
    except ServiceCallNotWaiting:
        row.status = WITHDRAWN


def fault(row: ServiceCallRecord, found: Failure) -> EngineFault:
    """The incident of a call that failed for good."""
    said = found.text or f"{row.operator} failed ({found.error})."
    tried = "once" if row.attempts == 1 else f"{row.attempts} times"
    facts = {"operator": row.operator, "attempts": row.attempts, **found.facts}
    advice = "Retry it, answer it by hand, or let it end in an error."
    return EngineFault("service-failed", f"{said} It was tried {tried}. {advice}", facts)


# An answer that cannot be taken now


def _keep(begun: _Begun, outcome: Outcome) -> None:
    """The second transaction failed; asking again would do the work again."""
    if isinstance(outcome, Failure):
        return
    with transaction() as session:
        row = records.find(session, begun.call.id, lock=True)
        if row is not None and row.status == RUNNING:
            _hold(session, row, outcome, row.lease_until)


def _hold(session: Session, row: ServiceCallRecord, outcome: Outcome, look_at: datetime | None) -> None:
    match outcome:
        case Answered():
            kept = ["answered", dict(outcome.result)]
        case Thrown():
            kept = ["thrown", outcome.code, outcome.text]
        case Failure():
            kept = ["failed", outcome.error, outcome.text]
    row.answer = records.seal_answer(row, kept)
    row.status, row.next_at, row.lease_until = HELD, None, None
    records.wake_at(session, row, look_at)


def _kept(row: ServiceCallRecord) -> Outcome:
    kind, *rest = records.answer_of(row)
    if kind == "answered":
        return Answered(rest[0])
    return Thrown(*rest) if kind == "thrown" else Failure(rest[0], rest[1], permanent=True)
