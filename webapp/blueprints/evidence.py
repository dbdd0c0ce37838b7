"""Evidence: files that people add to a case, and take out again."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mso.denials import evidence
from mso.denials.evidence import EvidenceKnown, EvidenceRefused
from webapp.security import allow, local_path, me

bp = Blueprint("evidence", __name__, url_prefix="/cases/<uuid:case_id>/documents")


@bp.post("")
@allow("task:work")
def attach(case_id: UUID) -> ResponseReturnValue:
    """Add a file."""
    file = request.files.get("file")
    data = file.read() if file else b""
    try:
        kept = evidence.attach(me(), case_id, request.form.get("contents", ""), data, now=g.now)
    except (EvidenceRefused, EvidenceKnown) as refused:
        # On the page of the case, where another file can be chosen at once.
        flash(f"Nothing was added. {refused.text}", "warn")
    else:
        flash(f"Added: {kept.title}.", "ok")
    return _back(case_id)


@bp.post("/<uuid:document_id>/withdrawal")
@allow("task:work")
def withdraw(case_id: UUID, document_id: UUID) -> ResponseReturnValue:
    """Take a file out."""
    evidence.withdraw(me(), case_id, document_id, request.form.get("reason", ""), now=g.now)
    flash("Withdrawn. The file stays on record and goes into no packet.", "ok")
    return _back(case_id)


def _back(case_id: UUID) -> ResponseReturnValue:
    return redirect(local_path(request.form.get("next")) or url_for("cases.show", case_id=case_id), 303)
