"""Who stands on which side of which organization, in which position?

Working for the MSO never puts anyone on a practice's side; a physician lent by the MSO needs a row of the practice.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mso.practitioners import RegisterFact, last_day, lock_for_change
from store import audit, ids
from store.db import Base
from store.errors import Invalid, NotFound
from store.transaction import register_transaction
from store.types import REGISTER_FACT, Protection

PRACTICE, MSO_SIDE, EXTERNAL = "practice", "mso", "external"
SIDES = (PRACTICE, MSO_SIDE, EXTERNAL)
STATUSES = ("active", "pending", "suspended", "ended", "entered_in_error")
POSITIONS = (
    *("owner", "medical_director", "cmo", "physician", "clinician", "reviewer", "supervising", "designee"),
    *("committee_member", "peer", "panelist", "counsel", "staff", "officer"),
)
"""`physician` and `clinician` see patients for the practice; `officer` and `staff` decide nothing clinical."""


class AffiliationFact(RegisterFact, Base):
    """What is true of one person's position in one organization from a day to a day.

    status:            `pending` is applied for and not appointed; `suspended` holds the position and may not act.
    ownership_percent: share of the organization, for owners.
    """

    __tablename__ = "affiliation_fact"
    __protection__: ClassVar[Protection] = REGISTER_FACT
    __table_args__ = (
        CheckConstraint(f"side in {SIDES}", name="side"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint(f"position in {POSITIONS}", name="position"),
        Index("ix_affiliation_fact_force", "person_id", "affiliation_id", "recorded_at", "id"),
        Index("ix_affiliation_fact_practice", "practice_id", "person_id"),
    )
    affiliation_id: Mapped[UUID] = mapped_column(index=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    side: Mapped[str]
    position: Mapped[str]
    status: Mapped[str]
    ownership_percent: Mapped[Decimal | None]


class AffiliationNotFound(NotFound):
    code = "affiliation.not_found"
    message = "There is no such affiliation in the register."


@dataclass(frozen=True)
class AffiliationEntry:
    """A position as it is brought into the register; fields as in AffiliationFact."""

    person_id: UUID
    practice_id: int
    side: str
    position: str
    valid_from: date
    valid_to: date | None = None
    status: str = "active"
    ownership_percent: Decimal | None = None
    evidence: str | None = None


def add_affiliation(entry: AffiliationEntry, *, now: datetime, by: UUID | None) -> AffiliationFact:
    """Bring a position into the register. Raises Invalid."""
    if entry.side not in SIDES or entry.position not in POSITIONS or entry.status not in STATUSES:
        raise Invalid(f"Sides are {', '.join(SIDES)}; positions are {', '.join(POSITIONS)}.")
    with register_transaction() as session:
        recorded_at = lock_for_change(entry.person_id, now)
        fact = AffiliationFact(
            **vars(entry), id=ids.new(), affiliation_id=ids.new(), recorded_at=recorded_at, recorded_by=by
        )
        session.add(fact)
        _audit("affiliation:added", fact, by)
        return fact


def amend_affiliation(
    affiliation_id: UUID, status: str, from_on: date, *, now: datetime, by: UUID | None
) -> AffiliationFact:
    """Record another status from a day on: to `active` until the next known fact, to any other without end.

    Raises AffiliationNotFound, Invalid.
    """
    if status not in STATUSES:
        raise Invalid(f"Statuses are {', '.join(STATUSES)}.")
    with register_transaction() as session:
        before = _newest(session, affiliation_id)
        recorded_at = lock_for_change(before.person_id, now)
        before = _newest(session, affiliation_id)
        until = last_day(
            session,
            AffiliationFact,
            (AffiliationFact.affiliation_id, affiliation_id),
            from_on,
            "next_fact" if status == "active" else "open",
        )
        fact = AffiliationFact(
            id=ids.new(),
            affiliation_id=affiliation_id,
            person_id=before.person_id,
            practice_id=before.practice_id,
            side=before.side,
            position=before.position,
            ownership_percent=before.ownership_percent,
            status=status,
            valid_from=from_on,
            valid_to=until,
            recorded_at=recorded_at,
            recorded_by=by,
        )
        session.add(fact)
        _audit("affiliation:amended", fact, by)
        return fact


def end_affiliation(affiliation_id: UUID, last_on: date, *, now: datetime, by: UUID | None) -> AffiliationFact:
    """Record the last day of a position."""
    return amend_affiliation(affiliation_id, "ended", last_on + timedelta(days=1), now=now, by=by)


def affiliations_of(session: Session, person_id: UUID) -> list[AffiliationFact]:
    """Every fact about every position of a person, in the order in which they were recorded."""
    facts = select(AffiliationFact).where(AffiliationFact.person_id == person_id)
    return list(session.scalars(facts.order_by(AffiliationFact.recorded_at, AffiliationFact.id)))


def _newest(session: Session, affiliation_id: UUID) -> AffiliationFact:
    facts = select(AffiliationFact).where(AffiliationFact.affiliation_id == affiliation_id)
    found = session.scalars(facts.order_by(AffiliationFact.recorded_at.desc(), AffiliationFact.id.desc())).first()
    if found is None:
        raise AffiliationNotFound()
    return found


def _audit(tag: str, fact: AffiliationFact, by: UUID | None) -> None:
    facts = {
        "affiliation": fact.affiliation_id,
        "fact": fact.id,
        "practice": fact.practice_id,
        "side": fact.side,
        "position": fact.position,
        "status": fact.status,
        "from": fact.valid_from,
        "to": fact.valid_to,
    }
    audit.record(tag, by=by, on=f"person/{fact.person_id}", facts=facts)
