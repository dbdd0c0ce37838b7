"""One task: its page, claim and release, drafts, completion and signature."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict

from mso.people import SignInThrottled, WrongPassword
from store import faults
from store.errors import Conflict, DomainError, Invalid
from store.practice import viewing
from store.transaction import reading
from tasks import assignment, completion, drafts, forms, inbox, page, signatures
from tasks.completion import PasswordNeeded, Submission
from tasks.holding import UnknownTask
from tasks.models import OPEN
from webapp.frame import stamp, when
from webapp.security import allow, local_path, me
from webapp.views import answers, evidence
from webapp.views import tasks as views
from webapp.views.timeline import story

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


@bp.get("/<uuid:task_id>")
@allow("task:work")
def show(task_id: UUID) -> ResponseReturnValue:
    """The page of a task."""
    return _page(task_id)


@bp.post("/<uuid:task_id>/claim")
@allow("task:work")
def claim(task_id: UUID) -> ResponseReturnValue:
    """Take the task."""
    assignment.claim(me(), task_id, now=g.now)
    return redirect(local_path(request.form.get("next")) or url_for("tasks.show", task_id=task_id), 303)


@bp.post("/<uuid:task_id>/claim/release")
@allow("task:work")
def release(task_id: UUID) -> ResponseReturnValue:
    """Give it back to its queue."""
    assignment.release(me(), task_id, now=g.now)
    flash("Returned to the queue.", "ok")
    return redirect(local_path(request.form.get("next")) or url_for("inbox.index"), 303)


@bp.post("/<uuid:task_id>/draft")
@allow("task:work")
def draft(task_id: UUID) -> ResponseReturnValue:
    """Keep what is written so far."""
    completion.save_draft(me(), task_id, _posted(), now=g.now)
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        return jsonify(saved_at=f"{g.now:%H:%M}")
    flash("Draft saved.", "ok")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@bp.post("/<uuid:task_id>/form")
@allow("task:work")
def form(task_id: UUID) -> ResponseReturnValue:
    """Draw the form again for the answers given so far."""
    return _page(task_id, posted=request.form)


@bp.post("/<uuid:task_id>/completion")
@allow("task:work")
def complete(task_id: UUID) -> ResponseReturnValue:
    """Complete the task; a clinical one is checked first and signed in a second step with the password."""
    try:
        return _complete(task_id)
    except PasswordNeeded:
        return _page(task_id, posted=request.form, sign=True)
    except (WrongPassword, SignInThrottled) as refused:
        text = refused.text
        return _page(task_id, posted=request.form, sign=True, sign_error=text), 422
    except Invalid as invalid:
        return _page(task_id, posted=request.form, errors=invalid.fields or {"": [invalid.text]}), 422
    except (Conflict, DBAPIError) as problem:
        conflict = problem if isinstance(problem, Conflict) else faults.in_words(problem)
        if not isinstance(conflict, Conflict):
            raise
        _keep(task_id)
        return _conflict(task_id, conflict), 409


def _complete(task_id: UUID) -> ResponseReturnValue:
    sent = request.form
    submission = Submission(sent, sent.get("outcome"), sent.get("digest"), sent.get("password"), is_form=True)
    task = completion.complete(me(), task_id, submission, now=g.now)
    if task.is_clinical:
        return redirect(url_for("tasks.show", task_id=task_id), 303)
    flash(f"Completed: {task.name}.", "ok")
    return redirect(url_for("inbox.index"), 303)


def _page(
    task_id: UUID,
    *,
    posted: MultiDict[str, str] | None = None,
    errors: Any = None,
    sign: bool = False,
    sign_error: str | None = None,
) -> str:
    viewer = me()
    with viewing(viewer.practices), reading() as session:
        found = inbox.find(session, task_id)
        if found is None:
            raise UnknownTask()
        task, view = found.task, page.build(session, found.task, now=g.now)
        head = views.header(session, found, viewer, now=g.now, back=url_for("inbox.index"))
        is_open = task.status == OPEN
        may_fill = is_open and (head["is_mine"] or (posted is not None and head["may_claim"]))
        context = {
            "task": head,
            "gate": views.gate_panel(session, task, viewer, now=g.now) if is_open else None,
            "facts": views.facts(view),
            "documents": views.documents(view),
            "adding": evidence.adding(view.case, viewer, head["href"]) if view.case else None,
            "timeline": story(session, view.case, now=g.now, limit=8) if view.case else [],
            "form": _form(session, task, view, posted, errors or {}) if may_fill else None,
            "asks": None if may_fill else answers.shown(session, task, view),
            "asks_note": "Claim the task to fill it in" if head["may_claim"] else "Read only",
            "signed": _signed(session, task),
        }
        if sign and may_fill:
            sent = [(name, value) for name, value in (posted or MultiDict()).items(multi=True)]
            kept = [(name, value) for name, value in sent if name not in forms.RESERVED or name == "outcome"]
            detail = {
                "outcome": dict(sent).get("outcome"),
                "answers": kept,
                "digest": dict(sent).get("digest"),
                "error": sign_error,
                "now": g.now,
            }
            context["sign"] = views.signature_sheet(session, task, view, viewer, detail)
    return render_template("tasks/show.html", **context)


def _form(
    session: Any, task: Any, view: page.TaskPage, posted: MultiDict[str, str] | None, errors: Any
) -> dict[str, Any]:
    """Fields with what was typed, else the person's own draft, else what stands there at first."""
    values, outcome, note = dict(view.initial), None, ""
    if posted is not None:
        values, outcome = forms.from_urlencoded(view.form, posted), posted.get("outcome")
    elif (kept := drafts.find(session, task, me().person_id)) is not None:
        values = forms.from_urlencoded(view.form, MultiDict(kept[0]["pairs"]))
        outcome = next((value for name, value in kept[0]["pairs"] if name == "outcome"), None)
        note = f"Draft saved {when(kept[1], task.state_code, now=g.now)}"
    fields = forms.fields_for_render(view.form, values, errors, view.context, now=g.now)
    if task.is_clinical:
        fields.insert(0, forms.outcome_field(views.outcomes(task), outcome, errors.get("outcome", [])))
    return {
        "title": "Your decision" if task.is_clinical else "Your answers",
        "version_text": f"Form v{view.definition_version}",
        "fields": fields,
        "errors": forms.summary(fields, errors),
        "draft_text": note,
        "draft_notice": None,
        "seen_version": task.version,
        "request_id": "",
        # A form that is drawn again is still the answer to what its page showed at first.
        "digest": (posted.get("digest") if posted is not None else None) or view.digest,
    }


