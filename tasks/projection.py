"""Listener of the runtime: the human tasks that the instances wait for, as rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.cases import Case
from mso.practices import get_practice
from store import ids
from store.transaction import require_transaction
from tasks import sla
from tasks.models import OPEN, WITHDRAWN, Task, TaskEvent
from tasks.separation import exclusions_at_opening
from workflows import feel
from workflows.events import Event, UserTaskOpened, UserTaskWithdrawn

DEFAULT_PRIORITY = 50


def on_event(event: Event, variables: Mapping[str, Any]) -> None:
    """Open and withdraw human tasks. Runs inside the runtime's transaction."""
    match event:
        case UserTaskOpened():
            _open(require_transaction(), event, variables)
        case UserTaskWithdrawn():
            _withdraw(require_transaction(), event)
        case _:
            return


def _open(session: Session, event: UserTaskOpened, variables: Mapping[str, Any]) -> None:
    ref, properties = event.instance, event.properties
    case = session.get(Case, (ref.practice_id, ref.subject_id)) if ref.subject_id else None
    state = case.service_state if case else None
    home = state or get_practice(session, ref.practice_id).state
    due = sla.due_at(properties.get("dueIn"), variables, home, now=event.at)
    session.add(
        Task(
            practice_id=ref.practice_id,
            id=ids.new(),
            instance_id=ref.id,
            definition_id=ref.definition_id,
            case_id=ref.subject_id,
            engine_task_id=event.engine_task_id,
            process_key=ref.process_key,
            element_id=event.element_id,
            name=event.name,
            status=OPEN,
            group_key=_group(properties, event.lane, variables, event),
            decision_type=properties.get("clinicalDecision"),
            outcomes=_list(properties.get("outcomes")),
            state_code=state if "clinicalDecision" in properties else None,
            required_license=properties.get("requiredLicense"),
            attestation=properties.get("attestation"),
            exclusions=exclusions_at_opening(session, ref.id, properties),
            form_key=properties.get("formKey"),
            instructions=properties.get("instructions"),
            priority=_priority(properties.get("priority")),
            due_at=due or sla.NO_DUE,
            has_due=due is not None,
            created_at=event.at,
        )
    )


def _withdraw(session: Session, event: UserTaskWithdrawn) -> None:
    task = session.scalars(
        select(Task).where(
            Task.instance_id == event.instance.id, Task.engine_task_id == event.engine_task_id, Task.status == OPEN
        )
    ).first()
    if task is None:
        return
    task.status, task.withdrawn_at = WITHDRAWN, event.at
    session.add(
        TaskEvent(
            practice_id=task.practice_id, id=ids.new(), task_id=task.id, what="withdrawn", person_id=None, at=event.at
        )
    )


def _group(
    properties: Mapping[str, str], lane: str | None, variables: Mapping[str, Any], event: UserTaskOpened
) -> str | None:
    """The queue: `candidateGroup` (a key or FEEL that gives one) before the lane; None = unstaffed."""
    written = properties.get("candidateGroup")
    if written is None:
        return lane
    if written.replace("_", "").isalnum() and written.islower():
        return written
    value = feel.parse(written).evaluate(variables, now=event.at).value
    return value if isinstance(value, str) else None


def _priority(written: str | None) -> int:
    return int(written) if written and written.isdigit() else DEFAULT_PRIORITY


def _list(written: str | None) -> list[str]:
    return [part.strip() for part in (written or "").split(",") if part.strip()]
