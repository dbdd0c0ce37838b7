"""Messages: who waits for one, and what arrived before anybody waited.

Correlation keys are computed here, by us, from the validated payload; a caller cannot supply them. A message for an
instance that does not wait yet is kept and delivered when it does.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto, ids
from store.db import Base
from store.types import TENANT, Protection
from workflows import definitions
from workflows.engine import CorrelationMissing, codec, message_key
from workflows.instances import MessageSubscription, ProcessInstance


class BufferedMessage(Base):
    """A message that arrived before its instance waited for it. The payload is sealed."""

    __tablename__ = "buffered_message"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (Index(None, "practice_id", "instance_id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    message: Mapped[str]
    payload: Mapped[bytes]
    received_at: Mapped[datetime]


def digest(message: str, key: str) -> bytes:
    """What a subscription stores of its key."""
    return hashlib.sha256(f"{message}\0{key}".encode()).digest()


def find_subscribers(
    session: Session, practice_id: int, message: str, payload: Mapping[str, Any], *, now: datetime
) -> list[MessageSubscription]:
    """The practice's waiting subscriptions whose key equals the payload's, over all versions that wait for it.

    Raises CorrelationMissing when the payload lacks a field of every version's key.
    """
    # The table is shared by all practices, so the practice is asked for here: equal keys never cross.
    here = (MessageSubscription.practice_id == practice_id) & (MessageSubscription.message == message)
    waiting = select(MessageSubscription.definition_id).where(here).distinct()
    found: list[MessageSubscription] = []
    missing: CorrelationMissing | None = None
    for definition_id in session.scalars(waiting).all():
        process = definitions.get(session, definition_id).process
        try:
            key = message_key(process, message, payload, now=now)
        except CorrelationMissing as problem:
            missing = problem
            continue
        found += session.scalars(
            select(MessageSubscription).where(
                here,
                MessageSubscription.definition_id == definition_id,
                MessageSubscription.key_digest == digest(message, key),
            )
        ).all()
    if not found and missing is not None:
        raise missing
    return found


def buffer(session: Session, row: ProcessInstance, message: str, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Keep a message until the instance waits for it."""
    message_id = ids.new()
    session.add(
        BufferedMessage(
            practice_id=row.practice_id,
            id=message_id,
            instance_id=row.id,
            message=message,
            payload=crypto.seal(codec.pack_value(dict(payload)), **_place(row.practice_id, message_id)),
            received_at=now,
        )
    )


def take_buffered(session: Session, row: ProcessInstance, message: str) -> Mapping[str, Any] | None:
    """The oldest kept message of that name for an instance, removed; None when there is none."""
    found = session.scalars(
        select(BufferedMessage)
        .where(BufferedMessage.instance_id == row.id, BufferedMessage.message == message)
        .order_by(BufferedMessage.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    payload: Mapping[str, Any] = codec.unpack_value(crypto.unseal(found.payload, **_place(found.practice_id, found.id)))
    session.execute(delete(BufferedMessage).where(BufferedMessage.id == found.id))
    return payload


def drop_buffered(session: Session, instance_id: UUID, message: str) -> int:
    """Forget the kept messages of that name of an instance: nothing waits for them any more. Returns how many."""
    kept = delete(BufferedMessage).where(BufferedMessage.instance_id == instance_id, BufferedMessage.message == message)
    return len(session.scalars(kept.returning(BufferedMessage.id)).all())


def _place(practice_id: int, message_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "buffered_message", "column": "payload", "row_id": str(message_id)}
