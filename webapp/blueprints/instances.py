"""Process instances for those who keep them running: the list, one instance, incidents, and what may be done.

Nothing is done without a preview: a form leads to one, and its confirmation carries the fingerprint of what was shown.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mso.access import Viewer
from store import ids
from store.errors import DomainError, Invalid
from store.practice import viewing
from store.transaction import reading
from webapp.errors import status_of
from webapp.security import CANVAS, allow, me
from webapp.views import operations as views
from webapp.views.instance_seen import STATES, Seen
from workflows import definitions, incidents, operations
from workflows.instances import find
from workflows.operations import batch

bp = Blueprint("instances", __name__, url_prefix="/instances")
PER_PAGE = 50


@bp.get("/")
@allow("process:read")
def index() -> ResponseReturnValue:
    """The instances of the practices in view, newest first."""
    viewer, status = me(), request.args.get("status", "")
    chosen = status if status in operations.STATUSES else None
    after = ids.parse(request.args.get("after", ""))
    with viewing(viewer.practices), reading() as session:
        wanted = operations.InstanceFilter(status=chosen, after=after, limit=PER_PAGE + 1)
        found = operations.listing(session, wanted)
        cases = views.cases_of(session, found)
        rows = [
            views.row(one, cases.get(one.subject_id), definitions.get(session, one.definition_id).version, now=g.now)
            for one in found[:PER_PAGE]
        ]
        stopped = sum(incidents.kinds(session).values())
    options = [("", "Not ended"), *((one, STATES[one][0]) for one in operations.STATUSES)]
    return render_template(
        "instances/index.html",
        rows=rows,
        statuses=[{"value": one, "label": label, "selected": one == (chosen or "")} for one, label in options],
        is_filtered=bool(chosen),
        incident_count=stopped,
        count_text=f"{len(rows)}{'+' if len(found) > PER_PAGE else ''} shown",
        next_href=_next("instances.index", found, status=status) if len(found) > PER_PAGE else None,
        first_href=url_for("instances.index", status=status) if after else None,
    )


@bp.get("/incidents")
@allow("process:read")
def list_incidents() -> ResponseReturnValue:
    """Open incidents over all cases in view, newest first."""
    return _incidents(me(), request.args.get("kind", ""))


@bp.post("/incidents/retry")
@allow("instance:operate")
def retry_incidents() -> ResponseReturnValue:
    """Try the chosen incidents of one kind again, each in its own transaction."""
    kind, reason = request.form.get("kind", ""), request.form.get("reason", "")
    chosen = [one for text in request.form.getlist("incident") if (one := ids.parse(text)) is not None]
    if not chosen:
        return _incidents(me(), kind, error="Choose at least one incident.", reason=reason), 422
    try:
        with viewing(me().practices):
            tried = operations.retry_all(kind, reason, me().person_id, now=g.now, only=chosen)
    except Invalid as problem:
        return _incidents(me(), kind, error=problem.text, reason=reason), 422
    return _incidents(me(), kind, tried=tried)


@bp.get("/<uuid:instance_id>")
@allow("process:read")
def show(instance_id: UUID) -> ResponseReturnValue:
    """One instance."""
    return _page(me(), instance_id)


@bp.post("/<uuid:instance_id>/preview")
@allow("instance:operate")
def preview(instance_id: UUID) -> ResponseReturnValue:
    """What an operation would do. Nothing is changed."""
    return _preview(instance_id, None)


@bp.post("/<uuid:instance_id>/operations")
@allow("instance:operate")
def operate(instance_id: UUID) -> ResponseReturnValue:
    """Do what was previewed."""
    viewer, reason = me(), request.form.get("reason", "")
    try:
        operation = _operation(request.form)
        order = operations.Order(instance_id, operation, request.form.get("digest", ""), reason, viewer.person_id)
        with viewing(viewer.practices):
            operations.apply(order, now=g.now)
    except (operations.ReasonMissing, operations.InstanceMoved) as problem:
        return _preview(instance_id, problem)
    except DomainError as problem:
        return _refused(viewer, instance_id, problem)
    flash(f"{views.DONE[operation.kind]}. It is kept with your reason.", "ok")
    return redirect(url_for("instances.show", instance_id=instance_id), 303)


def _preview(instance_id: UUID, problem: DomainError | None) -> ResponseReturnValue:
    viewer = me()
    try:
        operation = _operation(request.form)
        with viewing(viewer.practices):
            shown = operations.preview(instance_id, operation, by=viewer.person_id, now=g.now)
            with reading() as session:
                page = Seen(session, find(session, instance_id), viewer, now=g.now)
                context = {"instance": page.head(), "preview": views.preview(shown, page)}
    except DomainError as refused:
        return _refused(viewer, instance_id, refused)
    given = [(name, text) for name, text in request.form.items() if name not in ("csrf_token", "digest", "reason")]
    page_text = render_template(
        "instances/preview.html",
        **context,
        given=given,
        reason=request.form.get("reason", ""),
        error=problem.text if problem is not None else None,
    )
    return page_text, status_of(problem) if problem is not None else 200


def _refused(viewer: Viewer, instance_id: UUID, problem: DomainError) -> ResponseReturnValue:
    """The instance's page with why it was not done; an instance that cannot be shown is the error itself."""
    texts = [problem.text]
    if isinstance(problem, Invalid):
        texts += [text for found in problem.fields.values() for text in found if text != problem.text]
    return _page(viewer, instance_id, refusal=texts), status_of(problem)


