"""Messages in words: what became of each, why, and what it carries for those who may see it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.people import get_person
from store import ids
from webapp.frame import when
from workflows.delivery import handling
from workflows.delivery.handling import DISCARDABLE, REPLAYABLE
from workflows.feel import Value, to_literal, to_text
from workflows.messages import MessageRecord

STATES = {
    "queued": ("Being delivered", "", "clock"),
    "kept": ("Nobody waits for it yet", "warn", "pause"),
    "delivered": ("Delivered", "ok", "check"),
    "started": ("Started a process", "ok", "play"),
    "expired": ("Expired", "bad", "stop"),
    "discarded": ("Discarded", "", "close"),
    "failed": ("Failed", "bad", "stop"),
}
"""Status -> words, state of a badge, icon."""
REASONS = {
    "unknown-message": "No published process has a message of this name. Publish the process, then replay it.",
    "no-key": "No process finds its correlation key in the payload. Correct the sender or the model, then send again.",
    "instance-ended": "The instance that it was for has ended.",
    "not-awaited": "The process went on without it.",
    "by-operator": "An operator discarded it.",
}


def row(one: MessageRecord, practices: Mapping[int, tuple[str, str]], *, now: datetime) -> dict[str, Any]:
    """A line of the list."""
    text, state, icon = STATES[one.status]
    return {
        "href": url_for("messages.show", message_id=one.id),
        "name": one.name,
        "short": str(one.id)[-12:],
        "practice": practices.get(one.practice_id, ("MSO", ""))[0],
        "sender_text": sender_text(one.sender),
        "status_text": text,
        "status_state": state,
        "status_icon": icon,
        "at_text": when(one.received_at, None, now=now),
        "at_iso": one.received_at.isoformat(),
        "until_text": when(one.expires_at, None, now=now) if one.expires_at else None,
        "until_iso": one.expires_at.isoformat() if one.expires_at else None,
    }


def detail(
    one: MessageRecord, viewer: Viewer, practices: Mapping[int, tuple[str, str]], *, now: datetime
) -> dict[str, Any]:
    """The page of one message, without its payload."""
    may = viewer.may("message:handle")
    return {
        **row(one, practices, now=now),
        "id": str(one.id),
        "facts": [{"label": label, "value": value} for label, value in _facts(one, now) if value],
        "reason": REASONS.get(one.error or ""),
        "instances": _instances(one, viewer),
        "may_replay": may and one.status in REPLAYABLE,
        "may_discard": may and one.status in DISCARDABLE,
        "refusal": None if may else "Your roles do not let you replay or discard messages.",
    }


def sender_text(sender: str) -> str:
    """Who sent it, in words."""
    kind, _, rest = sender.partition(":")
    words = {"instance": "a process", "person": "a program", "cli": "the command line", "product": "the product"}
    return words.get(kind, rest or sender)


def payload_rows(payload: Mapping[str, Value]) -> list[dict[str, str]]:
    """What a message carries, name by name."""
    return [{"label": name, "value": to_literal(value)} for name, value in sorted(payload.items())]


def handling_rows(session: Session, one: MessageRecord, *, now: datetime) -> list[dict[str, str]]:
    """What operators did with it, oldest first."""
    return [
        {
            "text": f"{act.kind.capitalize()} by {_name(session, act.by)}",
            "at_text": when(act.at, None, now=now),
            "at_iso": act.at.isoformat(),
            "reason": reason,
        }
        for act, reason in handling.handled(session, one.id)
    ]


def _name(session: Session, person_id: UUID | None) -> str:
    return get_person(session, person_id).printed_name if person_id is not None else "an operator"


def plain(value: Any) -> Any:
    """A payload for JSON: numbers as they are, values that JSON does not know as FEEL text."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
    return value if value is None or isinstance(value, bool | str) else to_text(value)


def _facts(one: MessageRecord, now: datetime) -> Sequence[tuple[str, str | None]]:
    return (
        ("Received", when(one.received_at, None, now=now)),
        ("Kept until", when(one.expires_at, None, now=now) if one.expires_at else None),
        ("Settled", when(one.settled_at, None, now=now) if one.settled_at else None),
        ("Sender", sender_text(one.sender)),
        ("Sender’s id", one.message_id),
        ("Attempts", str(one.attempts) if one.attempts else None),
        ("Last error", one.error if one.error and one.error not in REASONS else None),
    )


def _instances(one: MessageRecord, viewer: Viewer) -> list[dict[str, str | None]]:
    named = [*one.reached, *([str(one.instance_id)] if one.instance_id and not one.reached else [])]
    may = viewer.may("process:read")
    return [
        {
            "text": f"Instance {text[-12:]}",
            "href": url_for("instances.show", instance_id=ids.parse(text)) if may else None,
        }
        for text in named
    ]
