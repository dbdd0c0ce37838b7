"""Messages: who waits for one, what arrived before anybody waited, and what became of each.

A message has exactly one fate. It is queued until a worker has looked for who waits for it; it is kept when nobody
does, until somebody with its key waits, its time to live is over, or an operator discards it. A message that is kept
for one instance waits as long as the instance runs. Payloads are case data and sealed, bound to their rows.

A message that arrives and an instance that begins to wait must not miss each other. Both take the advisory lock of the
key before they look for the other; an instance's row lock always comes first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto, ids, rows, sending
from store.db import Base
from store.types import TENANT, Protection
from workflows import correlation, wakeups
from workflows.correlation import digest, keys_of, versions_waiting
from workflows.engine import WaitingMessage, pack, unpack
from workflows.instances import MessageSubscription, ProcessInstance

QUEUED, KEPT = "queued", "kept"
DELIVERED, STARTED, EXPIRED, DISCARDED, FAILED = "delivered", "started", "expired", "discarded", "failed"
STATUSES = (QUEUED, KEPT, DELIVERED, STARTED, EXPIRED, DISCARDED, FAILED)
DEFAULT_TTL = timedelta(days=30)
SEALED_AS = "buffered_message"
"""The table's name when the first payloads were sealed; it stays part of every seal."""


