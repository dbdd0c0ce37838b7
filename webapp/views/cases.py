"""A case in the words of its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from mso import cases
from mso.access import Viewer
from mso.cases import Case
from mso.denials.models import FilingDeadline, Submission
from mso.denials.sheet import Sheet
from mso.people import get_person
from tasks import inbox
from tasks.models import COMPLETED, OPEN, Task
from webapp.frame import due_words, long_day, money, when, words, zone
from webapp.views.evidence import withdrawal
from webapp.views.tasks import PROCESSES, sentence, short
from workflows import definitions, history
from workflows.instances import MessageSubscription, find

OUTCOME_STATES = {
    "overturned": "ok",
    "partially_overturned": "ok",
    "corrected_and_paid": "ok",
    "upheld_final": "bad",
    "written_off": "bad",
}
STAGES = (
    ("Received", ("denied",)),
    ("Triage", ("triage_confirm", "choose_pathway", "lead_triage")),
    ("Decide", ("clinical_review", "coding_query", "peer_to_peer", "stop_review", "stop_second")),
    ("Prepare", ("collect_evidence", "finalize_letter", "attest_letter", "prepare_admin", "correct_claim")),
    ("Submit", ("submit_clinical_appeal", "submit_admin")),
    (
        "Payer decides",
        (
            *("await_decision", "payer_decided", "status_call", "record_decision"),
            *("await_reprocessing", "claim_reprocessed"),
        ),
    ),
    ("Closed", ()),
)


WAITS = "not yet; waits for a message from outside"


def row(case: Case, names: dict[int, tuple[str, str]], viewer: Viewer) -> dict[str, Any]:
    """One line of the list of cases."""
    name, state = names.get(case.practice_id, ("MSO", ""))
    return {
        "number": case.number,
        "href": url_for("cases.show", case_id=case.id),
        "process": PROCESSES.get(case.process_key, case.process_key),
        "practice": name,
        "state": state,
        "payer": case.payer_name,
        "stage": words(case.route).capitalize() or case.title,
        "status": case.status,
        "outcome": sentence(words(case.outcome)) or None,
        "outcome_state": OUTCOME_STATES.get(case.outcome or "", ""),
        "amount": money(case.amount) if shows_money(viewer) else None,
        "deadline_text": long_day(case.deadline_on) if case.deadline_on else "",
        "deadline_iso": case.deadline_on.isoformat() if case.deadline_on else "",
        "deadline_state": "",
        "opened_text": f"{case.opened_at:%b} {case.opened_at.day}",
        "opened_iso": case.opened_at.isoformat(),
    }


def shows_money(viewer: Viewer) -> bool:
    """Money is hidden from those who decide medicine."""
    return "clinician" not in viewer.roles


def header(case: Case, names: dict[int, tuple[str, str]]) -> dict[str, Any]:
    """Number, practice, payer and state of the case."""
    name, state = names.get(case.practice_id, ("MSO", ""))
    return {
        "id": str(case.id),
        "number": case.number,
        "process": PROCESSES.get(case.process_key, case.process_key),
        "practice": name,
        "state": state,
        "payer": case.payer_name,
        "status": case.status,
        "is_open": case.status == cases.OPEN,
        "outcome": sentence(words(case.outcome)) or None,
        "outcome_state": OUTCOME_STATES.get(case.outcome or "", ""),
        "badges": [],
        "diagram_href": url_for("cases.diagram", case_id=case.id),
    }


@dataclass(frozen=True)
class Progress:
    """Where a case stands, as element ids: passed, open for people, and waiting for a message from outside."""

    passed: frozenset[str]
    current: frozenset[str]
    waiting: frozenset[str]

    @property
    def here(self) -> frozenset[str]:
        return self.current | self.waiting


def progress(session: Session, case: Case) -> Progress:
    """Read from the steps, the open tasks and the messages that the case's instance waits for."""
    if case.instance_id is None:
        return Progress(frozenset(), frozenset(), frozenset())
    passed = history.passed(session, case.instance_id)
    waiting = session.scalars(
        select(MessageSubscription.element_id).where(MessageSubscription.instance_id == case.instance_id)
    )
    current = frozenset(task.element_id for task in inbox.of_case(session, case) if task.status == OPEN)
    waits = frozenset(waiting) - current
    return Progress(passed - current - waits, current, waits)


def stages(case: Case, at: Progress) -> list[dict[str, str]]:
    """The coarse steps of an appeal and which of them were done."""
    if case.process_key != "denial_appeal":
        return []
    found = []
    for name, elements in STAGES:
        if name == "Closed":
            state = "done" if case.status == cases.CLOSED else "next"
        elif at.here & set(elements):
            state = "now"
        else:
            state = "done" if at.passed & set(elements) else "next"
        found.append({"name": name, "state": state})
    return found


def where(session: Session, case: Case) -> dict[str, Any] | None:
    """The coarse steps in few words, for the pane beside the list."""
    found = stages(case, progress(session, case))
    if not found:
        return None
    done = sum(one["state"] == "done" for one in found)
    return {"process": PROCESSES[case.process_key], "step_text": f"{done} of {len(found)} done", "stages": found}