def _signed(session: Any, task: Any) -> dict[str, str] | None:
    for row in signatures.of_case(session, task.case_id) if task.case_id and task.is_clinical else []:
        if row.task_id == task.id:
            at = stamp(row.signed_at, row.state_code)
            license_ = views.numbered(row.license_snapshot["state"], row.license_snapshot["number"])
            text = f"Signed by {row.printed_name} ({license_}), {at}. Signature {views.short(row.content_hash.hex())}."
            return {"text": text}
    return None


def _conflict(task_id: UUID, conflict: Conflict) -> str:
    viewer = me()
    with viewing(viewer.practices), reading() as session:
        found = inbox.find(session, task_id)
        if found is None:
            raise UnknownTask()
        head = views.header(session, found, viewer, now=g.now, back=url_for("inbox.index"))
    done = bool(head["is_done"])
    message = f"{conflict.text} {head['done_text'] or ''}".strip()
    return render_template(
        "tasks/conflict.html", task=head, message=message, written=answers.written(), is_completed=done
    )


def _keep(task_id: UUID) -> None:
    """What was written stays as a draft where the task is still open for this person; the page shows it in any case."""
    with suppress(DomainError, DBAPIError):
        completion.save_draft(me(), task_id, _posted(), now=g.now)


def _posted() -> dict[str, Any]:
    pairs = [(name, value) for name, value in request.form.items(multi=True)]
    return {"pairs": [pair for pair in pairs if pair[0] not in forms.RESERVED or pair[0] == "outcome"]}
