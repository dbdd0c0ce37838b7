"""Process instances and what they wait for: rows that are locked, loaded and saved by the runtime.

The state is the engine's compact blob, sealed as a whole. Timers and message subscriptions carry ids and times only,
because the worker reads them before it knows the practice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto, rows, sending
from store.db import Base
from store.errors import Conflict, NotFound
from store.types import SHARED, TENANT, Protection
from workflows.events import InstanceRef

RUNNING, COMPLETED, STOPPED, CANCELLED = "running", "completed", "stopped", "cancelled"
ENDED = frozenset({COMPLETED, CANCELLED})

Question = Callable[[str, str, Mapping[str, Any]], sending.Statement]
Take = Callable[[Session, sending.Rows], None]
_company: list[tuple[Question, Take]] = []
_WHOSE = ("practice_id", "subject_id")


class ProcessInstance(Base):
    """One run of a process. status: running, completed, stopped (an incident), cancelled.

    suspended_at: since when an operator holds it; nothing moves until it is resumed, and its status is as it was.
    """

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
    suspended_at: Mapped[datetime | None]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - declared by SQLAlchemy as an instance variable

    @property
    def ref(self) -> InstanceRef:
        """The instance as events name it."""
        return InstanceRef(self.practice_id, self.id, self.definition_id, self.process_key, self.subject_id)


class Timer(Base):
    """When an instance has to be woken.

    look_at:  not before; a claim moves it ahead, as a lease, and so does a failure. None: parked, because the instance
              is suspended or failed too often.
    attempts: failures in a row.
    """

    __tablename__ = "timer"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (
        Index("ix_timer_due", "due_at", postgresql_where="look_at is not null"),
        Index(None, "instance_id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    instance_id: Mapped[UUID]
    engine_task_id: Mapped[UUID]
    element_id: Mapped[str]
    due_at: Mapped[datetime]
    look_at: Mapped[datetime | None]
    attempts: Mapped[int]


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


class SignalSubscription(Base):
    """A signal that an instance waits for."""

    __tablename__ = "signal_subscription"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (Index(None, "practice_id", "name"), Index(None, "instance_id"))
    id: Mapped[UUID] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    instance_id: Mapped[UUID]
    engine_task_id: Mapped[UUID]
    element_id: Mapped[str]
    name: Mapped[str]


class Incident(Base):
    """Something stopped an instance and waits for an operator. No case data in message or facts.

    resolution: what ended it, e.g. the verb of an operator; resolved_by: the person, None when it ended by itself.
    """

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
    resolved_by: Mapped[UUID | None]
    resolution: Mapped[str | None]


class UnknownInstance(NotFound):
    """No such instance in the practice in view."""

    code = "instance.unknown"


class InstanceEndedAlready(Conflict):
    """The instance is completed or cancelled."""

    code = "instance.ended"
    message = "This process has already ended. Open the case to see how."


class InstanceSuspended(Conflict):
    """An operator holds the instance: nobody completes anything in it until it is resumed."""

    code = "instance.suspended"
    message = "Work on this case is suspended; your text is kept. Ask the process administrator to resume it."


@dataclass(frozen=True)
class Held:
    """An instance under its row lock, with what stands beside it: records, not watched by the session.

    kept: names of messages that wait for it.
    """

    row: ProcessInstance
    timers: tuple[Timer, ...] = ()
    subscriptions: tuple[MessageSubscription, ...] = ()
    kept: frozenset[str] = frozenset()
    signals: tuple[SignalSubscription, ...] = ()


def questions(which: str, parameters: Mapping[str, Any]) -> list[sending.Statement]:
    """What has to be asked to hold an instance, in one round trip; the answers go to `held`.

    which: SQL that gives the instance's id, with parameters of the driver's style. The row lock is the first that
    every verb takes; what stands beside the row is read by a later statement, so it is as the last verb left it. The
    data key never changes under its id, so it may come with the lock.
    """
    lock = f"""
        select {rows.columns(ProcessInstance, "i")}, k.key_id, k.wrapped
        from process_instance i left join lateral (
            select key_id, wrapped from data_key where organization_id = i.practice_id order by key_id desc limit 1
        ) k on true
        where i.id = {which} for update of i"""
    asked = [(lock, parameters), (_BESIDE.format(which=which), parameters)]
    practice, subject = (f"(select {name} from process_instance where id = {which})" for name in _WHOSE)
    return asked + [question(practice, subject, parameters) for question, _ in _company]


def accompany(question: Question, take: Take) -> None:
    """Set what is read with every instance because listeners need it. Called once by the composition root.

    question: from SQL for the practice's and the subject's id and its parameters to a statement; take: gets the rows.
    """
    _company[:] = [(question, take)]


def company_of(practice_id: int, subject_id: UUID | None) -> list[sending.Statement]:
    """The same questions for an instance that is about to begin; the answers go to `take_company`."""
    parameters = {"practice": practice_id, "subject": subject_id}
    return [question("%(practice)s", "%(subject)s::uuid", parameters) for question, _ in _company]


def take_company(session: Session, answers: Sequence[sending.Rows]) -> None:
    """Hand the answers of `company_of` to who asked."""
    for (_, take), found in zip(_company, answers, strict=True):
        take(session, found)


_BESIDE = """
    select 't', id, engine_task_id, element_id, due_at, look_at, attempts, null, null, null
    from timer where instance_id = {which}
    union all
    select 'm', id, engine_task_id, element_id, null, null, null, message, key_digest, definition_id
    from message_subscription where instance_id = {which}
    union all
    select 's', id, engine_task_id, element_id, null, null, null, name, null, null
    from signal_subscription where instance_id = {which}
    union all
    select distinct 'k', null::uuid, null::uuid, null, null::timestamptz, null::timestamptz, null::int, name,
        null::bytea, null::uuid
    from message where instance_id = {which} and status = 'kept'"""


def held(session: Session, answers: Sequence[sending.Rows]) -> Held:
    """The instance that `questions` asked for. Raises UnknownInstance."""
    found, beside, *company = answers
    if not found:
        raise UnknownInstance()
    *columns, key_id, wrapped = found[0]
    row = rows.record(ProcessInstance, columns)
    if key_id is not None:
        crypto.take_key(session, row.practice_id, key_id, wrapped)
    take_company(session, company)
    return Held(
        row,
        tuple(_timer(row, one) for one in beside if one[0] == "t"),
        tuple(_subscription(row, one) for one in beside if one[0] == "m"),
        frozenset(one[7] for one in beside if one[0] == "k"),
        tuple(_signal(row, one) for one in beside if one[0] == "s"),
    )


def hold(session: Session, instance_id: UUID) -> Held:
    """Lock an instance until the transaction ends, in one round trip. Raises UnknownInstance."""
    return held(session, sending.ask(session, *questions("%(instance)s", {"instance": instance_id})))


def lock(session: Session, instance_id: UUID) -> ProcessInstance:
    """Lock an instance for somebody who acts beside its process."""
    return hold(session, instance_id).row


def _timer(row: ProcessInstance, found: Sequence[Any]) -> Timer:
    _, timer_id, task_id, element_id, due_at, look_at, attempts, *_ = found
    return rows.record_of(
        Timer,
        id=timer_id,
        practice_id=row.practice_id,
        instance_id=row.id,
        engine_task_id=task_id,
        element_id=element_id,
        due_at=due_at,
        look_at=look_at,
        attempts=attempts,
    )


def _subscription(row: ProcessInstance, found: Sequence[Any]) -> MessageSubscription:
    _, subscription_id, task_id, element_id, _, _, _, message, key_digest, definition_id = found
    return rows.record_of(
        MessageSubscription,
        id=subscription_id,
        practice_id=row.practice_id,
        instance_id=row.id,
        definition_id=definition_id,
        engine_task_id=task_id,
        element_id=element_id,
        message=message,
        key_digest=key_digest,
    )


def _signal(row: ProcessInstance, found: Sequence[Any]) -> SignalSubscription:
    _, subscription_id, task_id, element_id, _, _, _, name, *_ = found
    return rows.record_of(
        SignalSubscription,
        id=subscription_id,
        practice_id=row.practice_id,
        instance_id=row.id,
        engine_task_id=task_id,
        element_id=element_id,
        name=name,
    )


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
