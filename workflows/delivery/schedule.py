"""When is a process started by the clock? One row per start event with a timer and organization it starts for.

A row belongs to the newest version of its process. A new version with the same timer text takes the row over, so that
nothing is started twice or left out; another text begins anew, and what is gone from the model or retired is dropped.
Due times before a row was made do not count.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import ids
from store.db import Base
from store.types import SHARED, Protection
from workflows import definitions, runtime, triggers
from workflows.deciding import Host
from workflows.engine import EngineFault, Span, StartTrigger, cycle_of, due_at, parse_duration, value_of

Starters = Callable[[Session, bool], Iterable[int]]
_starters: list[Starters] = []


class StartTimer(Base):
    """timer: kind and text as the model writes them.

    first_at, every, round: of a cycle, where it began, its step, how far it is. rounds_left: None without limit.
    due_at: None when nothing comes any more. look_at: not before; a claim is a lease. error: why it could not start.
    """

    __tablename__ = "start_timer"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (
        UniqueConstraint("process_key", "element_id", "practice_id"),
        Index("ix_start_timer_due", "due_at", postgresql_where="look_at is not null"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    process_key: Mapped[str]
    element_id: Mapped[str]
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    timer: Mapped[str]
    first_at: Mapped[datetime | None]
    every: Mapped[str | None]
    round: Mapped[int]
    rounds_left: Mapped[int | None]
    due_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    attempts: Mapped[int]
    error: Mapped[str | None]


@dataclass(frozen=True)
class _Wanted:
    """What the published models ask for."""

    definition_id: UUID
    process_key: str
    start: StartTrigger
    practice_id: int

    @property
    def text(self) -> str:
        assert self.start.timer is not None
        return f"{self.start.timer.kind} {self.start.timer.text}"


def start_for(starters: Starters) -> None:
    """Set what knows for which organizations the clock starts a process: for each practice, or for the MSO.

    Called once by the composition root.
    """
    _starters[:] = [starters]


def plan(session: Session, now: datetime) -> None:
    """Make the rows equal to what the newest versions say. Two planners at once do it one after the other."""
    session.connection().exec_driver_sql("select pg_advisory_xact_lock(hashtextextended('start_timer', 4))")
    rows = session.scalars(select(StartTimer).with_for_update().execution_options(populate_existing=True))
    known = {(one.process_key, one.element_id, one.practice_id): one for one in rows}
    for wanted in _wanted(session):
        row = known.pop((wanted.process_key, wanted.start.element_id, wanted.practice_id), None)
        if row is None:
            session.add(_new(session, wanted, now))
        elif row.timer != wanted.text:
            row.definition_id, row.timer, row.attempts, row.error = wanted.definition_id, wanted.text, 0, None
            _begin(session, row, now)
        else:
            row.definition_id = wanted.definition_id
    for gone in known.values():
        session.delete(gone)


def _wanted(session: Session) -> Iterator[_Wanted]:
    for one in triggers.current(session):
        for start in one.starts.values():
            if start.timer is None:
                continue
            for practice_id in _starters[0](session, start.element_id in one.for_practices) if _starters else ():
                yield _Wanted(one.definition_id, one.key, start, practice_id)


def _new(session: Session, wanted: _Wanted, now: datetime) -> StartTimer:
    row = StartTimer(
        id=ids.new(),
        practice_id=wanted.practice_id,
        process_key=wanted.process_key,
        element_id=wanted.start.element_id,
        definition_id=wanted.definition_id,
        timer=wanted.text,
        round=1,
        attempts=0,
    )
    _begin(session, row, now)
    return row


def _begin(session: Session, row: StartTimer, now: datetime) -> None:
    """The first due time that counts."""
    kind, _, text = row.timer.partition(" ")
    host = _host(session, row, now)

    def evaluate(expression: str) -> object:
        return value_of(expression, {"now": host.local, "today": host.local.date()}, now=host.local)

    row.round, row.rounds_left, row.first_at, row.every, row.due_at = 1, 1, None, None, None
    try:
        if kind == "cycle":
            cycle = cycle_of(text, evaluate, now, host.zone, host.business_day)
            row.first_at, row.every, row.rounds_left = cycle.first, cycle.every, cycle.count
            row.due_at = cycle.first
        else:
            row.due_at = due_at(text, evaluate, now, host.zone, host.business_day)
    except EngineFault as fault:
        row.error = fault.kind
    while row.due_at is not None and row.due_at < now:
        _advance(row, host, _passed(row, now))
    row.look_at = row.due_at


def advance(session: Session, row: StartTimer, now: datetime) -> None:
    """The next due time after the present one. Every round of a cycle has its turn, however late it is noticed."""
    _advance(row, _host(session, row, now), 1)


def _advance(row: StartTimer, host: Host, rounds: int) -> None:
    row.round += rounds - 1
    if row.rounds_left is not None:
        row.rounds_left = max(row.rounds_left - rounds, 0)
    row.due_at = row.look_at = _following(row, host) if row.rounds_left != 0 else None
    row.round += 1


def _passed(row: StartTimer, now: datetime) -> int:
    """How many rounds of a cycle are over for certain: all at once where each takes the same time."""
    span = parse_duration(row.every or "")
    if span is None or span != Span(rest=span.rest) or row.due_at is None:
        return 1
    return max((now - row.due_at) // span.rest, 1)


def _following(row: StartTimer, host: Host) -> datetime | None:
    span = parse_duration(row.every or "")
    if span is None or row.first_at is None or row.due_at is None:
        return None
    if span.business_days:
        return span.after(row.due_at, host.zone, host.business_day)
    return span.times(row.round).after(row.first_at, host.zone)


def _host(session: Session, row: StartTimer, now: datetime) -> Host:
    return runtime.host_of(session, definitions.get(session, row.definition_id), row.practice_id, now)
