"""A task in the words of its page: rows, header, gate panel, facts, signature sheet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.authority import DecisionType, find_decision_type
from mso.people import get_person
from mso.practices import get_practice
from tasks import eligibility, gate, page, signatures
from tasks.eligibility import Verdict
from tasks.inbox import Row
from tasks.models import OPEN, Task
from webapp.frame import clock_text, due_words, money, stamp, words
from webapp.views.evidence import withdrawal
from workflows import definitions

PROCESSES = {"denial_appeal": "Denial appeal", "era_exception": "Remittance exception"}
INDEPENDENCE = (
    "The practice decides. MSO staff cannot claim, pre-fill, edit or reassign this to someone without a license."
)


@dataclass(frozen=True)
class Names:
    """What stands behind ids, for one request.

    practices: name and state; people: names; gates: decision type -> who may take it, in few words ("MD or DO").
    """

    practices: dict[int, tuple[str, str]]
    people: dict[UUID, str] = field(default_factory=dict)
    gates: dict[str, str] = field(default_factory=dict)

    def practice(self, practice_id: int) -> tuple[str, str]:
        return self.practices.get(practice_id, ("MSO", ""))


@dataclass(frozen=True)
class Place:
    """Where a row is shown: the task open beside the list, and the list's own address."""

    current: UUID | None
    back: str


def name_all(session: Session, rows: Iterable[Row], names: Names, *, now: datetime) -> Names:
    """The names that these rows need, each read once."""
    people = {one.task.assignee_id for one in rows if one.task.assignee_id is not None}
    types = {one.task.decision_type for one in rows if one.task.decision_type is not None}
    found = {person: get_person(session, person).name for person in people}
    gates = {key: _classes(find_decision_type(session, key, now.date())) for key in types}
    return Names(names.practices, found, gates)


def _classes(decision: DecisionType | None) -> str:
    accepted = list(decision.accept_classes) if decision else []
    if not accepted:
        return "Nobody"
    more = f" +{len(accepted) - 2}" if len(accepted) > 2 else ""
    return " or ".join(accepted[:2]) + more


def row(found: Row, names: Names, place: Place, *, now: datetime) -> dict[str, Any]:
    """One line of the list."""
    task, case = found.task, found.case
    name, state = names.practice(task.practice_id)
    href = url_for("inbox.index", **_query(place.back), task=task.id)
    return {
        "id": str(task.id),
        "title": task.name,
        "href": href,
        "case_number": case.number if case else "",
        "practice": name,
        "state": state,
        "payer": case.payer_name if case else None,
        "amount": None if task.is_clinical or case is None else money(case.amount),
        "gate": names.gates.get(task.decision_type or ""),
        "gate_ok": task.is_clinical,
        "reason": f"File by {case.deadline_on:%b} {case.deadline_on.day}" if case and case.deadline_on else None,
        "assignee": names.people.get(task.assignee_id) if task.assignee_id else None,
        "process": PROCESSES.get(task.process_key, task.process_key),
        "is_current": task.id == place.current,
        **due_words(task.due_at, state, now=now),
    }


def header(session: Session, found: Row, viewer: Viewer, *, now: datetime, back: str) -> dict[str, Any]:
    """Title, due, claim state: what stands above everything else."""
    task, case = found.task, found.case
    due = due_words(task.due_at, case.service_state if case else None, now=now)
    mine = task.assignee_id == viewer.person_id
    holder = get_person(session, task.assignee_id).name if task.assignee_id and not mine else None
    refusal = _claim_refusal(session, task, viewer, now=now)
    is_open = task.status == OPEN
    return {
        "id": str(task.id),
        "title": task.name,
        "process": PROCESSES.get(task.process_key, task.process_key),
        "case": {
            "number": case.number if case else "",
            "href": url_for("cases.show", case_id=case.id) if case else back,
        },
        "due_text": due["due_long"] if is_open else "",
        "due_iso": due["due_iso"],
        "due_state": due["due_state"] if is_open else "",
        "href": url_for("tasks.show", task_id=task.id),
        "back_href": back,
        "back_label": "Tasks",
        "assignee": holder,
        "is_mine": mine,
        "may_claim": is_open and not task.assignee_id and refusal is None,
        "claim_refusal": refusal if is_open and not mine else None,
        "version": task.version,
        "is_done": not is_open,
        "done_text": None if is_open else _done(session, task),
        "is_clinical": task.is_clinical,
        "state_text": f"Held by {holder}" if holder and is_open else None,
    }


