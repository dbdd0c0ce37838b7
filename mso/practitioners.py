"""Whose register facts are these, and in which order were they learned?

Every fact about a person (license, affiliation, sanction) is bitemporal and append-only: valid from a day to a day,
recorded at an instant; never changed, only overruled by one recorded later. Every verb that adds one locks the
person's practitioner row first; signing holds the same row `FOR SHARE`. So of a revocation and a signature one wins.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Text, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from store.db import Base
from store.transaction import require_transaction
from store.types import Protection

Until = date | Literal["next_fact", "open"]
"""How long a new fact holds: to a day inclusive, to the day before the next known fact, or with no end."""

# Two facts of one person never share an instant: which was recorded later decides which one holds.
TICK = timedelta(microseconds=1)


class Practitioner(Base):
    """The lock of a person's register facts. register_version counts the changes."""

    __tablename__ = "practitioner"
    __protection__: ClassVar[Protection] = Protection(tenant=False, writer="register")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    register_version: Mapped[int]
    changed_at: Mapped[datetime]


class RegisterFact:
    """What every fact carries.

    valid_from, valid_to: first and last day on which it is true in the world, inclusive; None is without end.
    recorded_at:          since when we know it.
    evidence:             where the proof lies: a document id or the reference of a source.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    evidence: Mapped[str | None] = mapped_column(Text)


class _Dated(Protocol):
    """The two times of a fact."""

    id: Any
    valid_from: Any
    valid_to: Any
    recorded_at: Any


F = TypeVar("F", bound=_Dated)


def in_force(facts: Sequence[F], thread: Callable[[F], UUID], day: Callable[[F], date]) -> list[F]:
    """Of each thread (one license, one affiliation) the fact recorded last among those that hold on its day."""
    holding: dict[UUID, F] = {}
    for fact in sorted(facts, key=lambda one: (one.recorded_at, one.id)):
        today = day(fact)
        if fact.valid_from <= today and (fact.valid_to is None or fact.valid_to >= today):
            holding[thread(fact)] = fact
    return list(holding.values())


def lock_for_change(person_id: UUID, now: datetime) -> datetime:
    """Lock a person's facts against signatures and other changes; gives the instant to record the new fact with.

    A second fact within the same instant, or one that waited for the lock, is recorded after the first.
    """
    session = require_transaction()
    session.execute(
        insert(Practitioner)
        .values(person_id=person_id, register_version=0, changed_at=now - TICK)
        .on_conflict_do_nothing()
    )
    row = session.scalars(
        select(Practitioner)
        .where(Practitioner.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row.register_version += 1
    row.changed_at = max(now, row.changed_at + TICK)
    return row.changed_at


def last_day(
    session: Session,
    fact: type[Any],
    thread: tuple[InstrumentedAttribute[UUID], UUID],
    from_on: date,
    until: Until,
) -> date | None:
    """The last day of a new fact of a thread (one license, one affiliation), None when it has no end."""
    if until == "open":
        return None
    if isinstance(until, date):
        return until
    column, value = thread
    following: date | None = session.scalar(
        select(func.min(fact.valid_from)).where(column == value, fact.valid_from > from_on)
    )
    return following - timedelta(days=1) if following else None
