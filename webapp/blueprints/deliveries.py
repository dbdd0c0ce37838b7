"""What arrived by webhook or file, and what became of it; with replay."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from mso.access import Viewer
from mso.cases import Case
from store import ids
from store.errors import Conflict, Invalid
from store.practice import viewing
from store.transaction import reading
from webapp.frame import when, words
from webapp.security import allow, me
from workflows.webhooks import inbound
from workflows.webhooks.log import DeliveryEntry
from workflows.webhooks.models import STATUSES

bp = Blueprint("webhooks", __name__, url_prefix="/deliveries")

STATES = {
    "processed": ("ok", "check"),
    "quarantined": ("warn", "stop"),
    "failed": ("bad", "stop"),
    "received": ("", "clock"),
}
SOURCES = {"era835": "Remittance (835)", "payer_decision": "Payer decision"}
PER_PAGE = 50


@bp.get("/")
@allow("delivery:read")
def index() -> ResponseReturnValue:
    """The delivery log, newest first."""
    viewer, status = me(), request.args.get("status", "")
    chosen = status if status in STATUSES else None
    with viewing(viewer.practices), reading() as session:
        found = inbound.list_deliveries(PER_PAGE + 1, ids.parse(request.args.get("after", "")), status=chosen)
        numbers = _numbers(session, found)
    rows = [_row(one, numbers) for one in found[:PER_PAGE]]
    more = len(found) > PER_PAGE
    options = [{"value": "", "label": "Any result", "selected": not chosen}] + [
        {"value": one, "label": words(one).capitalize(), "selected": one == chosen} for one in STATUSES
    ]
    return render_template(
        "webhooks/index.html",
        rows=rows,
        filters={"sources": [], "results": options, "q": None, "is_active": bool(chosen)},
        count_text=f"{len(rows)}{'+' if more else ''} shown",
        next_href=url_for("webhooks.index", status=status, after=found[PER_PAGE - 1].id) if more else None,
        first_href=url_for("webhooks.index", status=status) if request.args.get("after") else None,
    )


@bp.get("/<uuid:delivery_id>")
@allow("delivery:read")
def show(delivery_id: UUID) -> ResponseReturnValue:
    """One delivery with its diagnostics and cases."""
    return _page(me(), delivery_id)


@bp.post("/<uuid:delivery_id>/replay")
@allow("delivery:replay")
def replay(delivery_id: UUID) -> ResponseReturnValue:
    """Process it again; what is done already is found done."""
    reason = request.form.get("reason", "")
    try:
        inbound.replay(delivery_id, reason, me().person_id, now=g.now)
    except (Invalid, Conflict) as problem:
        return _page(me(), delivery_id, error=problem.text, reason=reason), 422
    flash("The delivery is processed again. Nothing starts twice.", "ok")
    return redirect(url_for("webhooks.show", delivery_id=delivery_id), 303)


def _page(viewer: Viewer, delivery_id: UUID, *, error: str | None = None, reason: str = "") -> str:
    with viewing(viewer.practices), reading() as session:
        found = inbound.get_delivery(delivery_id)
        numbers = _numbers(session, [found])
    may = viewer.may("delivery:replay") and found.status != "received"
    refusal = (
        None
        if may
        else ("It is being processed." if found.status == "received" else "Your roles do not let you replay.")
    )
    row = _row(found, numbers)
    signed = "signature checked" if not found.message_id.startswith("file:") else "brought in by an operator"
    return render_template(
        "webhooks/show.html",
        delivery={
            **row,
            "source": row["event"],
            "received_text": row["at_text"],
            "received_iso": row["at_iso"],
            "status": found.status,
            "size_text": f"{found.body_size:,} bytes",
            "may_replay": may,
            "replay_refusal": refusal,
        },
        checks=[
            {"ok": True, "text": "Stored before it was acknowledged", "source": f"SHA-256 {found.body_hash[:12]}…"},
            {"ok": True, "text": f"Accepted: {signed}", "source": ""},
            *_result(found),
        ],
        diagnostics=[_diagnostic(one) for one in found.diagnostics],
        cases=row["cases"],
        headers=[
            {"name": "content-type", "value": found.content_type},
            {"name": "webhook-id", "value": found.message_id},
        ],
        body=None,
        body_note=None,
        replay_error=error,
        replay_reason=reason,
    )


def _result(found: DeliveryEntry) -> list[dict[str, Any]]:
    """The last line of the checks; none while the delivery is being worked on."""
    if found.status == "received":
        return []
    return [{"ok": found.status == "processed", "text": f"Result: {words(found.status)}", "source": found.error or ""}]


def _row(one: DeliveryEntry, numbers: dict[str, str]) -> dict[str, Any]:
    state, icon = STATES[one.status]
    took = one.finished_at - one.received_at if one.finished_at else None
    return {
        "id": str(one.id),
        "href": url_for("webhooks.show", delivery_id=one.id),
        "at_text": when(one.received_at, None, now=g.now),
        "at_iso": one.received_at.isoformat(),
        "source": one.source_key,
        "event": SOURCES.get(one.source_key, one.source_key),
        "message_id": one.message_id[:40],
        "result": words(one.status).capitalize(),
        "result_state": state,
        "result_icon": icon,
        "took_text": f"{took.total_seconds():.1f} s" if took else None,
        "attempt_text": str(one.attempts),
        "cases": [
            {"number": numbers[case], "href": url_for("cases.show", case_id=case), "text": ""}
            for case in one.cases
            if case in numbers
        ],
    }


def _numbers(session: Any, found: list[DeliveryEntry]) -> dict[str, str]:
    """Case numbers of what this person may see; other cases are not even counted."""
    wanted = {ids.parse(case) for one in found for case in one.cases}
    query = select(Case.id, Case.number).where(Case.id.in_([one for one in wanted if one is not None]))
    return {str(case_id): number for case_id, number in session.execute(query)}


def _diagnostic(one: Any) -> dict[str, str]:
    severity = {"warning": "warning", "quarantine": "error", "refuse": "error"}.get(str(one.get("severity")), "info")
    where = str(one.get("path") or "")
    if one.get("segment"):
        where += f", segment {one['segment']}"
    return {"severity": severity, "where": where, "text": str(one.get("sentence") or one.get("code"))}
