"""Process instances and what they wait for: rows that are locked, loaded and saved by the runtime.

The state is the engine's compact blob, sealed as a whole. Timers and message subscriptions carry ids and times only,
because the worker reads them before it knows the practice.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto
from store.db import Base
from store.errors import Conflict, NotFound
from store.types import SHARED, TENANT, Protection
from workflows.events import InstanceRef

RUNNING, COMPLETED, STOPPED, CANCELLED = "running", "completed", "stopped", "cancelled"


class ProcessInstance(Base):
    """One run of a process. status: running, completed, stopped (an incident), cancelled."""

    __tablename__ = "process_instance"
    __protection__: ClassVar[Protection] = TENANT
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    process_key: Mapped[str]
    subject_id: Mapped[UUID | None]
    status: Mapped[str]
    version: Mapped[int] = mapped_column()
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=False)
    end_events: Mapped[list[Any]]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - declared by SQLAlchemy as an instance variable

    @property
    def ref(self) -> InstanceRef:
        """The instance as events name it."""
        return InstanceRef(self.practice_id, self.id, self.definition_id, self.process_key, self.subject_id)


class InstanceStep(Base):
    """One element that an instance passed; feeds timeline and diagram."""

    __tablename__ = "instance_step"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (Index(None, "practice_id", "instance_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    element_id: Mapped[str]
    what: Mapped[str]
    at: Mapped[datetime]


class Timer(Base):
    """When an instance has to be woken. look_at moves ahead when a sweep claims the row: a claim is a lease."""

    __tablename__ = "timer"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (Index(None, "look_at"), Index(None, "instance_id"))
    id: Mapped[UUID] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    instance_id: Mapped[UUID]
    engine_task_id: Mapped[UUID]
    element_id: Mapped[str]
    due_at: Mapped[datetime]
    look_at: Mapped[datetime]


class MessageSubscription(Base):
    """A message that an instance waits for. key_digest: SHA-256 of our correlation key, so no case data stands here."""

    __tablename__ = "message_subscription"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (Index(None, "message", "key_digest"), Index(None, "instance_id"))
    id: Mapped[UUID] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    instance_id: Mapped[UUID]
    definition_id: Mapped[UUID]
    engine_task_id: Mapped[UUID]
    element_id: Mapped[str]
    message: Mapped[str]
    key_digest: Mapped[bytes]


class Incident(Base):
    """Something stopped an instance and waits for an operator. No case data in message or facts."""

    __tablename__ = "incident"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (Index(None, "practice_id", "instance_id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    kind: Mapped[str]
    element_id: Mapped[str | None]
    message: Mapped[str]
    facts: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class UnknownInstance(NotFound):
    """No such instance in the practice in view."""

    code = "instance.unknown"


class InstanceEndedAlready(Conflict):
    """The instance is completed or cancelled."""

    code = "instance.ended"
    message = "This process has already ended. Open the case to see how."


def lock(session: Session, instance_id: UUID) -> ProcessInstance:
    """The instance row, locked until the transaction ends. It is the first lock every verb takes."""
    row = session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise UnknownInstance()
    return row


def find(session: Session, instance_id: UUID) -> ProcessInstance:
    """The instance row without a lock, for reading."""
    row = session.scalars(select(ProcessInstance).where(ProcessInstance.id == instance_id)).first()
    if row is None:
        raise UnknownInstance()
    return row


def seal(practice_id: int, instance_id: UUID, blob: bytes) -> bytes:
    """Encrypt a state blob, bound to its row."""
    return crypto.seal(blob, practice_id=practice_id, table="process_instance", column="state", row_id=str(instance_id))


def unseal(row: ProcessInstance) -> bytes:
    """The engine's blob of an instance."""
    return crypto.unseal(
        row.state, practice_id=row.practice_id, table="process_instance", column="state", row_id=str(row.id)
    )
