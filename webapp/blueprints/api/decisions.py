"""What decision tables answered in a case, for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from mso import cases as records
from mso.cases import UnknownCase
from store.practice import viewing
from store.transaction import reading
from webapp.blueprints.api.base import operation
from webapp.schemas.decisions import CaseDecisionPage, DecisionQuery
from webapp.security import me
from webapp.views.cases import shows_money
from webapp.views.decisions import Asked, asked
from workflows.feel import Value, to_text


@operation(
    "GET /cases/<uuid:case_id>/decisions", "case:read", CaseDecisionPage, takes=DecisionQuery, refuses=(UnknownCase,)
)
def list_decisions(query: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """List what decision tables answered in a case, newest first: rows that matched, inputs and results."""
    viewer, limit = me(), query["limit"]
    with viewing(viewer.practices), reading() as session:
        case = records.get(session, case_id)
        found = asked(session, case, shows_money(viewer), limit=limit + 1, after=query.get("after"))
    following = found[limit - 1].record.id if len(found) > limit else None
    return {"items": [_one(one) for one in found[:limit]], "next": following}


def _one(one: Asked) -> dict[str, Any]:
    record = one.record
    element = {"id": record.element_id, "name": one.element} if record.element_id is not None else None
    return {
        "id": record.id,
        "at": record.at,
        "decision": {"id": record.decision_id, "name": one.name},
        "element": element,
        "version": record.digest,
        "inputs": {name: _plain(one.shown(name, value)) for name, value in one.content.inputs.items()},
        "result": _plain(one.shown("", one.content.value)),
        "tables": [_table(one, place) for place in range(len(record.matched))],
        "problems": [problem["message"] for problem in record.problems],
    }


def _table(one: Asked, place: int) -> dict[str, Any]:
    matched, values = one.record.matched[place], one.content.tables[place]
    return {
        "decision": matched["decision"],
        "table": matched["table"],
        "policy": one.table(place).policy,
        "inputs": {name: _plain(one.shown(name, value)) for name, value in values.inputs.items()},
        "rows": [{"number": number, "rule": rule, "note": note} for number, rule, note in one.rows(place)],
        "output": _plain(one.shown("", values.output)),
    }


def _plain(value: Value) -> Any:
    """JSON: what it has no type for becomes the text that FEEL writes."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else to_text(value)
