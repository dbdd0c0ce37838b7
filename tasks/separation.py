"""Separation of duties: who may not act on a task, because they did what its `notSameAs` names in the same instance.

Recorded on the task when it opens, and again whenever somebody completes what it names while it is open: of two tasks
that stand open at once, the same person gets one.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import rows
from tasks.models import COMPLETED, Task
from workflows import definitions

_NAMES = ("notSameAs", "independentOf")


def exclusions_at_opening(session: Session, instance_id: UUID, properties: Mapping[str, str]) -> dict[str, str]:
    """Person -> why, from what was completed before."""
    named = _named(properties)
    if not named:
        return {}
    done = session.scalars(
        select(Task.completed_by).where(
            Task.instance_id == instance_id,
            Task.status == COMPLETED,
            Task.element_id.in_(named) | Task.decision_type.in_(named),
        )
    )
    return {str(person): _why(named) for person in done if person is not None}


def exclude_from_open_tasks(session: Session, done: Task, others: Iterable[Task]) -> None:
    """After a completion: bar its person from the open tasks that name it. others: those of the instance, locked."""
    person = str(done.completed_by)
    for task in others:
        element = definitions.get(session, task.definition_id).process.elements.get(task.element_id)
        named = _named(element.properties) if element else []
        if {done.element_id, done.decision_type} & set(named) and person not in task.exclusions:
            rows.update(session, task, exclusions={**task.exclusions, person: _why(named)})


def _named(properties: Mapping[str, str]) -> list[str]:
    written = (properties.get(name, "") for name in _NAMES)
    return [part.strip() for text in written for part in text.split(",") if part.strip()]


def _why(named: Iterable[str]) -> str:
    return f"did {', '.join(named)} in this case"
