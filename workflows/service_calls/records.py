"""The calls of service tasks as rows: what was asked, how often it was tried, what came of it.

Input and answer are case data and sealed as a whole, each bound to its row. What stands in clear are ids, names, times
and classes of errors. The wake-up table holds ids and times only, because the worker reads it before it knows the
practice.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto
from store.db import Base
from store.types import SHARED, TENANT, Protection
from workflows.engine import pack, unpack

WAITING, RUNNING, HELD = "waiting", "running", "held"
ANSWERED, FAILED, WITHDRAWN = "answered", "failed", "withdrawn"
ALIVE = (WAITING, RUNNING, HELD)
"""Statuses in which the process still waits for the answer."""
LOGGED = 50
"""Attempts of one call that are kept."""


class ServiceCallRecord(Base):
    """One call of a service task; id is the engine's task id.

    status:     waiting, running, held (the answer is here and not taken yet), answered, failed or withdrawn.
    round:      1; one more each time it is asked again with other parameters. Part of the idempotency key.
    attempts:   made so far. attempts_allowed: it fails for good after so many.
    next_at:    not before. lease_until: while it runs, until then no other worker makes it.
    last_error: class of the error. last_message: for operators, without case data.
    log:        [{"attempt", "at", "error"}], newest last; error is null for the attempt that was answered.
    """

    __tablename__ = "service_call"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (Index(None, "practice_id", "instance_id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    definition_id: Mapped[UUID]
    subject_id: Mapped[UUID | None]
    element_id: Mapped[str]
    operator: Mapped[str]
    status: Mapped[str]
    round: Mapped[int]
    attempts: Mapped[int]
    attempts_allowed: Mapped[int]
    next_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    last_message: Mapped[str | None]
    log: Mapped[list[Any]]
    input: Mapped[bytes]
    answer: Mapped[bytes | None]
    requested_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """The idempotency key that the other side gets."""
        return str(self.id) if self.round == 1 else f"{self.id}.{self.round}"


class ServiceCallWake(Base):
    """When a call has to be looked at; a worker that vanishes costs time, never the call."""

    __tablename__ = "service_call_wake"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (Index(None, "look_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    look_at: Mapped[datetime]


def find(session: Session, call_id: UUID, *, lock: bool = False) -> ServiceCallRecord | None:
    """A call in view; locked until the transaction ends. Lock the instance before it, never after."""
    query = select(ServiceCallRecord).where(ServiceCallRecord.id == call_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def wake_at(session: Session, row: ServiceCallRecord, at: datetime | None) -> None:
    """When the call has to be looked at again; None: never."""
    if at is None:
        session.execute(delete(ServiceCallWake).where(ServiceCallWake.id == row.id))
        return
    values = {"id": row.id, "practice_id": row.practice_id, "look_at": at}
    made = insert(ServiceCallWake).values(**values)
    session.execute(made.on_conflict_do_update(index_elements=["id"], set_={"look_at": at}))


def note(row: ServiceCallRecord, error: str | None, at: datetime) -> None:
    """Keep how an attempt ended."""
    row.log = [*row.log, {"attempt": row.attempts, "at": at.isoformat(), "error": error}][-LOGGED:]


def seal_input(practice_id: int, call_id: UUID, parameters: Mapping[str, Any]) -> bytes:
    """The parameters as they are stored."""
    return crypto.seal(pack(dict(parameters)), **_place(practice_id, call_id, "input"))


def input_of(row: ServiceCallRecord) -> dict[str, Any]:
    """The parameters of a call. Raises SealBroken or KeyDestroyed."""
    found: dict[str, Any] = unpack(crypto.unseal(row.input, **_place(row.practice_id, row.id, "input")))
    return found


def seal_answer(row: ServiceCallRecord, answer: Any) -> bytes:
    """An answer that is kept until the process takes it."""
    return crypto.seal(pack(answer), **_place(row.practice_id, row.id, "answer"))


def answer_of(row: ServiceCallRecord) -> Any:
    """The kept answer, None when there is none."""
    if row.answer is None:
        return None
    return unpack(crypto.unseal(row.answer, **_place(row.practice_id, row.id, "answer")))


def _place(practice_id: int, call_id: UUID, column: str) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "service_call", "column": column, "row_id": call_id}
