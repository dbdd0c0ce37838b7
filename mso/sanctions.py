"""Is a person excluded from federal programs? Screens of the lists, and what became of each match."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mso.practitioners import RegisterFact, lock_for_change
from store import audit, ids
from store.db import Base
from store.errors import Invalid, NotFound
from store.transaction import register_transaction
from store.types import REGISTER_FACT, Protection

SCREEN, MATCH = "screen", "match"
LEIE, SAM = "leie", "sam"
CONFIRMED, CANDIDATE, DISMISSED, DONE, ENDED = "confirmed", "candidate", "dismissed", "done", "ended"
STATUSES = (DONE, CANDIDATE, CONFIRMED, DISMISSED, ENDED)


class SanctionFact(RegisterFact, Base):
    """One look into an exclusion list, or one entry of it that may be this person.

    kind:          `screen` (status `done`) or `match` (candidate, confirmed, dismissed, ended).
    source:        `leie` (OIG list of excluded individuals) or `sam` (GSA exclusions).
    score:         how alike name and birth date are, 0 to 100; of matches.
    adjudicate_by: until when somebody must decide whether a candidate is this person.
    """

    __tablename__ = "sanction_fact"
    __protection__: ClassVar[Protection] = REGISTER_FACT
    __table_args__ = (
        CheckConstraint(f"kind in ('{SCREEN}', '{MATCH}')", name="kind"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index("ix_sanction_fact_force", "person_id", "sanction_id", "recorded_at", "id"),
    )
    sanction_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    source: Mapped[str]
    status: Mapped[str]
    score: Mapped[int | None] = mapped_column(SmallInteger)
    adjudicate_by: Mapped[datetime | None]
    screened_at: Mapped[datetime | None]


class SanctionNotFound(NotFound):
    code = "sanction.not_found"
    message = "There is no such match in the register."


@dataclass(frozen=True)
class Match:
    """An entry of a list that may be this person; fields as in SanctionFact."""

    source: str
    score: int
    adjudicate_by: datetime
    evidence: str | None = None


def record_screen(person_id: UUID, source: str, *, now: datetime, by: UUID | None) -> SanctionFact:
    """Record that a list was searched for this person just now. What it found is recorded by record_match."""
    if source not in (LEIE, SAM):
        raise Invalid(f"Exclusion lists are {LEIE} and {SAM}.")
    return _record(person_id, ids.new(), now, by, kind=SCREEN, source=source, status=DONE, screened_at=now)


def record_match(person_id: UUID, match: Match, *, now: datetime, by: UUID | None) -> SanctionFact:
    """Record that a list has an entry that may be this person."""
    facts = {"source": match.source, "score": match.score, "adjudicate_by": match.adjudicate_by}
    return _record(
        person_id, ids.new(), now, by, kind=MATCH, status=CANDIDATE, screened_at=None, evidence=match.evidence, **facts
    )


def settle_match(
    sanction_id: UUID, status: str, *, now: datetime, by: UUID | None, from_on: date | None = None
) -> SanctionFact:
    """Decide on a match: it is this person (confirmed), it is not (dismissed), or the exclusion is over (ended).

    from_on: since which day that is true, by default since today. Raises SanctionNotFound, Invalid.
    """
    if status not in (CONFIRMED, DISMISSED, ENDED):
        raise Invalid(f"A match is {CONFIRMED}, {DISMISSED} or {ENDED}.")
    with register_transaction() as session:
        chosen = select(SanctionFact).where(SanctionFact.sanction_id == sanction_id, SanctionFact.kind == MATCH)
        before = session.scalars(chosen.order_by(SanctionFact.recorded_at.desc())).first()
    if before is None:
        raise SanctionNotFound()
    return _record(
        before.person_id,
        sanction_id,
        now,
        by,
        kind=MATCH,
        valid_from=from_on or _begun_everywhere(now),
        source=before.source,
        status=status,
        score=before.score,
        adjudicate_by=before.adjudicate_by,
    )


def sanctions_of(session: Session, person_id: UUID) -> list[SanctionFact]:
    """Every screen and match of a person, in the order in which they were recorded."""
    facts = select(SanctionFact).where(SanctionFact.person_id == person_id)
    return list(session.scalars(facts.order_by(SanctionFact.recorded_at, SanctionFact.id)))


def _record(person_id: UUID, sanction_id: UUID, now: datetime, by: UUID | None, **said: Any) -> SanctionFact:
    said.setdefault("valid_from", _begun_everywhere(now))
    with register_transaction() as session:
        recorded_at = lock_for_change(person_id, now)
        fact = SanctionFact(
            **said,
            id=ids.new(),
            sanction_id=sanction_id,
            person_id=person_id,
            recorded_at=recorded_at,
            recorded_by=by,
        )
        session.add(fact)
        facts = {"sanction": sanction_id, "kind": fact.kind, "source": fact.source, "status": fact.status}
        audit.record(f"sanction:{fact.kind}", by=by, on=f"person/{person_id}", facts=facts)
        return fact


def _begun_everywhere(now: datetime) -> date:
    """A list names no place, so a fact holds from the day that has begun in every time zone."""
    return (now.astimezone(UTC) - timedelta(hours=12)).date()
