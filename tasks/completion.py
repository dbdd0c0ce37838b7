"""Completing a task: the one road by which a human task moves its process. A clinical one passes signed only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mso.access import Viewer
from mso.people import reauthenticate
from store import audit, rows
from store.errors import Conflict, Invalid
from store.practice import as_practice
from store.transaction import transaction
from tasks import drafts, forms, gate, page, signatures
from tasks.assignment import claiming, find_open, locate, require_may_act, take
from tasks.eligibility import Verdict
from tasks.forms import Posted
from tasks.holding import HeldTask, holding, note
from tasks.models import COMPLETED, Task
from tasks.routing import policy_day
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
    """What a person sends.

    values:  answers by field; or, with is_form, a posted HTML form, which is read by the form it answers.
    seen:    the digest of the page they saw (tasks.page), or None for a task without signature.
    """

    values: Mapping[str, Any] | Posted
    outcome: str | None = None
    seen: str | None = None
    password: str | None = field(default=None, repr=False)
    is_form: bool = False

    def answers_to(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was sent, by the fields of a form."""
        sent: Any = self.values
        return forms.from_urlencoded(form, sent) if self.is_form else sent


def prove(viewer: Viewer, password: str, *, now: datetime) -> Reauthentication:
    """Check the password, before any row is locked: argon2 takes its time on purpose.

    Raises WrongPassword, SignInThrottled.
    """
    reauthenticate(viewer.person_id, password, now=now)
    return Reauthentication(viewer.person_id, "password", now)


def complete(
    viewer: Viewer,
    task_id: UUID,
    submission: Submission,
    *,
    now: datetime,
    proof: Reauthentication | None = None,
) -> Task:
    """Complete a task with validated answers; a clinical one with a signature. One transaction, all or nothing.

    proof: that the signer proved who they are within the last minutes; else the submission's password is checked.
    Raises UnknownTask, TaskAlreadyCompleted, TaskTaken, NotYourQueue, NotEligible, Invalid (answers), OutcomeMissing,
    ChangedSinceShown, PasswordNeeded, WrongPassword.
    """
    if submission.password:
        proof = prove(viewer, submission.password, now=now)
    with holding(viewer, task_id, signing_on=policy_day(now) if proof else None) as held:
        session, task = held.session, held.task
        # The database takes a signature of the task's holder only, so a clinical task is taken before it is signed.
        claim = (take if task.is_clinical else claiming)(session, task, viewer, now=now)
        run = runtime.open_held(session, held.instance, by=viewer.person_id, now=now)
        context = runtime.waiting_task(run, task.engine_task_id).data
        form = page.form_of(run.definition, task)
        answers = forms.validate(form, submission.answers_to(form), context, now=now)
        signed = (
            _sign(held, _Act(submission, answers, context, proof), claim.verdict, now=now) if claim.verdict else None
        )
        _finish(held, viewer, {} if task.is_clinical else claim.changes, signed, now=now)
        facts = {"element": task.element_id, "form": page.digest_of(run.definition, task)}
        audit.record("task:completed", by=viewer.person_id, on=task.reference, facts=facts)
        page.tell_completion(session, task, viewer.person_id, signed.row if signed else None, at=now)
        runtime.complete(run, task.engine_task_id, answers, signed.decision if signed else None)
        return task


def _finish(
    held: HeldTask, viewer: Viewer, claimed: Mapping[str, Any], signed: Signed | None, *, now: datetime
) -> None:
    """Close the task's row, and what hangs on it: separation of duties, the draft, its own history."""
    session, task = held.session, held.task
    outcome = signed.decision.outcome if signed else None
    done = {"status": COMPLETED, "completed_by": viewer.person_id, "completed_at": now, "outcome": outcome}
    rows.update(session, task, **claimed, **done)
    exclude_from_open_tasks(session, task, held.others)
    drafts.drop(task, viewer.person_id)
    note(session, task, "completed", viewer.person_id, now)


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
    context: Mapping[str, Any]
    proof: Reauthentication | None


def _sign(held: HeldTask, act: _Act, verdict: Verdict, *, now: datetime) -> Signed:
    session, task = held.session, held.task
    outcome = signatures.require_outcome(task, act.submission.outcome)
    view = page.build(session, task, now=now, context=act.context)
    if act.submission.seen != view.digest:
        raise ChangedSinceShown()
    if act.proof is None:
        raise PasswordNeeded(fields={"password": ["Enter your password to sign."]})
    content = signatures.Content(outcome, act.answers, view.shown, view.definition_digest)
    return signatures.sign(task, gate.signer_of(session, verdict), content, act.proof, now=now)