class MessageRecord(Base):
    """One message.

    sender, message_id: who sent it, under which id of their own; the same pair is the same message.
    thrown_by:   the instance that threw it. instance_id: the one it is for; None: for whoever has its key.
    keys:        digests of its correlation keys. status: see the module. expires_at: of a kept one; None: never.
    reached:     ids of the instances that took it or were started by it.
    error:       a code or a class of error, no case data.
    """

    __tablename__ = "message"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (
        UniqueConstraint("practice_id", "sender", "message_id"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index("ix_message_status", "practice_id", "status", "id"),
        Index("ix_message_kept_for", "practice_id", "instance_id", postgresql_where="status = 'kept'"),
        Index("ix_message_keys", "keys", postgresql_using="gin", postgresql_where="status in ('queued', 'kept')"),
    )
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[bytes]
    sender: Mapped[str]
    message_id: Mapped[str | None]
    thrown_by: Mapped[UUID | None]
    instance_id: Mapped[UUID | None]
    keys: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    status: Mapped[str]
    received_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    attempts: Mapped[int]
    error: Mapped[str | None]
    reached: Mapped[list[Any]]


def record(practice_id: int, name: str, payload: Mapping[str, Any], sender: str, *, now: datetime) -> MessageRecord:
    """A new message that a worker has to look at; not stored yet."""
    message_id = ids.new()
    return rows.record_of(
        MessageRecord,
        practice_id=practice_id,
        id=message_id,
        name=name,
        payload=crypto.seal(pack(dict(payload)), **_place(practice_id, message_id)),
        sender=sender,
        message_id=None,
        thrown_by=None,
        instance_id=None,
        keys=[],
        status=QUEUED,
        received_at=now,
        expires_at=None,
        settled_at=None,
        attempts=0,
        error=None,
        reached=[],
    )


def queue(session: Session, message: MessageRecord, *, now: datetime) -> None:
    """Store a message and let a worker look for who waits for it."""
    rows.insert(session, message)
    wakeups.work_on(session, wakeups.MESSAGE, message.practice_id, message.id, now=now)


def payload_of(message: MessageRecord) -> dict[str, Any]:
    """What a message carries. Raises SealBroken or KeyDestroyed."""
    found: dict[str, Any] = unpack(crypto.unseal(message.payload, **_place(message.practice_id, message.id)))
    return found


# Who waits


def find_subscribers(
    session: Session, practice_id: int, message: str, payload: Mapping[str, Any], *, now: datetime
) -> list[MessageSubscription]:
    """The practice's waiting subscriptions whose key equals the payload's, over all versions that wait for it.

    One per instance, the one that has waited longest, in the order of the instances' ids: the order of their locks.
    Raises CorrelationMissing when the payload lacks a field of every version's key.
    """
    versions = versions_waiting(session, practice_id, message)
    keys = keys_of(session, message, payload, versions, now=now)
    found = subscribers(session, practice_id, message, keys.digests)
    if not found and keys.missing is not None:
        raise keys.missing
    return found


def subscribers(
    session: Session, practice_id: int, message: str, keys: Iterable[bytes], but: UUID | None = None
) -> list[MessageSubscription]:
    """The same by keys. but: an instance that does not count."""
    query = (
        select(MessageSubscription)
        .where(MessageSubscription.practice_id == practice_id, MessageSubscription.message == message)
        .where(MessageSubscription.key_digest.in_(list(keys)))
        .order_by(MessageSubscription.instance_id, MessageSubscription.id)
        .execution_options(populate_existing=True)
    )
    first: dict[UUID, MessageSubscription] = {}
    for one in session.scalars(query):
        if one.instance_id != but:
            first.setdefault(one.instance_id, one)
    return list(first.values())


def subscribe(
    session: Session, row: ProcessInstance, waiting: Iterable[WaitingMessage], known: Iterable[MessageSubscription]
) -> None:
    """Make the subscriptions equal to what the instance waits for. known: its rows, read under its lock.

    What is kept for a key that is new here is queued with the commit.
    """
    wanted = {(one.id, one.name): one for one in waiting if one.key is not None}
    for subscription in known:
        same = wanted.get((subscription.engine_task_id, subscription.message))
        if same is not None and digest(same.name, same.key or "") == subscription.key_digest:
            del wanted[same.id, same.name]
        else:
            rows.delete(session, MessageSubscription, id=subscription.id)
    fresh = [_subscription(row, one) for one in wanted.values()]
    meet(session, row.practice_id, [one.key_digest for one in fresh])
    rows.insert(session, *fresh)
    for one in fresh:
        _call_kept(session, one, now=row.updated_at)


def meet(session: Session, practice_id: int, keys: Iterable[bytes]) -> None:
    """Take the locks of keys, in their order, until the transaction ends."""
    for number in sorted({correlation.lock_number(practice_id, key) for key in keys}):
        sending.later(session, "select pg_advisory_xact_lock(%s)", (number,))


def _subscription(row: ProcessInstance, waiting: WaitingMessage) -> MessageSubscription:
    return rows.record_of(
        MessageSubscription,
        id=ids.new(),
        practice_id=row.practice_id,
        instance_id=row.id,
        definition_id=row.definition_id,
        engine_task_id=waiting.id,
        element_id=waiting.element_id,
        message=waiting.name,
        key_digest=digest(waiting.name, waiting.key or ""),
    )


_CALL_KEPT = """
    with next as (
        update message set status = 'queued', expires_at = null where practice_id = %(practice)s and id = (
            select id from message
            where practice_id = %(practice)s and status = 'kept' and keys @> array[%(key)s]::bytea[]
                and instance_id is null and expires_at > %(now)s and thrown_by is distinct from %(instance)s
            order by id limit 1 for update
        ) returning id
    ), looked as (update wake_up set look_at = %(look)s where id in (select id from next))
    select defer_once(
        %(job)s, null, jsonb_build_object('practice_id', %(practice)s::int, 'row_id', id::text), null
    ) from next"""


def _call_kept(session: Session, waiting: MessageSubscription, *, now: datetime) -> None:
    """The oldest message that is kept for a key goes to work again; the next one when the key is waited for again."""
    values = {
        "practice": waiting.practice_id,
        "key": waiting.key_digest,
        "instance": waiting.instance_id,
        "now": now,
        "look": now + wakeups.LOST_AFTER,
        "job": wakeups.JOBS[wakeups.MESSAGE],
    }
    sending.later(session, _CALL_KEPT, values)


# Kept for one instance


def buffer(session: Session, row: ProcessInstance, message: str, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Keep a message until the instance waits for it."""
    kept = record(row.practice_id, message, payload, "product", now=now)
    kept.instance_id, kept.status = row.id, KEPT
    rows.insert(session, kept)


def take_buffered(session: Session, row: ProcessInstance, message: str, *, now: datetime) -> Mapping[str, Any] | None:
    """The oldest kept message of that name for an instance, which has it now; None when there is none."""
    found = _kept_for(session, row.id, message)
    if not found:
        return None
    settle(session, found[0], Fate(DELIVERED, now, (row.id,)))
    return payload_of(found[0])


def drop_buffered(session: Session, instance_id: UUID, message: str, *, now: datetime) -> int:
    """Discard the kept messages of that name of an instance: nothing waits for them any more. Returns how many."""
    found = _kept_for(session, instance_id, message)
    for one in found:
        settle(session, one, Fate(DISCARDED, now, error="not-awaited"))
    return len(found)


_INSTANCE_ENDED = """update message set status = 'discarded', error = 'instance-ended', settled_at = %s
    where instance_id = %s and status = 'kept'"""


def instance_ended(session: Session, row: ProcessInstance, *, now: datetime) -> None:
    """What was kept for an instance has nobody to go to."""
    sending.later(session, _INSTANCE_ENDED, (now, row.id))


@dataclass(frozen=True)
class Fate:
    """What became of a message. reached: the instances that took it or were started by it; error: why not."""

    status: str
    at: datetime
    reached: Sequence[UUID] = ()
    error: str | None = None


def settle(session: Session, message: MessageRecord, fate: Fate) -> None:
    """This is what became of a locked message."""
    told = [str(one) for one in fate.reached]
    changes = {"status": fate.status, "settled_at": fate.at, "error": fate.error, "expires_at": None}
    rows.update(session, message, reached=told, **changes)
    wakeups.plan(session, wakeups.MESSAGE, message.practice_id, message.id, None)


def _kept_for(session: Session, instance_id: UUID, message: str) -> list[MessageRecord]:
    names = rows.columns(MessageRecord)
    question = f"""select {names} from message where instance_id = %s and name = %s and status = 'kept'
        order by id for update"""
    (found,) = sending.ask(session, (question, (instance_id, message)))
    return [rows.record(MessageRecord, one) for one in found]


def find(session: Session, message_id: UUID, *, lock: bool = False) -> MessageRecord | None:
    """A message in view; locked until the transaction ends. Lock the instances before it, never after."""
    question = f"select {rows.columns(MessageRecord)} from message where id = %s{' for update' if lock else ''}"
    (found,) = sending.ask(session, (question, (message_id,)))
    return rows.record(MessageRecord, found[0]) if found else None


def _place(practice_id: int, message_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": SEALED_AS, "column": "payload", "row_id": str(message_id)}
