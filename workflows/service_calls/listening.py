"""A listener of the runtime: a call that is asked for becomes a row and a job, one that nobody wants any more ends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from store import jobs
from store.transaction import require_transaction
from workflows import definitions, service_tasks
from workflows.events import Event, InstanceMigrated, ServiceCallRequested, ServiceCallWithdrawn
from workflows.service_calls import records
from workflows.service_calls.pacing import pace_of
from workflows.service_calls.records import ALIVE, WAITING, WITHDRAWN, ServiceCallRecord
from workflows.service_tasks import Pace

RUN_JOB = "workflows:service_call.run"
LOOK_AFTER = timedelta(minutes=1)
"""A call whose job was lost is looked at again after this."""


def on_event(event: Event, variables: Mapping[str, Any]) -> None:
    """Runs inside the runtime's transaction."""
    match event:
        case ServiceCallRequested():
            _request(require_transaction(), event)
        case ServiceCallWithdrawn():
            _withdraw(require_transaction(), event)
        case InstanceMigrated():
            _migrate(require_transaction(), event)
        case _:
            return


def _request(session: Session, event: ServiceCallRequested) -> None:
    row = records.find(session, event.call_id, lock=True)
    allowed = 1 + pace(session, event.instance.definition_id, event.element_id, event.operator).retries
    if row is None:
        row = _new(event, allowed)
        session.add(row)
    else:
        _ask_again(row, event, allowed)
    session.flush()
    queue(session, row, event.at + LOOK_AFTER)


def _new(event: ServiceCallRequested, allowed: int) -> ServiceCallRecord:
    ref = event.instance
    return ServiceCallRecord(
        practice_id=ref.practice_id,
        id=event.call_id,
        instance_id=ref.id,
        definition_id=ref.definition_id,
        subject_id=ref.subject_id,
        element_id=event.element_id,
        operator=event.operator,
        status=WAITING,
        round=1,
        attempts=0,
        attempts_allowed=allowed,
        next_at=None,
        lease_until=None,
        last_error=None,
        last_message=None,
        log=[],
        input=records.seal_input(ref.practice_id, event.call_id, event.parameters),
        answer=None,
        requested_at=event.at,
        ended_at=None,
    )


def _ask_again(row: ServiceCallRecord, event: ServiceCallRequested, allowed: int) -> None:
    """An operator retried the step, or moved the instance to another version: the same call, maybe with other data."""
    if records.input_of(row) != dict(event.parameters) or row.operator != event.operator:
        row.round += 1
        row.input = records.seal_input(row.practice_id, row.id, event.parameters)
    row.definition_id, row.element_id, row.operator = event.instance.definition_id, event.element_id, event.operator
    row.status, row.next_at, row.lease_until, row.answer, row.ended_at = WAITING, None, None, None, None
    row.attempts_allowed = row.attempts + allowed


def _withdraw(session: Session, event: ServiceCallWithdrawn) -> None:
    row = records.find(session, event.call_id, lock=True)
    if row is not None and row.status in ALIVE:
        end(session, row, WITHDRAWN, event.at)


def _migrate(session: Session, event: InstanceMigrated) -> None:
    for call_id, element_id in event.calls.items():
        row = records.find(session, call_id, lock=True)
        if row is not None:
            row.definition_id, row.element_id = event.instance.definition_id, element_id


def end(session: Session, row: ServiceCallRecord, status: str, at: Any) -> None:
    """Nothing more is done about this call."""
    row.status, row.next_at, row.lease_until, row.ended_at = status, None, None, at
    if status != records.FAILED:
        row.answer = None
    records.wake_at(session, row, None)


def queue(session: Session, row: ServiceCallRecord, look_at: Any, run_at: Any = None) -> None:
    """Let a worker make the next attempt."""
    records.wake_at(session, row, look_at)
    jobs.defer(RUN_JOB, run_at=run_at, practice_id=row.practice_id, call_id=str(row.id))


def pace(session: Session, definition_id: Any, element_id: str, operator_key: str) -> Pace:
    """How the calls of this element are paced."""
    operator = service_tasks.find(operator_key)
    element = definitions.get(session, definition_id).process.elements.get(element_id)
    return pace_of(element, operator.pace if operator is not None else Pace())
