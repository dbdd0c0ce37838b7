"""Messages and signals, for programs: send them, see what became of them, replay or discard what nobody took."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy.orm import Session

from mso.practices import PracticeNotFound
from store.practice import acting_for, viewing
from store.transaction import reading
from webapp.blueprints.api.base import next_of, operation
from webapp.blueprints.api.naming import Names
from webapp.frame import practice_names
from webapp.schemas.messages import MessageDetail, MessagePage, MessageQuery, Reason, SendMessage, SendSignal, Sent
from webapp.security import me
from webapp.views.messages import plain
from workflows.delivery import handling, receiving
from workflows.delivery.handling import MessageNotFound, MessageSettled, ReasonMissing
from workflows.delivery.receiving import MessageIdRefused, MessageIdUsed, Sender, UnknownMessage
from workflows.engine import CorrelationMissing, VariableRefused
from workflows.messages import MessageRecord

PAYLOAD = "message:payload"


@operation("GET /messages", "message:read", MessagePage, takes=MessageQuery)
def list_messages(query: dict[str, Any]) -> dict[str, Any]:
    """List messages of the practices in view, newest first."""
    limit, wanted = query["limit"], query.get("status")
    names = practice_names(me())
    with viewing(me().practices), reading() as session:
        statuses = [wanted] if wanted else []
        found = handling.list_messages(
            session, limit + 1, query.get("after"), statuses=statuses, name=query.get("name")
        )
        items = [_shown(session, one, names) for one in found[:limit]]
    return {"items": items, "next": next_of(list(found), limit)}


@operation("GET /messages/<uuid:message_id>", "message:read", MessageDetail, refuses=(MessageNotFound,))
def get_message(message_id: UUID) -> dict[str, Any]:
    """One message; with its payload for those who may see it."""
    names = practice_names(me())
    with viewing(me().practices), reading() as session:
        found = handling.get(session, message_id)
        carried = plain(handling.payload(session, found)) if me().may(PAYLOAD) else None
        return _shown(session, found, names) | {"payload": carried}


@operation(
    "POST /messages", "message:send", Sent, takes=SendMessage,
    refuses=(
        PracticeNotFound, UnknownMessage, CorrelationMissing, VariableRefused, MessageIdUsed, MessageIdRefused,
    ),
)  # fmt: skip
def send_message(body: dict[str, Any]) -> dict[str, Any]:
    """Send a message. It is stored before this answers, and delivered a moment later."""
    sent = receiving.send(_practice(body), body["name"], body["payload"], _sender(body), now=g.now)
    return {"id": sent.id, "status": sent.status, "replayed": sent.replayed}


@operation(
    "POST /signals", "message:send", Sent, takes=SendSignal,
    refuses=(PracticeNotFound, VariableRefused, MessageIdUsed, MessageIdRefused),
)  # fmt: skip
def send_signal(body: dict[str, Any]) -> dict[str, Any]:
    """Throw a signal: everybody in the practice who waits for it now hears it, and nobody later."""
    sent = receiving.broadcast(_practice(body), body["name"], body["payload"], _sender(body), now=g.now)
    return {"id": sent.id, "status": sent.status, "replayed": sent.replayed}


@operation(
    "POST /messages/<uuid:message_id>/replay", "message:handle", MessageDetail, takes=Reason,
    refuses=(MessageNotFound, MessageSettled, ReasonMissing),
)  # fmt: skip
def replay_message(body: dict[str, Any], message_id: UUID) -> dict[str, Any]:
    """Look again for who waits. A message that was taken is never taken twice."""
    with acting_for(me().practices):
        handling.replay(message_id, body["reason"], me().person_id, now=g.now)
    found: dict[str, Any] = get_message(message_id)
    return found


@operation(
    "POST /messages/<uuid:message_id>/discard", "message:handle", MessageDetail, takes=Reason,
    refuses=(MessageNotFound, MessageSettled, ReasonMissing),
)  # fmt: skip
def discard_message(body: dict[str, Any], message_id: UUID) -> dict[str, Any]:
    """Let nobody have it. It stays in the list and can be replayed."""
    with acting_for(me().practices):
        handling.discard(message_id, body["reason"], me().person_id, now=g.now)
    found: dict[str, Any] = get_message(message_id)
    return found


def _practice(body: Mapping[str, Any]) -> int:
    """The practice that is sent to. Raises PracticeNotFound for one that the sender does not see."""
    practice_id = int(body["practice"])
    if practice_id not in me().practices:
        raise PracticeNotFound()
    return practice_id


def _sender(body: Mapping[str, Any]) -> Sender:
    return Sender(f"person:{me().person_id}", me().person_id, body["id"])


def _shown(session: Session, one: MessageRecord, practices: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": one.id,
        "practice": Names(session, practices).practice(one.practice_id),
        "name": one.name,
        "sender": one.sender,
        "message_id": one.message_id,
        "status": one.status,
        "received_at": one.received_at,
        "expires_at": one.expires_at,
        "settled_at": one.settled_at,
        "attempts": one.attempts,
        "error": one.error,
        "instances": one.reached,
        "payload": None,
    }
