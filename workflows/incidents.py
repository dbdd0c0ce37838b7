"""Incidents: which are open, and how they end. Whether one still stops its instance is read off the instance itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import ids
from workflows import instances
from workflows.engine import Execution
from workflows.instances import Incident, ProcessInstance

STALLED = "stalled"
PASSED = "passed"
"""Resolution of an incident that ended by itself: a timer or a message took the stopped step away."""


@dataclass(frozen=True, slots=True)
class End:
    """How incidents end: what did it, who, when."""

    resolution: str
    by: UUID | None
    at: datetime


def task_of(incident: Incident) -> UUID | None:
    """The engine's task that stopped; None when nothing stopped (a due time without a value, a stall)."""
    return ids.parse(str(incident.facts.get("task_id", "")))


def stopped_tasks(execution: Execution) -> frozenset[UUID]:
    """The steps that wait for an operator."""
    return frozenset(token.id for token in execution.tokens() if token.state == "stopped")


def open_of(session: Session, instance_id: UUID) -> Sequence[Incident]:
    """The open incidents of an instance, oldest first."""
    query = select(Incident).where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
    return session.scalars(query.order_by(Incident.id)).all()


def close_gone(
    found: Collection[Incident], execution: Execution, end: End, worked_on: UUID | None = None
) -> list[Incident]:
    """End those that stop nothing any more, and those of the step that was worked on. Gives them."""
    stopped, status = stopped_tasks(execution), execution.status
    closed = [one for one in found if _is_gone(one, stopped, status, worked_on)]
    for one in closed:
        close(one, end)
    return closed


def close(incident: Incident, end: End) -> None:
    """End one incident of an open session."""
    incident.resolved_at, incident.resolved_by, incident.resolution = end.at, end.by, end.resolution


def _is_gone(one: Incident, stopped: frozenset[UUID], status: str, worked_on: UUID | None) -> bool:
    if status in instances.ENDED:
        return True
    task_id = task_of(one)
    if task_id is not None:
        return task_id == worked_on or task_id not in stopped
    return one.kind == STALLED and status != instances.STOPPED


def kinds(session: Session) -> dict[str, int]:
    """How many incidents are open in view, by kind."""
    query = select(Incident.kind, func.count()).where(Incident.resolved_at.is_(None)).group_by(Incident.kind)
    return {kind: count for kind, count in session.execute(query.order_by(Incident.kind))}


def listing(
    session: Session, *, kind: str | None = None, after: UUID | None = None, limit: int = 50
) -> Sequence[tuple[Incident, ProcessInstance]]:
    """Open incidents in view with their instances, newest first. after: id of the last one of the page before."""
    query = select(Incident, ProcessInstance).join(
        ProcessInstance,
        (ProcessInstance.practice_id == Incident.practice_id) & (ProcessInstance.id == Incident.instance_id),
    )
    query = query.where(Incident.resolved_at.is_(None))
    if kind is not None:
        query = query.where(Incident.kind == kind)
    if after is not None:
        query = query.where(Incident.id < after)
    return [(one, instance) for one, instance in session.execute(query.order_by(Incident.id.desc()).limit(limit))]
