"""Who gets a message? Whoever in the practice waits for it under its key; else it starts processes; else it is kept.

One transaction takes one message to its fate. Instances are locked in the order of their ids, then the message. Who
looks last for somebody that waits holds the locks of the message's keys, so nobody can begin to wait unseen meanwhile;
whoever is found then is locked in a new transaction, because an instance's lock comes before those of keys.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import audit, rows
from store.practice import as_practice
from store.transaction import reading, transaction
from workflows import instances, messages, runtime, triggers, wakeups
from workflows.correlation import keys_of, versions_waiting
from workflows.engine import parse_duration
from workflows.instances import MessageSubscription
from workflows.messages import Fate, MessageRecord
from workflows.runtime import Begun
from workflows.triggers import Triggers

Clock = Callable[[], datetime]
ROUNDS = 10
"""How often somebody may begin to wait while a message looks for who waits, in one go."""
ATTEMPTS = 5
ACTOR = "messages"


class StillMoving(RuntimeError):
    """Instances came and went so quickly that the message found no rest; its job tries again."""


@dataclass(frozen=True)
class _Look:
    """A message that is looked after, with all that was read about it."""

    session: Session
    message: MessageRecord
    payload: dict[str, Any]
    known: Sequence[Triggers]
    keys: frozenset[bytes]
    now: datetime


def deliver(practice_id: int, message_id: UUID, *, clock: Clock) -> None:
    """Take a queued message to its fate, and older ones of the same conversation before it. Quiet when it has one.

    A kept message expires here when its time to live is over. Raises what stood in the way, for the job to try again;
    after the last attempt the message counts as failed.
    """
    with as_practice(practice_id):
        with reading() as session:
            message = messages.find(session, message_id)
            earlier = _earlier(session, message, clock()) if message is not None else []
        if message is not None and message.status == messages.KEPT:
            _expire(message_id, clock())
        elif message is not None and message.status == messages.QUEUED:
            for one in [*earlier, message_id]:
                _take(one, clock)


def _earlier(session: Session, message: MessageRecord, now: datetime) -> list[UUID]:
    """Queued messages with one of its keys that arrived before it, oldest first: a conversation keeps its order."""
    keys = _look(session, message, now).keys if message.status == messages.QUEUED else ()
    if not keys:
        return []
    query = select(MessageRecord.id).where(
        MessageRecord.status == messages.QUEUED,
        MessageRecord.id < message.id,
        MessageRecord.keys.overlap(sorted(keys)),
    )
    return list(session.scalars(query.order_by(MessageRecord.id)))


def _take(message_id: UUID, clock: Clock) -> None:
    try:
        for _ in range(ROUNDS):
            with transaction() as session:
                if _step(session, message_id, clock()):
                    return
        raise StillMoving("Somebody began to wait each time the message was about to be kept.")
    except Exception as error:
        if _note_error(message_id, type(error).__name__, clock()):
            raise


def _step(session: Session, message_id: UUID, now: datetime) -> bool:
    """One look for a fate. False when somebody began to wait meanwhile."""
    message = messages.find(session, message_id)
    if message is None or message.status != messages.QUEUED:
        return True
    look = _look(session, message, now)
    if message.instance_id is not None:
        return _hand_over(look)
    found = messages.subscribers(session, message.practice_id, message.name, look.keys, message.thrown_by)
    for one in found:
        instances.lock(session, one.instance_id)
    if not _lock(look):
        return True
    reached = [one.instance_id for one in found if _reaches(look, one)]
    if reached:
        _settle(look, messages.DELIVERED, reached)
        return True
    messages.meet(session, message.practice_id, look.keys)
    unseen = messages.subscribers(session, message.practice_id, message.name, look.keys, message.thrown_by)
    if {one.id for one in unseen} - {one.id for one in found}:
        return False
    _start_or_keep(look)
    return True


def _look(session: Session, message: MessageRecord, now: datetime) -> _Look:
    payload = messages.payload_of(message)
    known = triggers.knowing(triggers.current(session), message.name)
    versions = [*versions_waiting(session, message.practice_id, message.name), *(one.definition_id for one in known)]
    keys = keys_of(session, message.name, payload, versions, now=now).digests
    return _Look(session, message, payload, known, keys | frozenset(message.keys), now)


def _lock(look: _Look) -> bool:
    """Lock the message; False when it has a fate already."""
    locked = messages.find(look.session, look.message.id, lock=True)
    return locked is not None and locked.status == messages.QUEUED


def _reaches(look: _Look, subscription: MessageSubscription) -> bool:
    return runtime.deliver_at(subscription, look.payload, now=look.now, by=ACTOR)


def _hand_over(look: _Look) -> bool:
    """A message for one instance."""
    message = look.message
    assert message.instance_id is not None
    held = instances.hold(look.session, message.instance_id)
    if not _lock(look):
        return True
    if held.row.ended_at is not None:
        _settle(look, messages.DISCARDED, [], error="instance-ended")
    elif runtime.take_now(held, message.name, look.payload, now=look.now, by=ACTOR):
        _settle(look, messages.DELIVERED, [message.instance_id])
    else:
        _keep(look, None)
    return True


def _start_or_keep(look: _Look) -> None:
    """Nobody waits: processes that begin with the message are started, each once; else it is kept for a while."""
    message = look.message
    starting = [(one.key, element) for one in look.known if (element := one.start_of("message", message.name))]
    if starting:
        begun = [(key, Begun(element, "message", message.name, look.payload)) for key, element in starting]
        _settle(look, messages.STARTED, [_start(look, key, one) for key, one in begun])
        return
    expires_at = expiry(look.known, message)
    if expires_at <= look.now:
        _settle(look, messages.EXPIRED, [], error=_reason(look))
    else:
        _keep(look, expires_at)


def _start(look: _Look, process_key: str, begun: Begun) -> UUID:
    return runtime.begin(process_key, begun, practice_id=look.message.practice_id, now=look.now, by=ACTOR)


def expiry(known: Sequence[Triggers], message: MessageRecord) -> datetime:
    """Until when a message is kept if nobody waits: the longest time to live that a process gives it."""
    written = [parse_duration(one.messages[message.name] or "") for one in known]
    asked = [span.after(message.received_at) for span in written if span is not None]
    return max(asked, default=message.received_at + messages.DEFAULT_TTL)


def _reason(look: _Look) -> str | None:
    """Why nobody could wait for it, for the operator."""
    if not look.known:
        return "unknown-message"
    return None if look.keys else "no-key"


def _keep(look: _Look, expires_at: datetime | None) -> None:
    session, message = look.session, look.message
    changes = {"status": messages.KEPT, "keys": sorted(look.keys), "expires_at": expires_at, "error": _reason(look)}
    rows.update(session, message, **changes)
    wakeups.plan(session, wakeups.MESSAGE, message.practice_id, message.id, expires_at)


def _settle(look: _Look, status: str, reached: Sequence[UUID], error: str | None = None) -> None:
    messages.settle(look.session, look.message, Fate(status, look.now, reached, error))
    facts = {"name": look.message.name, "instances": list(reached), "error": error}
    audit.record(f"message:{status}", by=ACTOR, on=f"message/{look.message.id}", facts=facts)


def _note_error(message_id: UUID, kind: str, now: datetime) -> bool:
    """Count a failure; True when the message is to be tried again."""
    with transaction() as session:
        message = messages.find(session, message_id, lock=True)
        if message is None or message.status != messages.QUEUED:
            return False
        if message.attempts + 1 < ATTEMPTS:
            rows.update(session, message, attempts=message.attempts + 1, error=kind)
            return True
        rows.update(session, message, attempts=message.attempts + 1)
        messages.settle(session, message, Fate(messages.FAILED, now, error=kind))
        facts = {"name": message.name, "error": kind}
        audit.record("message:failed", by=ACTOR, on=f"message/{message.id}", facts=facts)
        return False


def _expire(message_id: UUID, now: datetime) -> None:
    """End a kept message whose time to live is over."""
    with transaction() as session:
        message = messages.find(session, message_id, lock=True)
        if message is None or message.status != messages.KEPT or message.expires_at is None:
            return
        if message.expires_at > now:
            wakeups.plan(session, wakeups.MESSAGE, message.practice_id, message_id, message.expires_at)
            return
        messages.settle(session, message, Fate(messages.EXPIRED, now, error=message.error))
        audit.record("message:expired", by=ACTOR, on=f"message/{message_id}", facts={"name": message.name})
