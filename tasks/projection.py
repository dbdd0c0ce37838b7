"""Listener of the runtime: the human tasks that the instances wait for, as rows."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso import cases
from mso.practices import get_practice
from store import ids, rows
from store.transaction import require_transaction
from tasks import sla
from tasks.holding import note
from tasks.models import OPEN, WITHDRAWN, Task
from tasks.separation import exclusions_at_opening
from workflows import definitions, runtime
from workflows.engine import EngineFault, value_of, wrong_kind
from workflows.events import Event, InstanceMigrated, UserTaskOpened, UserTaskWithdrawn
from workflows.model.human import is_queue_key

DEFAULT_PRIORITY = 50
Found = TypeVar("Found")


def on_event(event: Event, variables: Mapping[str, Any]) -> None:
    """Open and withdraw human tasks. Runs inside the runtime's transaction."""
    match event:
        case UserTaskOpened():
            _open(require_transaction(), event, variables)
        case UserTaskWithdrawn():
            _withdraw(require_transaction(), event)
        case InstanceMigrated():
            for one in event.tasks:
                _carry_over(require_transaction(), one, variables)
        case _:
            return


def _open(session: Session, event: UserTaskOpened, variables: Mapping[str, Any]) -> None:
    ref, properties = event.instance, event.properties
    case = cases.of_event(session, event)
    state = case.service_state if case else None
    home = state or get_practice(session, ref.practice_id).state
    due = _or_incident(session, event, lambda: sla.due_at(properties.get("dueIn"), variables, home, now=event.at))
    group = _or_incident(session, event, lambda: _group(properties, event.lane, variables, event))
    rows.insert(
        session,
        rows.record_of(
            Task,
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
            group_key=group,
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
            version=1,
            created_at=event.at,
        ),
    )


def _or_incident(session: Session, event: UserTaskOpened, find: Callable[[], Found | None]) -> Found | None:
    """What is found. A property without a usable value opens an incident; the task opens all the same."""
    try:
        return find()
    except EngineFault as fault:
        runtime.report(session, event.instance, event.element_id, fault, now=event.at)
        return None


def _carry_over(session: Session, event: UserTaskOpened, variables: Mapping[str, Any]) -> None:
    """An open task goes on in another version of its process. Where that version says the same of it, the task stays
    as it is, with its holder and draft; else it is withdrawn and opens anew, because what a task is never changes."""
    query = select(Task).where(Task.instance_id == event.instance.id, Task.engine_task_id == event.engine_task_id)
    task = session.scalars(query.where(Task.status == OPEN)).first()
    if task is not None and not _is_same(session, task, event):
        task.status, task.withdrawn_at = WITHDRAWN, event.at
        note(session, task, "withdrawn", None, event.at)
        _open(session, event, variables)


def _is_same(session: Session, task: Task, event: UserTaskOpened) -> bool:
    """Whether two versions say the same of a task: its element and everything that stands on it, and its form."""
    old = definitions.get(session, task.definition_id)
    new = definitions.get(session, event.instance.definition_id)
    element, form = old.process.elements.get(event.element_id), task.form_key or ""
    return (
        task.element_id == event.element_id
        and element is not None
        and (element.name or element.id, element.properties) == (event.name, event.properties)
        and element.lane == new.process.elements[event.element_id].lane
        and old.forms.get(form) == new.forms.get(form)
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
    note(session, task, "withdrawn", None, event.at)


def _group(
    properties: Mapping[str, str], lane: str | None, variables: Mapping[str, Any], event: UserTaskOpened
) -> str | None:
    """The queue: `candidateGroup` (a key or FEEL that gives one) before the lane; None = unstaffed.

    Raises EngineFault when FEEL gives no key.
    """
    written = properties.get("candidateGroup")
    if written is None or is_queue_key(written):
        return written or lane
    value = value_of(written, variables, now=event.at)
    if not isinstance(value, str):
        raise wrong_kind(written, value, "the key of a queue")
    return value


def _priority(written: str | None) -> int:
    return int(written) if written and written.isdigit() else DEFAULT_PRIORITY


def _list(written: str | None) -> list[str]:
    return [part.strip() for part in (written or "").split(",") if part.strip()]