def gate_panel(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> dict[str, Any] | None:
    """The clinical gate: who may sign and why; None for a task that is no decision."""
    if not task.is_clinical:
        return None
    panel = gate.panel(session, task, viewer, now=now)
    able = [one for one in panel.others if one.eligible]
    unable = [one for one in panel.others if not one.eligible]
    state = "may_sign" if panel.you.eligible else ("unstaffed" if panel.is_unstaffed else "may_not")
    who = eligibility.who_may_sign(panel.requirement, get_practice(session, task.practice_id).name)
    return {
        "state": state,
        "as_of_iso": now.isoformat(),
        "as_of_text": f"as of {clock_text(now, task.state_code)}",
        "decision": words(task.decision_type).capitalize(),
        "releases": _releases(session, task),
        "who": who,
        "you": _reasons(panel.you),
        "others": _others(able, unable),
        "independence": INDEPENDENCE,
        "escalation": "Nobody qualifies today." if state == "unstaffed" else None,
    }


def facts(view: page.TaskPage) -> list[dict[str, str]]:
    """The case facts as the signature covers them."""
    if view.sheet is None:
        return []
    shown = [{"label": one.label, "value": sentence(one.value), "sub": one.sub} for one in view.sheet.facts]
    for line in view.sheet.lines:
        value = "; ".join(f"{one.code} {one.text}" for one in line.reasons)
        shown.append({"label": line.service, "value": value, "sub": ", ".join(code for code, _ in line.remarks)})
    return shown


def documents(view: page.TaskPage) -> list[dict[str, Any]]:
    """The case's documents with their hashes shortened."""
    if view.sheet is None or view.case is None:
        return []
    return [
        {
            "name": one.title,
            "href": url_for("cases.document", case_id=view.case.id, document_id=one.id),
            "sub": f"{one.media_type.rpartition('/')[2].upper()} · {short(one.sha256)}",
            "withdraw": withdrawal(view.case, one),
        }
        for one in view.sheet.documents
    ]


def signature_sheet(
    session: Session, task: Task, view: page.TaskPage, viewer: Viewer, posted: dict[str, Any]
) -> dict[str, Any]:
    """What will be signed. posted: outcome, answers (list of pairs), digest, error, now."""
    license_ = gate.panel(session, task, viewer, now=posted["now"]).you.license
    held = f"{numbered(license_.state, license_.number)} · active to {license_.expires_on}" if license_ else ""
    rationale = dict(posted["answers"]).get("rationale", "")
    return {
        "decision": f"{words(task.decision_type).capitalize()}, {view.case.number if view.case else ''}",
        "outcome": words(posted["outcome"]).capitalize(),
        "outcome_state": "",
        "rationale": rationale[:280] + ("…" if len(rationale) > 280 else ""),
        "rationale_note": f"{len(rationale)} characters" if rationale else "",
        "relies": [{"name": one.title, "hash": short(one.sha256)} for one in view.sheet.documents]
        if view.sheet
        else [],
        "rules": f"Process v{view.definition_version} · form {short(view.form_digest)}",
        "meaning": signatures.meaning_of(task.decision_type or ""),
        "printed_name": get_person(session, viewer.person_id).printed_name,
        "license_text": held,
        "answers": posted["answers"],
        "digest": posted["digest"],
        "seen_version": task.version,
        "request_id": "",
        "error": posted.get("error"),
    }


def outcomes(task: Task) -> dict[str, str]:
    """The declared outcomes with the words for them."""
    return {str(one): words(str(one)).capitalize() for one in task.outcomes}


def sentence(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def numbered(state: str, number: str) -> str:
    """A license's state and number; a number that already begins with the state is left as it is."""
    return number if number.startswith(state) else f"{state} {number}"


def short(sha256: str) -> str:
    """A hash as people compare it: "a41f…09c2"."""
    return f"{sha256[:4]}…{sha256[-4:]}"


def _claim_refusal(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> str | None:
    if task.is_clinical:
        may = gate.panel(session, task, viewer, now=now).you.eligible
        return None if may else "Only somebody licensed for this decision may claim it."
    if task.group_key not in viewer.groups:
        return f"This task belongs to the queue {words(task.group_key) or 'unstaffed'}, which you do not staff."
    if str(viewer.person_id) in task.exclusions:
        return "You acted earlier in this case, so another person has to do this step."
    return None


def _reasons(verdict: Verdict) -> list[dict[str, Any]]:
    if verdict.eligible:
        license_ = verdict.license
        assert license_ is not None
        checked = f"source checked {license_.verified_at:%b %d}" if license_.verified_at else ""
        number = numbered(license_.state, license_.number)
        text = f"{license_.license_class} {number}, active to {license_.expires_on}"
        return [
            {"ok": True, "text": text, "source": checked},
            {"ok": True, "text": "On the practice’s side", "source": "affiliation register"},
            {"ok": True, "text": "No conflict found", "source": "exclusion lists searched"},
        ]
    return [{"ok": False, "text": one.sentence, "source": one.remedy} for one in verdict.reasons]


def _others(able: list[Verdict], unable: list[Verdict]) -> str:
    names = ", ".join(one.name for one in able)
    may = f"{len(able)} may sign{': ' + names if names else ''}."
    return f"{may} {len(unable)} of the practice’s people may not." if unable else may


def _releases(session: Session, task: Task) -> str:
    elements = definitions.get(session, task.definition_id).process.elements
    released = [
        one.name or one.id for one in elements.values() if one.properties.get("requiresDecision") == task.decision_type
    ]
    return ", ".join(released) or "the next step of the case"


def _done(session: Session, task: Task) -> str | None:
    if task.completed_at is not None and task.completed_by is not None:
        who = get_person(session, task.completed_by).printed_name
        verb = "Signed" if task.is_clinical else "Completed"
        outcome = f": {words(task.outcome)}" if task.outcome else ""
        return f"{verb} by {who}, {stamp(task.completed_at, task.state_code)}{outcome}."
    return "This task was withdrawn because the case went on without it." if task.withdrawn_at else None


def _query(back: str) -> dict[str, Any]:
    _, _, query = back.partition("?")
    pairs = (part.partition("=") for part in query.split("&") if part)
    return {name: value for name, _, value in pairs if name != "task"}
