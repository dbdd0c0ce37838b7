"""Finding instances, and what an operator may choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import instances, service_tasks
from workflows.definitions import ProcessDefinition
from workflows.engine import Token
from workflows.instances import ProcessInstance
from workflows.operations.picture import Picture

SUSPENDED = "suspended"
STATUSES = (instances.RUNNING, instances.STOPPED, SUSPENDED, instances.COMPLETED, instances.CANCELLED)


@dataclass(frozen=True)
class InstanceFilter:
    """Which instances to list. status: one of STATUSES; None for all that have not ended. after: keyset cursor."""

    status: str | None = None
    process: str | None = None
    after: UUID | None = None
    limit: int = 50


def status_of(row: ProcessInstance) -> str:
    """The status as people see it: a held instance is suspended, whatever it was before."""
    return SUSPENDED if row.suspended_at is not None and row.ended_at is None else row.status


def listing(session: Session, wanted: InstanceFilter) -> Sequence[ProcessInstance]:
    """A page of instances, newest first."""
    query = select(ProcessInstance).order_by(ProcessInstance.id.desc()).limit(wanted.limit)
    if wanted.status is None:
        query = query.where(ProcessInstance.ended_at.is_(None))
    elif wanted.status == SUSPENDED:
        query = query.where(ProcessInstance.suspended_at.is_not(None), ProcessInstance.ended_at.is_(None))
    else:
        query = query.where(ProcessInstance.status == wanted.status)
        if wanted.status not in instances.ENDED:
            query = query.where(ProcessInstance.suspended_at.is_(None))
    if wanted.process is not None:
        query = query.where(ProcessInstance.process_key == wanted.process)
    if wanted.after is not None:
        query = query.where(ProcessInstance.id < wanted.after)
    return session.scalars(query).all()


def versions(session: Session, key: str) -> dict[UUID, int]:
    """The published versions of a process: id to number, oldest first."""
    query = select(ProcessDefinition.id, ProcessDefinition.version).where(ProcessDefinition.key == key)
    return {one: number for one, number in session.execute(query.order_by(ProcessDefinition.version))}


def verbs_of(picture: Picture, token: Token) -> tuple[str, ...]:
    """Kinds of operations that make sense for a token, the likeliest first. The preview says whether one is allowed."""
    if picture.is_suspended:
        return ()
    element = picture.element(token.element_id)
    is_service = element is not None and element.operator is not None
    found: list[str] = ["retry"] if token.state == "stopped" else []
    if is_service and token.state in ("stopped", "started"):
        found.append("answer")
        found += ["throw"] if errors_of(element) else []
    if token.state == "stopped":
        found.append("skip")
    return (*found, "move")


def errors_of(element: Any) -> tuple[str, ...]:
    """The BPMN errors that a service task's operator declares."""
    operator = service_tasks.find(element.operator.id) if element is not None and element.operator else None
    return operator.errors if operator is not None else ()
