"""What happened in an instance: every element entered and left, what changed in its data, and by whom.

Rows are added and never changed; nothing that runs an instance reads them. Their ids are in the order of time
(UUIDv7) and lead the primary key of a practice, so the table can be split by ranges of ids without touching a row.
Values are case data and sealed as a whole, bound to their row; element ids and verbs stand in clear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto, ids, rows
from store.db import Base
from store.types import TENANT_APPEND_ONLY, Protection
from workflows.engine import Step, pack, unpack
from workflows.events import InstanceRef
from workflows.feel import Value

STARTED, ENDED, CANCELED, DATA = "started", "ended", "canceled", "data"


class InstanceEvent(Base):
    """One thing that happened.

    what:    entered, completed or cancelled (an element); data (variables changed); started, ended, and the verbs of
             operators (the whole instance).
    by:      person id, or the name of a machine actor ("clock", "webhook:era835"); None when it was not kept.
    changes: of "data", sealed: variable -> its new value, and the names that went away; see `changes_of`.
    """

    __tablename__ = "instance_event"
    __protection__: ClassVar[Protection] = TENANT_APPEND_ONLY
    __table_args__ = (Index(None, "practice_id", "instance_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    element_id: Mapped[str | None]
    engine_task_id: Mapped[UUID | None]
    what: Mapped[str]
    by: Mapped[str | None]
    changes: Mapped[bytes | None]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a verb changed in an instance's data. removed: names that are gone."""

    values: Mapping[str, Value]
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.removed)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line to be written."""

    what: str
    element_id: str | None = None
    engine_task_id: UUID | None = None
    changes: Changes | None = None


def entries(steps: Sequence[Step]) -> list[Entry]:
    """The steps of an execution as lines."""
    return [Entry(step.what, step.element_id, step.task_id) for step in steps]


def write(session: Session, ref: InstanceRef, lines: Sequence[Entry], *, by: UUID | str | None, at: datetime) -> None:
    """Add lines to an instance's history, in their order."""
    rows.insert(session, *(_event(ref, line, by, at) for line in lines))


def of_instance(
    session: Session, instance_id: UUID, *, limit: int, after: UUID | None = None
) -> Sequence[InstanceEvent]:
    """What happened, oldest first. after: id of the last event of the page before."""
    query = select(InstanceEvent).where(InstanceEvent.instance_id == instance_id)
    if after is not None:
        query = query.where(InstanceEvent.id > after)
    return session.scalars(query.order_by(InstanceEvent.id).limit(limit)).all()


def passed(session: Session, instance_id: UUID) -> frozenset[str]:
    """The elements an instance has entered or left."""
    query = select(InstanceEvent.element_id).where(
        InstanceEvent.instance_id == instance_id, InstanceEvent.element_id.is_not(None)
    )
    return frozenset(found for found in session.scalars(query.distinct()) if found is not None)


def changes_of(event: InstanceEvent) -> Changes:
    """What an event changed. Raises SealBroken or KeyDestroyed."""
    if event.changes is None:
        return Changes({})
    values, removed = unpack(crypto.unseal(event.changes, **_place(event.practice_id, event.id)))
    return Changes(values, tuple(removed))


def _event(ref: InstanceRef, line: Entry, by: UUID | str | None, at: datetime) -> InstanceEvent:
    event_id, changes = ids.new(), line.changes
    packed = pack([dict(changes.values), list(changes.removed)]) if changes is not None else None
    return rows.record_of(
        InstanceEvent,
        practice_id=ref.practice_id,
        id=event_id,
        instance_id=ref.id,
        element_id=line.element_id,
        engine_task_id=line.engine_task_id,
        what=line.what,
        by=None if by is None else str(by),
        changes=crypto.seal(packed, **_place(ref.practice_id, event_id)) if packed is not None else None,
        at=at,
    )


def _place(practice_id: int, event_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "instance_event", "column": "changes", "row_id": event_id}
