"""What operators see of messages and do with them: list, look, send to work again, discard.

Replay and discard act on one message of the practices in view; each needs a reason and leaves an audit entry.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import audit, crypto, ids, rows, sending
from store.db import Base
from store.errors import Conflict, Invalid, NotFound
from store.practice import narrow, narrowing
from store.transaction import require_transaction, transaction
from store.types import TENANT_APPEND_ONLY, Protection
from workflows import messages, wakeups
from workflows.messages import DISCARDED, EXPIRED, FAILED, KEPT, QUEUED, Fate, MessageRecord

LARGEST_PAGE = 200
LONGEST_REASON = 500
OPEN = (QUEUED, KEPT, FAILED)
"""Statuses somebody should look at."""
REPLAYABLE = (KEPT, EXPIRED, DISCARDED, FAILED)
DISCARDABLE = (KEPT, FAILED)


class MessageHandling(Base):
    """What an operator did with a message. kind: replayed or discarded; reason: sealed, people write names into it."""

    __tablename__ = "message_handling"
    __protection__: ClassVar[Protection] = TENANT_APPEND_ONLY
    __table_args__ = (Index(None, "practice_id", "message_id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID]
    kind: Mapped[str]
    by: Mapped[UUID | None]
    at: Mapped[datetime]
    reason: Mapped[bytes]


class MessageNotFound(NotFound):
    """No such message in the practices in view."""

    code = "message.not_found"


class MessageSettled(Conflict):
    """The message was taken already; it is never taken twice."""

    code = "message.settled"
    message = "This message is {status}, so this cannot be done. Look at it again to see what became of it."


class ReasonMissing(Invalid):
    """An operator says why."""

    code = "message.reason"
    message = "Say in a few words, at most 500 characters, why this is done; it is kept with the message."


def list_messages(
    session: Session, limit: int, after: UUID | None = None, *, statuses: Sequence[str] = (), name: str | None = None
) -> Sequence[MessageRecord]:
    """Messages in view, newest first. after: id of the last one of the page before."""
    query = select(MessageRecord)
    if statuses:
        query = query.where(MessageRecord.status.in_(statuses))
    if name:
        query = query.where(MessageRecord.name == name)
    if after is not None:
        query = query.where(MessageRecord.id < after)
    return session.scalars(query.order_by(MessageRecord.id.desc()).limit(min(limit, LARGEST_PAGE))).all()


def counts(session: Session) -> Mapping[str, int]:
    """How many messages in view are open, by status."""
    query = select(MessageRecord.status, func.count()).where(MessageRecord.status.in_(OPEN))
    return {status: count for status, count in session.execute(query.group_by(MessageRecord.status))}


def get(session: Session, message_id: UUID) -> MessageRecord:
    """A message in view. Raises MessageNotFound."""
    found = session.scalars(select(MessageRecord).where(MessageRecord.id == message_id)).first()
    if found is None:
        raise MessageNotFound()
    return found


def payload(session: Session, message: MessageRecord) -> dict[str, Any]:
    """What it carries. In a reading block."""
    return messages.payload_of(message)


def replay(message_id: UUID, reason: str, by: UUID | None, *, now: datetime) -> None:
    """Look again for who waits, with a new time to live. Opens its own transaction, in the scope of the caller.

    Raises MessageNotFound, MessageSettled, ReasonMissing.
    """
    with transaction() as session:
        message = _locked(session, message_id, reason, REPLAYABLE)
        before = message.status
        changes = {"status": QUEUED, "attempts": 0, "error": None, "expires_at": None, "settled_at": None}
        rows.update(session, message, received_at=now, reached=[], **changes)
        wakeups.work_on(session, wakeups.MESSAGE, message.practice_id, message.id, now=now)
        entry = _remember(session, message, ("replayed", reason.strip()), by, now)
        facts = {"name": message.name, "from": before, "handling": entry}
        audit.record("message:replayed", by=by, on=f"message/{message_id}", facts=facts)


def discard(message_id: UUID, reason: str, by: UUID | None, *, now: datetime) -> None:
    """Nobody is to get it. Opens its own transaction, in the scope of the caller.

    Raises MessageNotFound, MessageSettled, ReasonMissing.
    """
    with transaction() as session:
        message = _locked(session, message_id, reason, DISCARDABLE)
        messages.settle(session, message, Fate(DISCARDED, now, error="by-operator"))
        facts = {"name": message.name, "handling": _remember(session, message, ("discarded", reason.strip()), by, now)}
        audit.record("message:discarded", by=by, on=f"message/{message_id}", facts=facts)


def handled(session: Session, message_id: UUID) -> list[tuple[MessageHandling, str]]:
    """What operators did with a message and why, oldest first."""
    query = select(MessageHandling).where(MessageHandling.message_id == message_id).order_by(MessageHandling.id)
    found = session.scalars(query).all()
    return [(one, crypto.unseal(one.reason, **_place(one.practice_id, one.id)).decode()) for one in found]


def _remember(session: Session, message: MessageRecord, done: tuple[str, str], by: UUID | None, now: datetime) -> UUID:
    entry_id, (kind, reason) = ids.new(), done
    sealed = crypto.seal(reason.encode(), **_place(message.practice_id, entry_id))
    entry = rows.record_of(
        MessageHandling,
        practice_id=message.practice_id,
        id=entry_id,
        message_id=message.id,
        kind=kind,
        by=by,
        at=now,
        reason=sealed,
    )
    rows.insert(session, entry)
    return entry_id


def _place(practice_id: int, entry_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "message_handling", "column": "reason", "row_id": entry_id}


def _locked(session: Session, message_id: UUID, reason: str, allowed: Sequence[str]) -> MessageRecord:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    if narrow(sending.ask(session, narrowing("message", message_id))[0]) is None:
        raise MessageNotFound()
    message = messages.find(require_transaction(), message_id, lock=True)
    if message is None:
        raise MessageNotFound()
    if message.status not in allowed:
        raise MessageSettled(status=message.status)
    return message
