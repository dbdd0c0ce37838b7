"""What stopped a case, explained for those who mend it: the expression with the part that failed, the table, rows."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.cases import Case
from webapp.frame import when
from webapp.views.decisions import Asked, entry
from webapp.views.deeds import step_deed
from workflows import definitions, runtime
from workflows.incidents import task_of
from workflows.instances import Incident, ProcessInstance, find
from workflows.operations import picture, verbs_of

LARGEST = 20
KINDS = {
    "missing-name": "a name is not known",
    "missing-field": "a field is missing",
    "type": "the types do not fit",
    "arithmetic": "the calculation has no result",
    "argument": "an argument does not fit",
    "function": "a function cannot be called like this",
    "regex": "the pattern cannot be used",
    "syntax": "it cannot be read",
    "budget": "it goes over a limit",
}
_WORD = re.compile(r"\w+|\S")


def stopped(
    session: Session, case: Case, viewer: Viewer, asked: Iterable[Asked], *, now: datetime
) -> list[dict[str, Any]]:
    """The open incidents of a case, newest first; what the model says only for those who may read models.

    asked: decisions of the case, to lead from an incident to its table.
    """
    if case.instance_id is None:
        return []
    query = (
        select(Incident, ProcessInstance.definition_id)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(Incident.instance_id == case.instance_id, Incident.resolved_at.is_(None))
    )
    found = session.execute(query.order_by(Incident.id.desc()).limit(LARGEST)).all()
    known = list(asked)
    deeds = _deeds_of(session, case, viewer, now)
    return [
        {
            "title": _name(session, definition_id, incident.element_id),
            "message": incident.message,
            "at_text": when(incident.opened_at, case.service_state, now=now),
            "at_iso": incident.opened_at.isoformat(),
            "table_href": _table_href(case, incident, known, now),
            "details": details(incident.facts) if viewer.may("process:read") else None,
            "deeds": deeds.get(task_of(incident), []),
            "operate_href": url_for("instances.show", instance_id=case.instance_id)
            if viewer.may("process:read")
            else None,
            "preview_href": url_for("instances.preview", instance_id=case.instance_id),
        }
        for incident, definition_id in found
    ]


def _deeds_of(session: Session, case: Case, viewer: Viewer, now: datetime) -> dict[UUID | None, list[dict[str, Any]]]:
    """What this viewer may do about each stopped step, by the engine's task; each leads to a preview."""
    if case.instance_id is None or not viewer.may("instance:operate"):
        return {}
    execution = runtime.look(session, case.instance_id, now=now)
    places: dict[UUID | None, list[dict[str, Any]]] = {}
    shown = picture.take(execution, 0, is_suspended=find(session, case.instance_id).suspended_at is not None)
    for token in shown.tokens:
        if token.state == "stopped":
            kinds = [one for one in verbs_of(shown, token) if one != "move"]
            places[token.id] = [step_deed(shown, kind, token) for kind in kinds]
    return places


def _name(session: Session, definition_id: Any, element_id: str | None) -> str:
    element = definitions.get(session, definition_id).process.elements.get(element_id or "")
    return (element.name or element.id) if element is not None else "The process"


def _table_href(case: Case, incident: Incident, asked: list[Asked], now: datetime) -> str | None:
    """The decision that the same step asked for, when it was kept."""
    if incident.kind != "decision":
        return None
    of_step = (
        one for one in asked if (one.record.element_id, one.record.at) == (incident.element_id, incident.opened_at)
    )
    found = next(of_step, None)
    return str(entry(case, found, now=now)["href"]) if found is not None else None


def details(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """{expression: {before, part, after} or None, rows: list of {label, value}}; None when there is nothing to say."""
    rows = [{"label": label, "value": value} for label, value in _rows(facts) if value]
    expression = _marked(facts) if facts.get("expression") else None
    return {"expression": expression, "rows": rows} if rows or expression else None


def _rows(facts: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "Variable", str(facts.get("target", ""))
    yield "What is wrong", KINDS.get(facts.get("problem", ""), "")
    yield "Names it reads", ", ".join(facts.get("names", ()))
    yield "Decision", str(facts.get("decision", ""))
    yield "Table", str(facts.get("table") or "")
    yield "Input", str(facts.get("input", ""))
    yield "Columns", ", ".join(facts.get("columns", ()))
    yield "Rows", ", ".join(str(one) for one in facts.get("rows", ()))
    yield "Hit policy", str(facts.get("policy", ""))


def _marked(facts: Mapping[str, Any]) -> dict[str, str]:
    """The expression in three pieces; without an end the word at the position is the part that failed."""
    text, start, end = str(facts["expression"]), facts.get("position"), facts.get("end")
    if start is None:
        return {"before": text, "part": "", "after": ""}
    if end is None:
        word = _WORD.search(text, start)
        start, end = word.span() if word else (max(len(text) - 1, 0), len(text))
    return {"before": text[:start], "part": text[start:end], "after": text[end:]}
