"""A case's story in the words of its page."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mso import cases
from mso.cases import Case
from mso.people import get_person
from webapp.frame import when

_ICONS = {
    "opened": "bolt",
    "closed": "check",
    "step": "arrow",
    "deadline": "clock",
    "payer_answer": "bell",
    "signed": "shield-ok",
    "completed": "check",
    "evidence": "file",
    "submitted": "send",
    "incident": "stop",
}

_VERBS = {"completed": "completed: ", "signed": "signed: "}


def story(session: Session, case: Case, *, now: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """The newest entries of a case, newest first."""
    people: dict[Any, str] = {}
    entries = []
    for event in cases.story(session, case, limit=limit):
        if event.person_id is not None and event.person_id not in people:
            people[event.person_id] = get_person(session, event.person_id).printed_name
        entries.append(
            {
                "icon": _ICONS.get(event.kind, "file"),
                "state": {"signed": "sealed", "closed": "ok", "incident": "warn"}.get(event.kind, ""),
                "actor": people.get(event.person_id) if event.person_id else None,
                "text": _VERBS.get(event.kind, "") + event.text,
                "at_text": when(event.at, case.service_state, now=now),
                "at_iso": event.at.isoformat(),
            }
        )
    return entries
