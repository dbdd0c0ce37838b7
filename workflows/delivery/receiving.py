"""Messages and signals come in, from a person's program or the command line: stored first, carried by a job.

The same sender and id again is the same message: the first one's answer is given, and nothing happens twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store import audit
from store.errors import Conflict, Invalid, NotFound
from store.practice import as_practice
from store.transaction import transaction
from workflows import messages, signals, triggers
from workflows.correlation import keys_of, versions_waiting
from workflows.engine import CorrelationMissing, VariableRefused, pack
from workflows.feel import FeelError, from_python
from workflows.messages import MessageRecord
from workflows.signals import SignalRecord

LONGEST_ID = 200


class UnknownMessage(NotFound):
    """No process knows a message of that name."""

    code = "message.unknown_name"
    message = "No published process has a message named {name}. Check the name, or publish the process first."


class MessageIdUsed(Conflict):
    """The same sender used the same id for something else."""

    code = "message.id_used"
    message = "This id was used for another message. Send new content under a new id."


class MessageIdRefused(Invalid):
    """Not an id that we keep."""

    code = "message.id_refused"
    message = "An id has 1 to 200 printable characters. Use one of your own for each message."


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer to a sender. replayed: it had been sent before and did nothing now. status: as it is now."""

    id: UUID
    status: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends. by: the person, for the audit; message_id: an id of the sender's own, None: each call is a new one."""

    name: str
    by: UUID | None
    message_id: str | None = None


def send(practice_id: int, name: str, payload: Mapping[str, Any], sender: Sender, *, now: datetime) -> Sent:
    """Take a message for a practice. Correlation keys are computed from the payload.

    Raises UnknownMessage, CorrelationMissing (the payload lacks what every process looks for), MessageIdUsed,
    MessageIdRefused, VariableRefused.
    """
    checked = _checked(name, payload)
    _check_id(sender)
    with as_practice(practice_id), transaction() as session:
        _lock_id(session, practice_id, sender)
        known = _known_message(session, sender)
        if known is not None:
            _require_same(known.name == name and pack(messages.payload_of(known)) == pack(checked))
            return Sent(known.id, known.status, replayed=True)
        keys = _keys(session, practice_id, name, checked, now)
        message = messages.record(practice_id, name, checked, sender.name, now=now)
        message.message_id, message.keys = sender.message_id, sorted(keys)
        messages.queue(session, message, now=now)
        audit.record("message:sent", by=sender.by, on=f"message/{message.id}", facts={"name": name})
        return Sent(message.id, message.status, replayed=False)


def broadcast(practice_id: int, name: str, payload: Any, sender: Sender, *, now: datetime) -> Sent:
    """Throw a signal from outside: everybody in the practice who waits for it now hears it.

    Raises MessageIdUsed, MessageIdRefused, VariableRefused.
    """
    checked = _checked(name, payload)
    _check_id(sender)
    with as_practice(practice_id), transaction() as session:
        _lock_id(session, practice_id, sender)
        known = _known_signal(session, sender)
        if known is not None:
            _require_same(known.name == name and pack(signals.payload_of(known)) == pack(checked))
            return Sent(known.id, "thrown", replayed=True)
        signal = signals.record(practice_id, name, checked, sender.name, now=now)
        signal.message_id = sender.message_id
        signals.throw(session, signal)
        audit.record("signal:thrown", by=sender.by, on=f"signal/{signal.id}", facts={"name": name})
        return Sent(signal.id, "thrown", replayed=False)


def _keys(session: Session, practice_id: int, name: str, payload: Mapping[str, Any], now: datetime) -> frozenset[bytes]:
    """Somebody must know the message and find its key in it, unless it starts a process."""
    known = triggers.knowing(triggers.current(session), name)
    waiting = versions_waiting(session, practice_id, name)
    if not known and not waiting:
        raise UnknownMessage(name=name)
    keys = keys_of(session, name, payload, [*waiting, *(one.definition_id for one in known)], now=now)
    if keys.missing is not None and not any(one.start_of("message", name) for one in known):
        raise keys.missing
    return keys.digests


def _checked(name: str, value: Any) -> Any:
    try:
        return from_python(value)
    except (TypeError, ValueError, FeelError) as error:
        raise VariableRefused(name=name, reason=str(error)) from error


def _check_id(sender: Sender) -> None:
    text_of = sender.message_id
    if text_of is not None and not (0 < len(text_of) <= LONGEST_ID and text_of.isprintable()):
        raise MessageIdRefused()


def _lock_id(session: Session, practice_id: int, sender: Sender) -> None:
    """Two copies that arrive at once: the second waits for the first one's commit."""
    if sender.message_id is not None:
        values = {"name": f"{practice_id}\0{sender.name}\0{sender.message_id}".replace("\0", "\x1f")}
        session.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 4))"), values)


def _known_message(session: Session, sender: Sender) -> MessageRecord | None:
    if sender.message_id is None:
        return None
    query = select(MessageRecord).where(
        MessageRecord.sender == sender.name, MessageRecord.message_id == sender.message_id
    )
    return session.scalars(query).first()


def _known_signal(session: Session, sender: Sender) -> SignalRecord | None:
    if sender.message_id is None:
        return None
    query = select(SignalRecord).where(SignalRecord.sender == sender.name, SignalRecord.message_id == sender.message_id)
    return session.scalars(query).first()


def _require_same(same: bool) -> None:
    if not same:
        raise MessageIdUsed()


__all__ = [
    "CorrelationMissing",
    "MessageIdRefused",
    "MessageIdUsed",
    "Sender",
    "Sent",
    "UnknownMessage",
    "broadcast",
    "send",
]
