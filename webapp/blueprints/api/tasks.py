"""Tasks, for programs: the same verbs as the page, so the same refusals."""

from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.people import SignInThrottled, WrongPassword
from mso.practices import get_practice
from store.errors import Invalid
from store.practice import viewing
from store.transaction import reading
from tasks import assignment, completion, eligibility, gate, inbox, page
from tasks.assignment import NotYourClaim, NotYourQueue, TaskTaken
from tasks.completion import ChangedSinceShown, PasswordNeeded, Submission
from tasks.eligibility import NotEligible
from tasks.forms import AnswersInvalid
from tasks.holding import TaskAlreadyCompleted, UnknownTask
from tasks.inbox import BadCursor, Row
from tasks.models import OPEN, Task
from tasks.signatures import OutcomeMissing, plain
from webapp.blueprints.api.base import operation
from webapp.blueprints.api.naming import Names
from webapp.frame import practice_names
from webapp.schemas.tasks import TASK_STATUSES, Completion, TaskDetail, TaskPage, TaskQuery, TaskSummary
from webapp.security import me
from webapp.views.cases import shows_money

TO_HOLD = (UnknownTask, TaskAlreadyCompleted, TaskTaken, NotYourQueue, NotEligible)


class SeenNeeded(Invalid):
    """A signature covers what was shown; so the program has to say what it showed."""

    code = "signature.seen_needed"
    message = "Send the `digest` of the task, as you showed it to the signer, as `seen`."


TO_SIGN = (OutcomeMissing, SeenNeeded, ChangedSinceShown, PasswordNeeded, WrongPassword, SignInThrottled)


@operation("GET /tasks", "task:work", TaskPage, takes=TaskQuery, refuses=(BadCursor,))
def list_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """List the tasks I hold, or those I may work; the most urgent first."""
    viewer = me()
    practices = practice_names(viewer)
    wanted = inbox.Filter(
        query["view"], query.get("practice"), query.get("queue"), after=query.get("after"), limit=query["limit"]
    )
    with viewing(viewer.practices), reading() as session:
        found = inbox.listing(session, viewer, wanted, now=g.now)
        names = Names(session, practices)
        return {"items": [summary(row, names) for row in found.rows], "next": found.next}


@operation("GET /tasks/<uuid:task_id>", "task:work", TaskDetail, refuses=(UnknownTask,))
def get_task(task_id: UUID) -> dict[str, Any]:
    """One task: its form, what it shows, and who may sign it."""
    viewer = me()
    practices = practice_names(viewer)
    with viewing(viewer.practices), reading() as session:
        row = _find(session, task_id)
        return summary(row, Names(session, practices)) | _detail(session, row.task, viewer)


@operation("POST /tasks/<uuid:task_id>/claim", "task:work", TaskSummary, refuses=TO_HOLD)
def claim_task(task_id: UUID) -> dict[str, Any]:
    """Take the task. Claiming what I hold already changes nothing."""
    assignment.claim(me(), task_id, now=g.now)
    return _now(task_id)


@operation(
    "DELETE /tasks/<uuid:task_id>/claim", "task:work", None, refuses=(UnknownTask, TaskAlreadyCompleted, NotYourClaim)
)
def release_task(task_id: UUID) -> str:
    """Give the task back to its queue."""
    assignment.release(me(), task_id, now=g.now)
    return ""


@operation(
    "POST /tasks/<uuid:task_id>/completion",
    "task:work",
    TaskSummary,
    takes=Completion,
    refuses=(*TO_HOLD, AnswersInvalid, *TO_SIGN),
)
def complete_task(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Complete the task. A clinical one is signed: it needs outcome, seen and the person's password."""
    submission = Submission(body["values"], body["outcome"], body["seen"], body["password"])
    try:
        completion.complete(me(), task_id, submission, now=g.now)
    except ChangedSinceShown:
        if body["seen"]:
            raise
        raise SeenNeeded(fields={"seen": [SeenNeeded.message]}) from None
    return _now(task_id)


def summary(row: Row, names: Names) -> dict[str, Any]:
    """A task as the schema TaskSummary."""
    task, case = row.task, row.case
    return {
        "id": task.id,
        "name": task.name,
        "element_id": task.element_id,
        "status": TASK_STATUSES[task.status],
        "clinical": task.is_clinical,
        "decision_type": task.decision_type,
        "queue": task.group_key,
        "practice": names.practice(task.practice_id),
        "case": {"id": case.id, "number": case.number} if case else None,
        "assignee": names.person(task.assignee_id),
        "due_at": task.due_at if task.has_due else None,
        "created_at": task.created_at,
        "completed_at": task.completed_at,
        "completed_by": names.person(task.completed_by),
        "outcome": task.outcome,
        "version": task.version,
    }


def _find(session: Session, task_id: UUID) -> Row:
    found = inbox.find(session, task_id)
    if found is None:
        raise UnknownTask()
    return found


def _now(task_id: UUID) -> dict[str, Any]:
    """The task as it stands after a verb."""
    viewer = me()
    practices = practice_names(viewer)
    with viewing(viewer.practices), reading() as session:
        return summary(_find(session, task_id), Names(session, practices))


def _detail(session: Session, task: Task, viewer: Viewer) -> dict[str, Any]:
    view = page.build(session, task, now=g.now)
    return {
        "instructions": task.instructions,
        "form": view.form,
        "initial": plain(view.initial),
        "outcomes": task.outcomes,
        "shown": _shown(view, viewer),
        "digest": view.digest,
        "gate": _gate(session, task, viewer) if task.is_clinical and task.status == OPEN else None,
    }


def _shown(view: page.TaskPage, viewer: Viewer) -> dict[str, Any]:
    """What the digest covers, without amounts for whoever decides medicine."""
    sheet = view.sheet if view.sheet is None or shows_money(viewer) else view.sheet.without_money()
    return {
        "facts": sheet.facts if sheet else (),
        "lines": [
            {
                "service": line.service,
                "reasons": line.reasons,
                "remarks": [{"code": code, "text": text} for code, text in line.remarks],
            }
            for line in (sheet.lines if sheet else ())
        ],
        "documents": sheet.documents if sheet else (),
        "texts": plain(view.shown["texts"]),
        "meaning": view.shown["meaning"],
    }


def _gate(session: Session, task: Task, viewer: Viewer) -> dict[str, Any]:
    panel = gate.panel(session, task, viewer, now=g.now)
    return {
        "eligible": panel.you.eligible,
        "reasons": panel.you.reasons,
        "who_may_sign": eligibility.who_may_sign(panel.requirement, get_practice(session, task.practice_id).name),
        "state": task.state_code,
        "unstaffed": panel.is_unstaffed,
    }
