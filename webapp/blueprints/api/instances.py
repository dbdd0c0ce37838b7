"""Process instances, for programs: where they stand, what stopped, and what may be done, previewed and confirmed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy.orm import Session

from mso.cases import Case
from store.practice import viewing
from store.transaction import reading
from webapp.blueprints.api.base import next_of, operation
from webapp.blueprints.api.naming import Names
from webapp.frame import practice_names
from webapp.schemas.instances import (
    ConfirmedOperation,
    IncidentPage,
    IncidentQuery,
    InstanceDetail,
    InstancePage,
    InstanceQuery,
    OperationBody,
    PreviewShown,
    RetryBody,
    RetryResults,
)
from webapp.security import me
from webapp.views.operations import cases_of
from workflows import definitions, incidents, operations, runtime
from workflows.engine import Execution
from workflows.feel import Value, to_literal
from workflows.instances import Incident, InstanceEndedAlready, ProcessInstance, UnknownInstance, find
from workflows.operations import picture
from workflows.operations.picture import Picture
from workflows.service_calls.records import ServiceCallRecord, input_of

TO_OPERATE = (
    UnknownInstance,
    InstanceEndedAlready,
    operations.OperationInvalid,
    operations.OperationRefused,
    operations.NotSuspended,
    operations.SuspendedAlready,
    operations.UnknownStep,
    operations.UnknownVersion,
    operations.NotAService,
    operations.AnswerRefused,
)


@operation("GET /instances", "process:read", InstancePage, takes=InstanceQuery)
def list_instances(query: dict[str, Any]) -> dict[str, Any]:
    """List process instances of the practices in view, newest first."""
    viewer, limit = me(), query["limit"]
    practices = practice_names(viewer)
    wanted = operations.InstanceFilter(query.get("status"), query.get("process"), query.get("after"), limit + 1)
    with viewing(viewer.practices), reading() as session:
        found = operations.listing(session, wanted)
        names, cases = Names(session, practices), cases_of(session, found)
        items = [_summary(session, one, cases.get(one.subject_id), names) for one in found[:limit]]
    return {"items": items, "next": next_of(list(found), limit)}


@operation("GET /instances/incidents", "process:read", IncidentPage, takes=IncidentQuery)
def list_incidents(query: dict[str, Any]) -> dict[str, Any]:
    """List open incidents of the practices in view, newest first."""
    limit = query["limit"]
    with viewing(me().practices), reading() as session:
        found = incidents.listing(session, kind=query.get("kind"), after=query.get("after"), limit=limit + 1)
        items = [_incident(one) for one, _ in found[:limit]]
    return {"items": items, "next": next_of([one for one, _ in found], limit)}


@operation(
    "POST /instances/incidents/retry", "instance:operate", RetryResults, takes=RetryBody,
    refuses=(operations.ReasonMissing,),
)  # fmt: skip
def retry_incidents(body: dict[str, Any]) -> dict[str, Any]:
    """Retry open incidents of a kind, each in a transaction of its own; what came of each is said."""
    with viewing(me().practices):
        tried = operations.retry_all(
            body["kind"], body["reason"], me().person_id, now=g.now, only=body.get("incidents")
        )
    return {
        "items": [
            {"incident": one.incident_id, "instance": one.instance_id, "done": one.done, "detail": one.text or None}
            for one in tried
        ]
    }


@operation("GET /instances/<uuid:instance_id>", "process:read", InstanceDetail, refuses=(UnknownInstance,))
def get_instance(instance_id: UUID) -> dict[str, Any]:
    """One instance: where it stands, what it waits for, what stopped; its variables for those who may operate."""
    viewer = me()
    practices = practice_names(viewer)
    with viewing(viewer.practices), reading() as session:
        row = find(session, instance_id)
        case = cases_of(session, [row]).get(row.subject_id)
        return _summary(session, row, case, Names(session, practices)) | _detail(session, row)


@operation(
    "POST /instances/<uuid:instance_id>/previews", "instance:operate", PreviewShown, takes=OperationBody,
    refuses=TO_OPERATE,
)  # fmt: skip
def preview_operation(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """Say what an operation would do. Nothing is changed."""
    wanted = operations.read(body["kind"], body)
    with viewing(me().practices):
        return _preview(operations.preview(instance_id, wanted, by=me().person_id, now=g.now))


@operation(
    "POST /instances/<uuid:instance_id>/operations", "instance:operate", InstanceDetail, takes=ConfirmedOperation,
    refuses=(*TO_OPERATE, operations.InstanceMoved, operations.ReasonMissing, operations.ResultUnreadable),
)  # fmt: skip
def operate(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """Do what was previewed; refused when the instance changed since."""
    wanted = operations.read(body["kind"], body)
    order = operations.Order(instance_id, wanted, body["digest"], body["reason"], me().person_id)
    with viewing(me().practices):
        operations.apply(order, now=g.now)
    found: dict[str, Any] = get_instance(instance_id)
    return found


def _summary(session: Session, row: ProcessInstance, case: Case | None, names: Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "process": row.process_key,
        "version": definitions.get(session, row.definition_id).version,
        "status": operations.status_of(row),
        "practice": names.practice(row.practice_id),
        "case": {"id": case.id, "number": case.number} if case is not None else None,
        "started_at": row.started_at,
        "updated_at": row.updated_at,
        "suspended_at": row.suspended_at,
        "ended_at": row.ended_at,
    }


def _detail(session: Session, row: ProcessInstance) -> dict[str, Any]:
    execution = runtime.look(session, row.id, now=g.now)
    shown = picture.take(execution, 0, is_suspended=row.suspended_at is not None)
    sees = me().may("instance:operate") and me().may("case:read")
    found = {
        "tokens": _tokens(session, row, shown, sees),
        "timers": sorted(shown.timers.values(), key=lambda one: one.due_at),
        "messages": sorted(set(shown.messages.values())),
        "rewind_to": _points(execution) if row.ended_at is None else [],
        "incidents": [_incident(one) for one in incidents.open_of(session, row.id)],
    }
    return found | ({"variables": _texts(shown.variables)} if sees else {})


def _tokens(session: Session, row: ProcessInstance, shown: Picture, sees: bool) -> list[dict[str, Any]]:
    return [
        {
            "step": one.id,
            "element_id": one.element_id,
            "name": one.name,
            "state": one.state,
            "operations": list(operations.verbs_of(shown, one)) if row.ended_at is None else [],
            "call": _call(session.get(ServiceCallRecord, (row.practice_id, one.id)), sees),
        }
        for one in shown.tokens
    ]


def _call(row: ServiceCallRecord | None, sees: bool) -> dict[str, Any] | None:
    if row is None:
        return None
    found = {
        "operator": row.operator,
        "status": row.status,
        "attempts": row.attempts,
        "next_at": row.next_at,
        "error": row.last_message or row.last_error,
    }
    return found | ({"input": _texts(input_of(row))} if sees else {})


def _points(execution: Execution) -> list[dict[str, Any]]:
    return [{"step": one.task_id, "element_id": one.element_id, "at": one.at} for one in execution.rewind_points()]


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.id,
        "instance": one.instance_id,
        "kind": one.kind,
        "element_id": one.element_id,
        "message": one.message,
        "opened_at": one.opened_at,
        "step": incidents.task_of(one),
    }


def _preview(shown: operations.Preview) -> dict[str, Any]:
    found, after = shown.difference, shown.after
    return {
        "kind": shown.operation.kind,
        "digest": shown.digest,
        "status": "suspended" if after.is_suspended else after.status,
        "version": after.version,
        "begun": [{"what": what, "element_id": element} for what, element in found.begun],
        "gone": [{"what": what, "element_id": element} for what, element in found.gone],
        "timers_set": found.timers_set,
        "timers_dropped": found.timers_dropped,
        "variables": [
            {
                "name": one.name,
                "before": _text(one.before) if one.had else None,
                "after": _text(one.after) if one.has else None,
            }
            for one in found.variables
        ],
        "warnings": shown.warnings,
    }


def _texts(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Value) -> str:
    """As FEEL writes it, so that it can be sent back."""
    return to_literal(value)
