"""Human tasks as they are stored. What a person may do with one is judged elsewhere (tasks/eligibility)."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base
from store.types import TENANT, Protection

OPEN, COMPLETED, WITHDRAWN = 0, 1, 2


class Task(Base):
    """One human task: the projection of a waiting user task of an instance.

    decision_type: set = a clinical task; completing it needs a signed decision (the database refuses otherwise).
    state_code:    the state whose license is needed, from the case's server-side rows.
    exclusions:    person id -> reason: who may not act here (separation of duties).
    version:       grows with each change; a completion names the version it saw.
    """

    __tablename__ = "task"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (
        Index("ix_task_instance", "practice_id", "instance_id"),
        Index("ix_task_case", "practice_id", "case_id"),
        Index("ix_task_queue_open", "group_key", "due_at", "id", postgresql_where=text("status = 0")),
        Index("ix_task_mine_open", "assignee_id", "due_at", "id", postgresql_where=text("status = 0")),
        Index("ix_task_clinical_open", "decision_type", "due_at", "id", postgresql_where=text("status = 0")),
    )
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    definition_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    engine_task_id: Mapped[UUID]
    process_key: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    group_key: Mapped[str | None]
    assignee_id: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    decision_type: Mapped[str | None]
    outcomes: Mapped[list[Any]]
    state_code: Mapped[str | None]
    required_license: Mapped[str | None]
    attestation: Mapped[str | None]
    exclusions: Mapped[dict[str, Any]]
    form_key: Mapped[str | None]
    instructions: Mapped[str | None]
    priority: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime]
    has_due: Mapped[bool]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    outcome: Mapped[str | None]
    completed_by: Mapped[UUID | None]
    completed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - declared by SQLAlchemy as an instance variable

    @property
    def is_clinical(self) -> bool:
        """Whether completing it is a decision that only a qualified signer may make."""
        return self.decision_type is not None

    @property
    def reference(self) -> str:
        """How audit entries name it."""
        return f"task/{self.id}"


class TaskDraft(Base):
    """Half-written answers of one person, sealed. Never shown to another person, never a decision."""

    __tablename__ = "task_draft"
    __protection__: ClassVar[Protection] = TENANT
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    values: Mapped[bytes]
    saved_at: Mapped[datetime]


class TaskEvent(Base):
    """What happened to a task: claimed, released, completed, withdrawn; by whom."""

    __tablename__ = "task_event"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (Index("ix_task_event_task", "practice_id", "task_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    what: Mapped[str]
    person_id: Mapped[UUID | None]
    at: Mapped[datetime]