def _page(viewer: Viewer, instance_id: UUID, refusal: list[str] | None = None) -> str:
    g.page = CANVAS
    with viewing(viewer.practices), reading() as session:
        context = views.context(Seen(session, find(session, instance_id), viewer, now=g.now))
    written = [
        {"label": name, "text": text}
        for name, text in request.form.items()
        if name in ("value", "result", "mapping", "reason") and text.strip()
    ]
    return render_template("instances/show.html", **context, refusal=refusal, written=written)


def _operation(form: Mapping[str, str]) -> operations.Operation:
    """The operation of a form. A page changes one variable at a time, and maps one step a line."""
    given: dict[str, Any] = dict(form)
    name, value = form.get("name", "").strip(), form.get("value", "").strip()
    if name and value:
        given["changes"] = {name: value}
    elif name:
        given["removed"] = [name]
    pairs = (line.partition("=") for line in form.get("mapping", "").splitlines() if line.strip())
    given["mapping"] = {old.strip(): new.strip() for old, _, new in pairs}
    return operations.read(form.get("kind", ""), given)


def _incidents(viewer: Viewer, kind: str, *, error: str | None = None, reason: str = "", tried: Any = None) -> str:
    after = ids.parse(request.args.get("after", ""))
    with viewing(viewer.practices), reading() as session:
        counts = incidents.kinds(session)
        chosen = kind if kind in counts else None
        found = incidents.listing(session, kind=chosen, after=after, limit=PER_PAGE + 1)
        cases = views.cases_of(session, [instance for _, instance in found])
        rows = [
            views.incident_row(session, one, instance, cases.get(instance.subject_id), now=g.now)
            for one, instance in found[:PER_PAGE]
        ]
    options = [("", "All kinds", sum(counts.values())), *((one, one, count) for one, count in counts.items())]
    return render_template(
        "instances/incidents.html",
        rows=rows,
        kinds=[
            {"value": one, "label": f"{label} ({count})", "selected": one == (chosen or "")}
            for one, label, count in options
        ],
        kind=chosen,
        may_retry=viewer.may("instance:operate") and chosen is not None and any(row["may_retry"] for row in rows),
        error=error,
        reason=reason,
        tried={"done": sum(one.done for one in tried), "refused": [one.text for one in tried if not one.done]}
        if tried is not None
        else None,
        most=batch.LARGEST,
        next_href=_next("instances.list_incidents", [one for one, _ in found], kind=kind)
        if len(found) > PER_PAGE
        else None,
        first_href=url_for("instances.list_incidents", kind=kind) if after else None,
    )


def _next(endpoint: str, found: Any, **kept: Any) -> str:
    return url_for(endpoint, **kept, after=found[PER_PAGE - 1].id)
