"""An instance in the words of its operator's page: where it stands, what stopped, what may be done about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.cases import Case
from mso.people import Person
from webapp.frame import stamp, when
from webapp.views.deeds import DEEDS, deed, step_deed
from webapp.views.incidents import details
from webapp.views.instance_seen import STATES, Seen, case_link
from webapp.views.tasks import PROCESSES
from workflows import definitions, incidents, operations
from workflows.engine import RewindPoint, Token
from workflows.feel import to_literal
from workflows.history import InstanceEvent
from workflows.instances import Incident, ProcessInstance
from workflows.model.xml import decode
from workflows.operations import records
from workflows.operations.picture import Picture
from workflows.service_calls.records import ServiceCallRecord, input_of

DONE = {
    "suspend": "Suspended", "resume": "Resumed", "cancel": "Canceled", "set": "Variables changed",
    "retry": "Tried again",
    "answer": "Answered by hand", "skip": "Skipped", "throw": "Ended in an error", "move": "Token moved",
    "rewind": "Went back", "migrate": "Moved to another version",
}  # fmt: skip
TOKEN_STATES = {
    "open": ("Open task", "now"), "waiting": ("Waits", "waiting"), "started": ("In progress", "now"),
    "stopped": ("Stopped", "failed"),
}  # fmt: skip
CALL_STATES = {
    "waiting": "will be called", "running": "is being called", "held": "answered, taken at resume",
    "answered": "answered", "failed": "failed", "withdrawn": "no longer wanted",
}  # fmt: skip
EVENTS = 60
_HAPPENED = {"data": "variables changed", "cancelled": "withdrawn", "canceled": "canceled"}


def context(page: Seen) -> dict[str, Any]:
    """Everything the page shows."""
    return {
        "instance": page.head(),
        "tokens": [_token(page, one) for one in page.picture.tokens],
        "waits": _waits(page),
        "incidents": _incidents(page),
        "variables": _variables(page) if page.sees_values else None,
        "names": sorted(page.picture.variables),
        "deeds": _deeds(page) if page.may_operate else [],
        "operations": _operations(page),
        "events": _events(page),
        "boot": _boot(page),
    }


def _token(page: Seen, token: Token) -> dict[str, Any]:
    text, state = TOKEN_STATES[token.state]
    verbs = operations.verbs_of(page.picture, token) if page.may_operate else ()
    return {
        "id": str(token.id),
        "element_id": token.element_id,
        "name": token.name,
        "state": state,
        "state_text": text,
        "call": _call(page, token.id),
        "deeds": [step_deed(page.picture, kind, token) for kind in verbs],
    }


def _call(page: Seen, task_id: UUID) -> dict[str, Any] | None:
    row = page.session.get(ServiceCallRecord, (page.row.practice_id, task_id))
    if row is None:
        return None
    return {
        "operator": row.operator,
        "text": CALL_STATES[row.status],
        "attempts": row.attempts,
        "next_text": when(row.next_at, page.state, now=page.now) if row.next_at else "",
        "error": row.last_message or row.last_error or "",
        "log": [
            {"attempt": one["attempt"], "at_text": stamp(datetime.fromisoformat(one["at"]), page.state),
             "text": one["error"] or "answered"}
            for one in row.log[::-1]
        ],
        "input": _values(input_of(row)) if page.sees_values else None,
    }  # fmt: skip


def _deeds(page: Seen) -> list[dict[str, Any]]:
    """What may be done to the whole instance."""
    if page.row.suspended_at is not None:
        return [deed("resume"), deed("cancel")]
    numbers = operations.versions(page.session, page.row.process_key).values()
    others = [{"value": str(one), "label": f"Version {one}"} for one in numbers if one != page.definition.version]
    points = [_point(one) for one in page.execution.rewind_points()]
    mapping = "One line for each step that has another id there: old = new"
    found = [deed("suspend"), deed("set", _VARIABLE)]
    if points:
        found.append(deed("rewind", [{"name": "step", "label": "Step", "type": "select", "options": points}]))
    if others:
        version = {"name": "version", "label": "Version", "type": "select", "options": others}
        mapped = {"name": "mapping", "label": "Steps", "type": "textarea", "hint": mapping, "optional": True}
        found.append(deed("migrate", [version, mapped]))
    return [*found, deed("cancel")]


def _waits(page: Seen) -> list[dict[str, str]]:
    """Timers and messages."""
    timers = sorted(page.picture.timers.values(), key=lambda one: one.due_at)
    found = [
        {"icon": "clock", "name": page.name(one.element_id), "text": f"due {stamp(one.due_at, page.state)}"}
        for one in timers
    ]
    messages = sorted(set(page.picture.messages.values()))
    return found + [{"icon": "webhook", "name": page.name(one), "text": "waits for a message"} for one in messages]


def _incidents(page: Seen) -> list[dict[str, Any]]:
    stopped = {one.id for one in page.picture.tokens if one.state == "stopped"}
    return [
        {
            "title": page.name(one.element_id),
            "message": one.message,
            "at_text": when(one.opened_at, page.state, now=page.now),
            "at_iso": one.opened_at.isoformat(),
            "details": details(one.facts) if page.viewer.may("process:read") else None,
            "step": str(task_id) if (task_id := incidents.task_of(one)) in stopped else None,
        }
        for one in reversed(incidents.open_of(page.session, page.row.id))
    ]


def _variables(page: Seen) -> list[dict[str, str]]:
    return _values(page.picture.variables)


def _operations(page: Seen) -> list[dict[str, Any]]:
    found = records.of_instance(page.session, page.row.id)
    people = _people(page.session, [one.by for one in found])
    return [
        {
            "text": DONE[one.kind] + (f": {page.name(one.element_id)}" if one.element_id else ""),
            "who": people.get(one.by, ""),
            "reason": records.content(one).reason if page.sees_values else "",
            "at_text": stamp(one.at, page.state),
            "at_iso": one.at.isoformat(),
        }
        for one in found
    ]


def _events(page: Seen) -> list[dict[str, Any]]:
    query = select(InstanceEvent).where(InstanceEvent.instance_id == page.row.id)
    found = page.session.scalars(query.order_by(InstanceEvent.id.desc()).limit(EVENTS)).all()
    return [
        {
            "name": page.name(one.element_id) if one.element_id else "The instance",
            "what": _HAPPENED.get(one.what) or DONE.get(one.what, one.what).lower(),
            "at_text": when(one.at, page.state, now=page.now),
            "at_iso": one.at.isoformat(),
        }
        for one in found
        if one.what != "entered"
    ]


def _boot(page: Seen) -> dict[str, Any]:
    query = select(InstanceEvent.element_id).where(InstanceEvent.instance_id == page.row.id).distinct()
    states: dict[str, str] = {one: "done" for one in page.session.scalars(query) if one}
    states |= {one.element_id: TOKEN_STATES[one.state][1] for one in page.picture.tokens}
    tokens: dict[str, int] = {}
    for one in page.picture.tokens:
        tokens[one.element_id] = tokens.get(one.element_id, 0) + 1
    return {"xml": decode(page.definition.bpmn), "states": states, "tokens": tokens}


def preview(shown: operations.Preview, page: Seen) -> dict[str, Any]:
    """What an operation would do, in words."""
    found, before, after = shown.difference, shown.before, shown.after
    return {
        "kind": shown.operation.kind,
        "title": DEEDS[shown.operation.kind],
        "element": page.name(shown.element_id) if shown.element_id else "",
        "digest": shown.digest,
        "warnings": shown.warnings,
        "begun": [_line(after, _BEGINS[what], element) for what, element in found.begun],
        "gone": [_line(before, _ENDS[what], element) for what, element in found.gone],
        "timers_set": [f"{_name(after, one.element_id)}: {stamp(one.due_at, page.state)}" for one in found.timers_set],
        "timers_dropped": [_name(before, one.element_id) for one in found.timers_dropped],
        "variables": [
            {
                "name": one.name,
                "before": _text(one.before) if one.had else "not there",
                "after": _text(one.after) if one.has else "taken away",
            }
            for one in found.variables
        ]
        if page.sees_values
        else [{"name": one.name, "before": "", "after": "changed"} for one in found.variables],
        "ends": after.status in ("completed", "cancelled"),
        "status_text": STATES["suspended" if after.is_suspended else after.status][0],
        "version_text": f"Version {after.version}" if after.version != before.version else "",
    }


def row(instance: ProcessInstance, case: Case | None, version: int, *, now: datetime) -> dict[str, Any]:
    """One line of the list of instances."""
    text, state = STATES[operations.status_of(instance)]
    return {
        "href": url_for("instances.show", instance_id=instance.id),
        "short": str(instance.id)[-12:],
        "process": PROCESSES.get(instance.process_key, instance.process_key),
        "version_text": f"v{version}",
        "case": case_link(case),
        "status_text": text,
        "status_state": state,
        "started_text": when(instance.started_at, case.service_state if case else None, now=now),
        "started_iso": instance.started_at.isoformat(),
    }


def cases_of(session: Session, found: Iterable[ProcessInstance]) -> dict[UUID | None, Case]:
    """The cases of instances by id, as far as they are in view."""
    wanted = [one.subject_id for one in found if one.subject_id is not None]
    return {one.id: one for one in session.scalars(select(Case).where(Case.id.in_(wanted)))}


def incident_row(
    session: Session, incident: Incident, instance: ProcessInstance, case: Case | None, *, now: datetime
) -> dict[str, Any]:
    """One line of the list of incidents."""
    element = definitions.get(session, instance.definition_id).process.elements.get(incident.element_id or "")
    return {
        "id": str(incident.id),
        "kind": incident.kind,
        "title": (element.name or element.id) if element is not None else "The process",
        "message": incident.message,
        "href": url_for("instances.show", instance_id=instance.id),
        "process": PROCESSES.get(instance.process_key, instance.process_key),
        "case": case_link(case),
        "at_text": when(incident.opened_at, case.service_state if case else None, now=now),
        "at_iso": incident.opened_at.isoformat(),
        "may_retry": incidents.task_of(incident) is not None and instance.ended_at is None,
    }


_VARIABLE = (
    {"name": "name", "label": "Variable", "type": "text"},
    {"name": "value", "label": "New value", "type": "text", "optional": True,
     "hint": "A FEEL value: \"text\", 12.50, true, @\"2026-12-01\". Empty takes the variable away."},
)  # fmt: skip


def _point(one: RewindPoint) -> dict[str, str]:
    return {"value": str(one.task_id), "label": one.name or one.element_id}


_BEGINS = {
    "task": "opens as a task", "call": "is called", "message": "waits for a message", "stopped": "stops",
    "step": "is reached",
}  # fmt: skip
_ENDS = {
    "task": "was an open task", "call": "waited for an answer", "message": "waited for a message",
    "stopped": "was stopped", "step": "was reached",
}  # fmt: skip


def _line(shown: Picture, text: str, element_id: str) -> dict[str, str]:
    return {"name": _name(shown, element_id), "text": text}


def _name(shown: Picture, element_id: str) -> str:
    element = shown.element(element_id)
    return (element.name or element.id) if element is not None else element_id


def _values(found: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": _text(value)} for name, value in sorted(found.items())]


def _text(value: Any) -> str:
    return to_literal(value)


def _people(session: Session, wanted: Iterable[UUID]) -> dict[UUID, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(set(wanted)))
    return {one: name for one, name in session.execute(query)}
