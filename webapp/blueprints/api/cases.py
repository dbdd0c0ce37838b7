"""Cases, for programs."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mso import cases as records
from mso.access import Viewer
from mso.cases import Case, UnknownCase
from mso.denials import sheet
from mso.denials.models import FilingDeadline
from mso.denials.sheet import Line, Sheet
from store.practice import viewing
from store.transaction import reading
from tasks import inbox
from tasks.inbox import Row
from webapp.blueprints.api.base import next_of, operation
from webapp.blueprints.api.naming import Names
from webapp.blueprints.api.tasks import summary as task_summary
from webapp.frame import practice_names
from webapp.schemas.cases import CaseDetail, CasePage, CaseQuery
from webapp.security import me
from webapp.views.cases import shows_money


@operation("GET /cases", "case:read", CasePage, takes=CaseQuery)
def list_cases(query: dict[str, Any]) -> dict[str, Any]:
    """List cases of the practices in view, newest first."""
    viewer, limit = me(), query["limit"]
    wanted = records.CaseFilter(
        query.get("process"), query.get("status"), query.get("practice"), query.get("q"), query.get("after"), limit + 1
    )
    practices = practice_names(viewer)
    with viewing(viewer.practices), reading() as session:
        found = list(records.listing(session, wanted))
        names = Names(session, practices)
        items = [summary(case, names, viewer) for case in found[:limit]]
    return {"items": items, "next": next_of(found, limit)}


@operation("GET /cases/<uuid:case_id>", "case:read", CaseDetail, refuses=(UnknownCase,))
def get_case(case_id: UUID) -> dict[str, Any]:
    """One case with facts, denied lines, documents, tasks, story and deadline."""
    viewer = me()
    practices = practice_names(viewer)
    with viewing(viewer.practices), reading() as session:
        return _detail(session, records.get(session, case_id), Names(session, practices), viewer)


def summary(case: Case, names: Names, viewer: Viewer) -> dict[str, Any]:
    """A case as the schema CaseSummary."""
    found = {
        "id": case.id,
        "number": case.number,
        "process": case.process_key,
        "title": case.title,
        "status": case.status,
        "outcome": case.outcome,
        "practice": names.practice(case.practice_id),
        "payer": {"id": case.payer_id, "name": case.payer_name},
        "claim": case.claim_key,
        "route": case.route,
        "deadline_on": case.deadline_on,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
    }
    return found | ({"amount": case.amount} if shows_money(viewer) else {})


def _detail(session: Session, case: Case, names: Names, viewer: Viewer) -> dict[str, Any]:
    shown = sheet.build(session, case)
    if not shows_money(viewer):
        shown = shown.without_money()
    return {
        **summary(case, names, viewer),
        "facts": shown.facts,
        "lines": [_line(line, shows_money(viewer)) for line in shown.lines],
        "documents": shown.documents,
        "tasks": [task_summary(Row(task, case), names) for task in inbox.of_case(session, case)],
        "timeline": _timeline(session, case, names),
        "deadline": _deadline(shown),
    }


def _line(line: Line, with_money: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "service": line.service,
        "reasons": [{"code": one.code, "text": one.text} for one in line.reasons],
        "remarks": [{"code": code, "text": text} for code, text in line.remarks],
        "policies": line.policies,
    }
    if with_money:
        found |= {"charge": line.charge, "paid": line.paid, "reasons": line.reasons}
    return found


def _timeline(session: Session, case: Case, names: Names) -> list[dict[str, Any]]:
    return [
        {"at": one.at, "kind": one.kind, "text": one.text, "by": names.person(one.person_id)}
        for one in records.story(session, case)
    ]


def _deadline(shown: Sheet) -> dict[str, Any] | None:
    found: FilingDeadline | None = shown.deadline
    if found is None:
        return None
    return {
        "level": found.level,
        "pathway": found.pathway,
        "file_by": found.external_on,
        "target_on": found.internal_on,
        "rule": found.rule_id,
        "provisional": found.provisional,
        "explanation": found.explanation,
    }