def legal_clock(
    session: Session, case: Case, deadline: FilingDeadline | None, *, now: datetime
) -> dict[str, Any] | None:
    """The filing deadline with how it was counted; None for a case that is closed."""
    if deadline is None or case.status == cases.CLOSED:
        return None
    whole = max((deadline.external_on - deadline.computed_at.date()).days, 1)
    left = (deadline.external_on - now.astimezone(zone(case.service_state)).date()).days
    filed = session.scalar(
        select(Submission.sent_on)
        .where(Submission.case_id == case.id, Submission.level == deadline.level)
        .order_by(Submission.id.desc())
        .limit(1)
    )
    left_text = f"{left} days left" if left >= 0 else f"missed {-left} days ago"
    state = "overdue" if left < 0 else ("soon" if left <= 14 else "")
    return {
        "label": "Legal clock",
        "deadline_text": f"Level {deadline.level} appeal due {long_day(deadline.external_on)}",
        "deadline_iso": deadline.external_on.isoformat(),
        "left_text": f"Filed {long_day(filed)}" if filed else left_text,
        "counted_text": " ".join(str(step) for step in deadline.explanation),
        "used_percent": min(100, max(0, round(100 * (whole - left) / whole))),
        "used_text": f"Our own target: {long_day(deadline.internal_on)}",
        "state": "" if filed else state,
    }


def facts(sheet: Sheet, viewer: Viewer) -> list[dict[str, str]]:
    """The facts, without amounts for those who decide medicine."""
    shown = sheet if shows_money(viewer) else sheet.without_money()
    return [{"label": one.label, "value": sentence(one.value), "sub": one.sub} for one in shown.facts]


def lines(sheet: Sheet) -> list[dict[str, Any]]:
    """The denied lines with the payer's codes."""
    return [
        {
            "service": line.service,
            "charge": money(line.charge),
            "paid": money(line.paid),
            "denied": money(sum((one.amount for one in line.reasons), start=type(line.reasons[0].amount)(0))),
            "adjustments": [{"code": one.code, "text": one.text, "amount": money(one.amount)} for one in line.reasons],
            "remarks": [{"code": code, "text": text} for code, text in line.remarks]
            + [{"code": policy, "text": "policy the payer cites"} for policy in line.policies],
        }
        for line in sheet.lines
    ]


def documents(case: Case, sheet: Sheet, *, now: datetime) -> list[dict[str, Any]]:
    """The documents, newest first."""
    return [
        {
            "name": one.title,
            "href": url_for("cases.document", case_id=case.id, document_id=one.id),
            "sub": " · ".join(
                (when(one.created_at, case.service_state, now=now), f"{one.size // 1024 + 1} KB", short(one.sha256))
            ),
            "withdraw": withdrawal(case, one),
        }
        for one in sheet.documents
    ]


def tasks(session: Session, case: Case, *, now: datetime) -> list[dict[str, Any]]:
    """The case's tasks with who has them."""
    return [_task(session, task, case, now) for task in inbox.of_case(session, case)]


def standing(session: Session, case: Case, at: Progress, *, now: datetime) -> list[dict[str, Any]]:
    """What is open now, and what is waited for from outside."""
    open_tasks = [
        {
            "name": task.name,
            "text": f"open since {when(task.created_at, case.service_state, now=now)}, {_holder(session, task)}",
            "href": url_for("tasks.show", task_id=task.id),
        }
        for task in inbox.of_case(session, case)
        if task.status == OPEN
    ]
    return open_tasks + [{"name": name, "text": WAITS} for _, name in waits(session, case, at)]


def waits(session: Session, case: Case, at: Progress) -> list[tuple[str, str]]:
    """Id and name of the elements that wait for a message."""
    if not at.waiting or case.instance_id is None:
        return []
    elements = definitions.get(session, find(session, case.instance_id).definition_id).process.elements
    return [(one, elements[one].name or one) for one in sorted(at.waiting) if one in elements]


def _holder(session: Session, task: Task) -> str:
    if task.assignee_id is not None:
        return f"held by {get_person(session, task.assignee_id).name}"
    return f"queue {words(task.group_key)}" if task.group_key else "unstaffed"


def _task(session: Session, task: Task, case: Case, now: datetime) -> dict[str, Any]:
    person = task.completed_by or task.assignee_id
    who = get_person(session, person).name if person else sentence(words(task.group_key))
    due = due_words(task.due_at, case.service_state, now=now) if task.status == OPEN else {}
    states = {OPEN: ("Open", "info"), COMPLETED: ("Signed" if task.is_clinical else "Done", "ok")}
    text, state = states.get(task.status, ("Withdrawn", ""))
    return {
        "title": task.name,
        "href": url_for("tasks.show", task_id=task.id),
        "state_text": f"{text}: {words(task.outcome)}" if task.outcome and task.outcome != text.lower() else text,
        "state": state,
        "who": who,
        "due_text": due.get("due_text", ""),
        "due_iso": due.get("due_iso", ""),
        "due_state": due.get("due_state", ""),
    }
