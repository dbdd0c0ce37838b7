"""Completing a task: the one road by which a human task moves its process. A clinical one passes signed only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.people import reauthenticate
from store import audit
from store.errors import Conflict, Invalid
from store.practice import as_practice
from store.transaction import transaction
from tasks import drafts, forms, gate, page, signatures
from tasks.assignment import find_open, locate, lock_open, note, require_may_act, take
from tasks.models import COMPLETED, Task
from tasks.separation import exclude_from_open_tasks
from tasks.signatures import Reauthentication, Signed
from workflows import runtime


class ChangedSinceShown(Conflict):
    """What the person saw is not what stands there now."""

    code = "task.changed_since_shown"
    message = "Something shown on this page changed while it was open. Read it again and decide; your text is kept."


class PasswordNeeded(Invalid):
    """A signature needs the password again; a session or a token is not enough."""

    code = "signature.password_needed"
    message = "Enter your password to sign."


@dataclass(frozen=True)
class Submission:
    """What a person sends. seen: the digest of the page they saw (tasks.page), or None for a task without signature."""

    values: Mapping[str, Any]
    outcome: str | None = None
    seen: str | None = None
    password: str | None = field(default=None, repr=False)


def complete(viewer: Viewer, task_id: UUID, submission: Submission, *, now: datetime) -> Task:
    """Complete a task with validated answers; a clinical one with a signature. One transaction, all or nothing.

    Raises UnknownTask, TaskAlreadyCompleted, TaskTaken, NotYourQueue, NotEligible, Invalid (answers), OutcomeMissing,
    ChangedSinceShown, PasswordNeeded, WrongPassword.
    """
    practice_id = locate(viewer, task_id)
    proof = _prove(viewer, submission, now=now)
    with as_practice(practice_id), transaction() as session:
        task = lock_open(session, task_id)
        take(session, task, viewer, now=now)
        view = page.build(session, task, now=now)
        answers = forms.validate(view.form, submission.values, view.context, now=now)
        signed = (
            _sign(session, task, viewer, _Act(submission, answers, view, proof), now=now) if task.is_clinical else None
        )
        task.status, task.completed_by, task.completed_at = COMPLETED, viewer.person_id, now
        task.outcome = signed.decision.outcome if signed else None
        session.flush()
        exclude_from_open_tasks(session, task)
        drafts.drop(task, viewer.person_id)
        note(session, task, "completed", viewer.person_id, now)
        facts = {"element": task.element_id, "form": view.form_digest}
        audit.record("task:completed", by=viewer.person_id, on=task.reference, facts=facts)
        page.tell_completion(session, task, viewer.person_id, signed.row if signed else None, at=now)
        decision = signed.decision if signed else None
        runtime.complete_user_task(task.instance_id, task.engine_task_id, answers, decision, now=now)
        return task


def save_draft(viewer: Viewer, task_id: UUID, values: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what somebody who may act has written so far.

    Raises UnknownTask, TaskAlreadyCompleted, NotYourQueue, NotEligible, DraftTooLarge.
    """
    with as_practice(locate(viewer, task_id)), transaction() as session:
        # Unlocked: a draft decides nothing, and typing must not wait for whoever works on the case.
        task = find_open(session, task_id)
        require_may_act(session, task, viewer, now=now)
        drafts.save(task, viewer.person_id, values, now=now)


@dataclass(frozen=True)
class _Act:
    submission: Submission
    answers: Mapping[str, Any]
    view: page.TaskPage
    proof: Reauthentication | None


def _prove(viewer: Viewer, submission: Submission, *, now: datetime) -> Reauthentication | None:
    """Check the password before any row is locked: argon2 takes its time on purpose."""
    if not submission.password:
        return None
    reauthenticate(viewer.person_id, submission.password, now=now)
    return Reauthentication(viewer.person_id, "password", now)


def _sign(session: Session, task: Task, viewer: Viewer, act: _Act, *, now: datetime) -> Signed:
    outcome = signatures.require_outcome(task, act.submission.outcome)
    if act.submission.seen != act.view.digest:
        raise ChangedSinceShown()
    if act.proof is None:
        raise PasswordNeeded(fields={"password": ["Enter your password to sign."]})
    signer = gate.require_signer(session, task, viewer, now=now)
    content = signatures.Content(outcome, act.answers, act.view.shown, act.view.definition_digest)
    return signatures.sign(task, signer, content, act.proof, now=now)
