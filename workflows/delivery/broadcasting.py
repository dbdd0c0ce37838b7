"""A signal is carried to each instance that waited for it when it was thrown, and starts the processes it begins.

Each hearing is a row that one worker at a time works on, in a transaction of its own: exactly once, in any order.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import sending
from store.practice import as_practice
from store.transaction import transaction
from workflows import definitions, instances, runtime, signals, triggers, wakeups
from workflows.instances import InstanceEndedAlready, InstanceSuspended
from workflows.runtime import Begun
from workflows.signals import SignalHearing, SignalRecord

Clock = Callable[[], datetime]
ATTEMPTS = 5
ACTOR = "signals"

_log = logging.getLogger(__name__)


class SignalNotHeard(RuntimeError):
    """Some could not hear a signal; its job tries them again."""


def carry(practice_id: int, signal_id: UUID, *, clock: Clock) -> None:
    """Let everybody hear a signal who is to hear it. Quiet when all have."""
    with as_practice(practice_id):
        failed = False
        while True:
            with transaction() as session:
                waiting = _waiting(session, signal_id)
            if not waiting:
                break
            failed = [_hear(one, clock) for one in waiting].count(False) > 0
            if failed:
                break
        _end(practice_id, signal_id, failed)


BATCH = 500


def _waiting(session: Session, signal_id: UUID) -> list[UUID]:
    query = select(SignalHearing.id).where(
        SignalHearing.signal_id == signal_id, SignalHearing.status == signals.WAITING
    )
    return list(session.scalars(query.order_by(SignalHearing.instance_id, SignalHearing.id).limit(BATCH)))


def _end(practice_id: int, signal_id: UUID, failed: bool) -> None:
    if failed:
        raise SignalNotHeard(f"The signal {signal_id} is carried again to those that failed.")
    with transaction() as session:
        if not _waiting(session, signal_id):
            wakeups.plan(session, wakeups.SIGNAL, practice_id, signal_id, None)


def _hear(hearing_id: UUID, clock: Clock) -> bool:
    """One hearing. False when it failed and is to be tried again."""
    try:
        with transaction() as session:
            _carry_one(session, hearing_id, clock())
        return True
    except Exception as error:
        _log.warning("signal hearing %s failed: %s", hearing_id, type(error).__name__)
        return _note_failure(hearing_id, type(error).__name__, clock())


def _carry_one(session: Session, hearing_id: UUID, now: datetime) -> None:
    """Lock the instance, then the hearing; whoever comes second finds it settled."""
    found = session.get_one(SignalHearing, _key(session, hearing_id), populate_existing=True)
    signal = session.get_one(SignalRecord, (found.practice_id, found.signal_id))
    if found.instance_id is not None:
        instances.lock(session, found.instance_id)
    hearing = _locked(session, hearing_id)
    if hearing.status != signals.WAITING:
        return
    if hearing.instance_id is not None:
        hearing.status = _let_hear(hearing.instance_id, signal, now)
    else:
        hearing.status = _start(session, str(hearing.process_key), signal, now)
    hearing.settled_at = None if hearing.status == signals.HELD else now


def _let_hear(instance_id: UUID, signal: SignalRecord, now: datetime) -> str:
    try:
        heard = runtime.deliver_signal(instance_id, signal.name, signals.payload_of(signal), now=now, by=ACTOR)
    except InstanceSuspended:
        return signals.HELD
    except InstanceEndedAlready:
        return signals.MISSED
    return signals.HEARD if heard else signals.MISSED


def _start(session: Session, process_key: str, signal: SignalRecord, now: datetime) -> str:
    element = triggers.of(definitions.current(session, process_key)).start_of("signal", signal.name)
    if element is None:
        return signals.MISSED
    begun = Begun(element, "signal", signal.name, signals.payload_of(signal))
    runtime.begin(process_key, begun, practice_id=signal.practice_id, now=now, by=ACTOR)
    return signals.STARTED


def _note_failure(hearing_id: UUID, kind: str, now: datetime) -> bool:
    with transaction() as session:
        hearing = _locked(session, hearing_id)
        if hearing.status != signals.WAITING:
            return True
        hearing.attempts, hearing.error = hearing.attempts + 1, kind
        if hearing.attempts < ATTEMPTS:
            return False
        hearing.status, hearing.settled_at = signals.FAILED, now
        return True


def _locked(session: Session, hearing_id: UUID) -> SignalHearing:
    query = select(SignalHearing).where(SignalHearing.id == hearing_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _key(session: Session, hearing_id: UUID) -> tuple[int, UUID]:
    (found,) = sending.ask(session, ("select practice_id from signal_hearing where id = %s", (hearing_id,)))
    return int(found[0][0]), hearing_id
