"""Messages between processes and from outside: which nobody took, what became of each; with replay and discard."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from store import ids
from store.errors import Conflict, Invalid
from store.practice import acting_for, viewing
from store.transaction import reading
from webapp.frame import practice_names
from webapp.security import allow, me
from webapp.views import messages as views
from workflows.delivery import handling
from workflows.messages import STATUSES

bp = Blueprint("messages", __name__, url_prefix="/messages")
PER_PAGE = 50


@bp.get("/")
@allow("message:read")
def index() -> ResponseReturnValue:
    """Messages of the practices in view, newest first; at first those that somebody should look at."""
    status = request.args.get("status", "open")
    statuses = handling.OPEN if status == "open" else [status] if status in STATUSES else []
    after = ids.parse(request.args.get("after", ""))
    names = practice_names(me())
    with viewing(me().practices), reading() as session:
        found = handling.list_messages(session, PER_PAGE + 1, after, statuses=statuses)
        rows = [views.row(one, names, now=g.now) for one in found[:PER_PAGE]]
    more = len(found) > PER_PAGE
    options = [("open", "Not taken yet"), ("all", "All"), *((one, views.STATES[one][0]) for one in STATUSES)]
    return render_template(
        "messages/index.html",
        rows=rows,
        statuses=[{"value": one, "label": label, "selected": one == status} for one, label in options],
        is_open=status == "open",
        count_text=f"{len(rows)}{'+' if more else ''} shown",
        next_href=url_for("messages.index", status=status, after=found[PER_PAGE - 1].id) if more else None,
        first_href=url_for("messages.index", status=status) if after else None,
    )


@bp.get("/<uuid:message_id>")
@allow("message:read")
def show(message_id: UUID) -> ResponseReturnValue:
    """One message; its payload for those who may see it."""
    return _page(message_id)


@bp.post("/<uuid:message_id>/replay")
@allow("message:handle")
def replay(message_id: UUID) -> ResponseReturnValue:
    """Look again for who waits."""
    reason = request.form.get("reason", "")
    try:
        with acting_for(me().practices):
            handling.replay(message_id, reason, me().person_id, now=g.now)
    except (Invalid, Conflict) as problem:
        return _page(message_id, error=problem.text, reason=reason), 422
    flash("The message is delivered again. Whoever has it already does not get it twice.", "ok")
    return redirect(url_for("messages.show", message_id=message_id), 303)


@bp.post("/<uuid:message_id>/discard")
@allow("message:handle")
def discard(message_id: UUID) -> ResponseReturnValue:
    """Let nobody have it."""
    reason = request.form.get("reason", "")
    try:
        with acting_for(me().practices):
            handling.discard(message_id, reason, me().person_id, now=g.now)
    except (Invalid, Conflict) as problem:
        return _page(message_id, error=problem.text, reason=reason), 422
    flash("The message is discarded. It stays in the list and can be replayed.", "ok")
    return redirect(url_for("messages.show", message_id=message_id), 303)


def _page(message_id: UUID, *, error: str | None = None, reason: str = "") -> str:
    viewer, names = me(), practice_names(me())
    with viewing(viewer.practices), reading() as session:
        found = handling.get(session, message_id)
        shown = views.detail(found, viewer, names, now=g.now)
        acts = views.handling_rows(session, found, now=g.now)
        carried = views.payload_rows(handling.payload(session, found)) if viewer.may("message:payload") else None
    return render_template(
        "messages/show.html", message=shown, payload=carried, handled=acts, error=error, reason=reason
    )
