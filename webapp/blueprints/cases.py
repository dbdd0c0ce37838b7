"""Cases: the list, one case, its documents and its diagram."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mso import cases as records
from mso import documents
from mso.denials import sheet
from store import audit, ids
from store.practice import as_practice, viewing
from store.transaction import reading, transaction
from tasks import inbox
from tasks.models import OPEN
from webapp.frame import practice_names, when, words, zone
from webapp.security import CANVAS, allow, me
from webapp.views import cases as views
from webapp.views import decision_table, decisions, evidence, incidents
from webapp.views.tasks import PROCESSES, sentence
from webapp.views.timeline import story
from workflows import definitions
from workflows.engine import wall_clock
from workflows.instances import find
from workflows.model.xml import decode

bp = Blueprint("cases", __name__, url_prefix="/cases")
PER_PAGE = 50


@bp.get("/")
@allow("case:read")
def index() -> ResponseReturnValue:
    """The cases of the practices in view, newest first."""
    viewer, text = me(), request.args.get("q", "").strip()
    status, process = request.args.get("status", records.OPEN), request.args.get("process", "")
    wanted = records.CaseFilter(
        process=process or None,
        status=status or None,
        text=text or None,
        after=ids.parse(request.args.get("after", "")),
        limit=PER_PAGE + 1,
    )
    names = practice_names(viewer)
    with viewing(viewer.practices), reading() as session:
        found = records.listing(session, wanted)
        rows = [views.row(case, names, viewer) for case in found[:PER_PAGE]]
    more = len(found) > PER_PAGE
    kept: dict[str, Any] = {"q": text, "status": status, "process": process}
    return render_template(
        "cases/index.html",
        rows=rows,
        filters=_filters(text, status, process),
        count_text=f"{len(rows)}{'+' if more else ''} shown",
        next_href=url_for("cases.index", **kept, after=found[PER_PAGE - 1].id) if more else None,
        first_href=url_for("cases.index", **kept) if wanted.after else None,
    )


@bp.get("/<uuid:case_id>")
@allow("case:read")
def show(case_id: UUID) -> ResponseReturnValue:
    """One case."""
    viewer = me()
    names = practice_names(viewer)
    with viewing(viewer.practices), reading() as session:
        case = records.get(session, case_id)
        shown = sheet.build(session, case)
        at = views.progress(session, case)
        asked = decisions.asked(session, case, views.shows_money(viewer), limit=decisions.SHOWN + 1)
        context = {
            "case": views.header(case, names),
            "stages": views.stages(case, at),
            "clock": views.legal_clock(session, case, shown.deadline, now=g.now),
            "standing": views.standing(session, case, at, now=g.now),
            "facts": views.facts(shown, viewer),
            "lines": views.lines(shown),
            "shows_money": views.shows_money(viewer),
            "tasks": views.tasks(session, case, now=g.now),
            "documents": views.documents(case, shown, now=g.now),
            "adding": evidence.adding(case, viewer, request.path),
            "stopped": incidents.stopped(session, case, viewer, asked, now=g.now),
            "decided": [decisions.entry(case, one, now=g.now) for one in asked[: decisions.SHOWN]],
            "decided_href": url_for("cases.decided", case_id=case.id) if len(asked) > decisions.SHOWN else None,
            "timeline": story(session, case, now=g.now),
            "related": [],
        }
    return render_template("cases/show.html", **context)


@bp.get("/<uuid:case_id>/decisions")
@allow("case:read")
def decided(case_id: UUID) -> ResponseReturnValue:
    """Everything that decision tables answered in a case."""
    viewer, after = me(), ids.parse(request.args.get("after", ""))
    with viewing(viewer.practices), reading() as session:
        case = records.get(session, case_id)
        found = decisions.asked(session, case, views.shows_money(viewer), limit=PER_PAGE + 1, after=after)
        shown = [decisions.entry(case, one, now=g.now) for one in found[:PER_PAGE]]
    here = url_for("cases.decided", case_id=case_id)
    return render_template(
        "cases/decisions.html",
        case=_head(case),
        decided=shown,
        next_href=f"{here}?after={found[PER_PAGE - 1].record.id}" if len(found) > PER_PAGE else None,
        first_href=here if after else None,
    )


@bp.get("/<uuid:case_id>/decisions/<uuid:record_id>")
@allow("case:read")
def decision(case_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """One decision with its whole table: which rows counted, and what kept the others from it."""
    viewer = me()
    with viewing(viewer.practices), reading() as session:
        case = records.get(session, case_id)
        one = decisions.get(session, case, record_id, views.shows_money(viewer))
    local = wall_clock(one.record.at, zone(case.service_state))
    shown = decision_table.details(case, one, local=local, now=g.now)
    return render_template("cases/decision.html", case=_head(case), decision=shown)


def _head(case: records.Case) -> dict[str, str]:
    return {
        "number": case.number,
        "href": url_for("cases.show", case_id=case.id),
        "decisions_href": url_for("cases.decided", case_id=case.id),
        "process": PROCESSES.get(case.process_key, case.process_key),
    }


@bp.get("/<uuid:case_id>/documents/<uuid:document_id>")
@allow("case:read")
def document(case_id: UUID, document_id: UUID) -> ResponseReturnValue:
    """The bytes of a document; reading it is an audit entry."""
    viewer = me()
    with viewing(viewer.practices), reading() as session:
        practice_id = records.get(session, case_id).practice_id
    with as_practice(practice_id), transaction() as session:
        found = documents.get(session, records.get(session, case_id), document_id)
        data = documents.content(found)
        audit.record("document:read", by=viewer.person_id, on=f"document/{found.id}", facts={"sha256": found.sha256})
    response = send_file(BytesIO(data), mimetype=found.media_type, as_attachment=True, download_name=_file_name(found))
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@bp.get("/<uuid:case_id>/diagram")
@allow("case:read")
def diagram(case_id: UUID) -> ResponseReturnValue:
    """The process as a drawing with its tokens, and the same as a list."""
    viewer, g.page = me(), CANVAS
    with viewing(viewer.practices), reading() as session:
        case = records.get(session, case_id)
        assert case.instance_id is not None
        definition = definitions.get(session, find(session, case.instance_id).definition_id)
        at = views.progress(session, case)
        where = _waiting(session, case, at) + _where(session, case)
    states = dict.fromkeys(at.passed, "done") | dict.fromkeys(at.waiting, "waiting") | dict.fromkeys(at.current, "now")
    head = {**_head(case), "version_text": f"v{definition.version}"}
    boot = {"xml": decode(definition.bpmn), "states": states, "tokens": dict.fromkeys(at.here, 1)}
    return render_template("cases/diagram.html", case=head, boot=boot, where=where)


def _waiting(session: Session, case: records.Case, at: views.Progress) -> list[dict[str, Any]]:
    return [
        {"element_id": element, "name": name, "state": "waiting", "state_text": "Waiting", "who": views.WAITS}
        for element, name in views.waits(session, case, at)
    ]


def _where(session: Session, case: records.Case) -> list[dict[str, Any]]:
    return [
        {
            "element_id": task.element_id,
            "name": task.name,
            "state": "now" if task.status == OPEN else "done",
            "state_text": "Open" if task.status == OPEN else "Done",
            "since_text": when(task.created_at, case.service_state, now=g.now),
            "since_iso": task.created_at.isoformat(),
            "who": sentence(words(task.group_key) or "unstaffed"),
        }
        for task in inbox.of_case(session, case)
    ]


def _filters(text: str, status: str, process: str) -> dict[str, Any]:
    def options(pairs: list[tuple[str, str]], chosen: str) -> list[dict[str, Any]]:
        return [{"value": value, "label": label, "selected": value == chosen} for value, label in pairs]

    return {
        "q": text,
        "practices": [],
        "statuses": options([("open", "Open"), ("closed", "Closed"), ("", "All")], status),
        "processes": options([("", "All processes"), *PROCESSES.items()], process),
        "is_active": bool(text or process or status != records.OPEN),
        "reset_href": url_for("cases.index"),
    }


def _file_name(found: documents.Document) -> str:
    ending = {"application/pdf": "pdf", "application/json": "json", "image/jpeg": "jpg", "image/png": "png"}.get(
        found.media_type, "bin"
    )
    return f"{found.kind}-{found.sha256[:8]}.{ending}"
