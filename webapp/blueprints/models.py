"""Models of other tools: looked at, repaired, and handed back. Nothing of them is stored."""

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, g, render_template, request, send_file
from flask.typing import ResponseReturnValue

from store import audit
from store.practice import MSO, as_practice
from store.transaction import transaction
from webapp import installation
from webapp.security import CANVAS, allow, me
from webapp.views import models as views
from workflows import repair
from workflows.model import ModelRefused, read
from workflows.model.xml import MAX_BYTES
from workflows.repair import AnswerRefused

bp = Blueprint("models", __name__, url_prefix="/models")

CARRIED = 2 * MAX_BYTES
"""A file that a form carries along, as text; of a file that cannot be made smaller."""


@bp.url_value_preprocessor
def _take_large_forms(endpoint: str | None, values: Mapping[str, Any] | None) -> None:
    """Before anything reads the form."""
    request.max_form_memory_size = CARRIED


@bp.get("/")
@allow("process:edit")
def index() -> ResponseReturnValue:
    """Choose a file."""
    return render_template("models/index.html", limit=views.LIMIT, error=None, findings=[])


@bp.post("/check")
@allow("process:edit")
def check() -> ResponseReturnValue:
    """What a file contains, what stands against it, and what can be repaired."""
    file = request.files.get("file")
    data, name = (file.read(MAX_BYTES + 1), file.filename or "") if file else (b"", "")
    if not data:
        return _again("Choose a file first. It is the one your modeling tool saves or exports as BPMN.")
    try:
        read(data)
    except ModelRefused as refused:
        with as_practice(MSO), transaction():
            facts = {"rules": [one.rule for one in refused.findings]}
            audit.record("model:refused", by=me().person_id, on=_subject(data), facts=facts)
        return _again(f"{views.file_name(name)} cannot be read as a model.", [one.message for one in refused.findings])
    shown = _page(data, views.file_name(name))
    with as_practice(MSO), transaction():
        counts = {"size": len(data), "findings": len(shown["findings"])}
        audit.record("model:checked", by=me().person_id, on=_subject(data), facts=counts)
    return render_template("models/check.html", **shown, error=None)


@bp.post("/repair")
@allow("process:edit")
def mend() -> ResponseReturnValue:
    """The file with the chosen repairs, what each of them changed, and what is left."""
    data, name = views.unpack(request.form.get("model", "")), views.file_name(request.form.get("name", ""))
    known, wanted = installation.known(), views.chosen(request.form, request.form.getlist("repair"))
    offered = {one.id: one for one in repair.propose(data, known)}
    made = [offered[one] for one in wanted if one in offered]
    try:
        repaired = repair.apply(data, wanted, known)
        if not made:
            raise AnswerRefused("Nothing was chosen. Tick the repairs you want.")
    except AnswerRefused as problem:
        g.page = CANVAS
        shown = views.page(data, name, known)
        _keep_choice(shown, wanted)
        return render_template("models/check.html", **shown, error=problem.text), 422
    with as_practice(MSO), transaction():
        changes = {"from": _subject(data), "repairs": sorted({one.id.partition(":")[0] for one in made})}
        audit.record("model:repaired", by=me().person_id, on=_subject(repaired), facts=changes)
    model = read(data)
    shown = _page(repaired, views.repaired_name(name))
    return render_template("models/repaired.html", **shown, made=[views.repair(one, model) for one in made])


@bp.post("/file")
@allow("process:edit")
def download() -> ResponseReturnValue:
    """The repaired file."""
    data = views.unpack(request.form.get("model", ""))
    name = views.file_name(request.form.get("name", ""))
    response = send_file(BytesIO(data), mimetype="application/xml", as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _page(data: bytes, name: str) -> dict[str, Any]:
    g.page = CANVAS
    return views.page(data, name, installation.known())


def _again(error: str, findings: list[str] | None = None) -> ResponseReturnValue:
    page = render_template("models/index.html", limit=views.LIMIT, error=error, findings=findings or [])
    return page, 422


def _keep_choice(shown: dict[str, Any], wanted: dict[str, str]) -> None:
    """What was ticked and typed stays when something about it was refused."""
    for one in shown["repairs"]:
        one["is_chosen"] = one["id"] in wanted
        one["answer"] = wanted.get(one["id"]) or one["answer"]


def _subject(data: bytes) -> str:
    return f"model/{hashlib.sha256(data).hexdigest()}"
