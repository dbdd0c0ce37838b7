"""Signals across instances: who waits for one, and who of them has heard it.

A signal is heard by everybody in the practice who waits for its name when it is thrown, and by nobody later: it is not
kept. Who that is, is written down with the signal, in the thrower's transaction; a worker then carries it to each, one
transaction per instance. The thrower itself has heard it already.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto, ids, rows, sending
from store.db import Base
from store.types import TENANT, TENANT_APPEND_ONLY, Protection
from workflows import triggers, wakeups
from workflows.engine import WaitingSignal, pack, unpack
from workflows.instances import ProcessInstance, SignalSubscription

WAITING, HELD, HEARD, STARTED, MISSED, FAILED = "waiting", "held", "heard", "started", "missed", "failed"
STATUSES = (WAITING, HELD, HEARD, STARTED, MISSED, FAILED)


class SignalRecord(Base):
    """One signal that was thrown. sender, message_id: as of a message. thrown_by: the instance, if one threw it."""

    __tablename__ = "signal"
    __protection__: ClassVar[Protection] = TENANT_APPEND_ONLY
    __table_args__ = (UniqueConstraint("practice_id", "sender", "message_id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[bytes]
    sender: Mapped[str]
    message_id: Mapped[str | None]
    thrown_by: Mapped[UUID | None]
    thrown_at: Mapped[datetime]


class SignalHearing(Base):
    """Somebody who is to hear a signal: an instance that waits, or a process that it starts.

    status: waiting; held (the instance is suspended); heard; started; missed (it waited no longer); failed.
    """

    __tablename__ = "signal_hearing"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "signal_id"], ["signal.practice_id", "signal.id"]),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index(None, "practice_id", "signal_id"),
        Index("ix_signal_hearing_held", "practice_id", "instance_id", postgresql_where="status = 'held'"),
    )
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    signal_id: Mapped[UUID]
    instance_id: Mapped[UUID | None]
    process_key: Mapped[str | None]
    status: Mapped[str]
    attempts: Mapped[int]
    error: Mapped[str | None]
    settled_at: Mapped[datetime | None]


def record(practice_id: int, name: str, payload: Any, sender: str, *, now: datetime) -> SignalRecord:
    """A new signal; not stored yet."""
    signal_id = ids.new()
    return rows.record_of(
        SignalRecord,
        practice_id=practice_id,
        id=signal_id,
        name=name,
        payload=crypto.seal(pack(payload), **_place(practice_id, signal_id)),
        sender=sender,
        message_id=None,
        thrown_by=None,
        thrown_at=now,
    )


_WHO_WAITS = """
    insert into signal_hearing (practice_id, id, signal_id, instance_id, status, attempts)
    select %(practice)s, gen_random_uuid(), %(signal)s, instance_id, 'waiting', 0
    from (
        select distinct instance_id from signal_subscription
        where practice_id = %(practice)s and name = %(name)s and instance_id is distinct from %(thrower)s
    ) as waiting"""


def throw(session: Session, signal: SignalRecord) -> None:
    """Store a signal with everybody who is to hear it, and let a worker carry it."""
    rows.insert(session, signal)
    address(session, signal)


def address(session: Session, signal: SignalRecord) -> None:
    """Write down who is to hear a stored signal, and let a worker carry it."""
    values = {
        "practice": signal.practice_id,
        "signal": signal.id,
        "name": signal.name,
        "thrower": signal.thrown_by,
    }
    sending.later(session, _WHO_WAITS, values)
    starting = [one.key for one in triggers.current(session) if one.start_of("signal", signal.name)]
    rows.insert(session, *(_start(signal, key) for key in starting))
    wakeups.work_on(session, wakeups.SIGNAL, signal.practice_id, signal.id, now=signal.thrown_at)


def _start(signal: SignalRecord, process_key: str) -> SignalHearing:
    return rows.record_of(
        SignalHearing,
        practice_id=signal.practice_id,
        id=ids.new(),
        signal_id=signal.id,
        process_key=process_key,
        status=WAITING,
        attempts=0,
    )


def payload_of(signal: SignalRecord) -> Any:
    """What a signal carries. Raises SealBroken or KeyDestroyed."""
    return unpack(crypto.unseal(signal.payload, **_place(signal.practice_id, signal.id)))


def subscribe(
    session: Session, row: ProcessInstance, waiting: Iterable[WaitingSignal], known: Sequence[SignalSubscription]
) -> None:
    """Make the subscriptions equal to what the instance waits for. known: its rows, read under its lock."""
    wanted = {(one.id, one.name): one for one in waiting}
    for subscription in known:
        if wanted.pop((subscription.engine_task_id, subscription.name), None) is None:
            rows.delete(session, SignalSubscription, id=subscription.id)
    rows.insert(
        session,
        *(
            rows.record_of(
                SignalSubscription,
                id=ids.new(),
                practice_id=row.practice_id,
                instance_id=row.id,
                engine_task_id=one.id,
                element_id=one.element_id,
                name=one.name,
            )
            for one in wanted.values()
        ),
    )


_RELEASE = """
    with freed as (
        update signal_hearing set status = 'waiting' where instance_id = %(instance)s and status = 'held'
        returning signal_id, practice_id
    )
    insert into wake_up (id, practice_id, kind, look_at)
    select distinct signal_id, practice_id, 'signal', %(now)s::timestamptz from freed
    on conflict (id) do update set look_at = excluded.look_at"""


def release(session: Session, instance_id: UUID, *, now: datetime) -> None:
    """An instance is no longer suspended: it hears what was held back meanwhile."""
    sending.later(session, _RELEASE, {"instance": instance_id, "now": now})


def _place(practice_id: int, signal_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "signal", "column": "payload", "row_id": str(signal_id)}
