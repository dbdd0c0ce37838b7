"""Which licenses does a person hold? Class, state, dates, standing, and when the source last confirmed it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mso.practices import is_state, zone_of
from mso.practitioners import RegisterFact, Until, last_day, lock_for_change
from store import audit, ids
from store.db import Base
from store.errors import Invalid, NotFound
from store.transaction import register_transaction
from store.types import REGISTER_FACT, Protection

DISCIPLINES: Mapping[str, str] = {
    "MD": "physician",
    "DO": "physician",
    "DDS": "dental",
    "DMD": "dental",
    "DPM": "podiatry",
    "OD": "optometry",
    "DC": "chiropractic",
    "PT": "physical_therapy",
    "NP": "nurse_practitioner",
    "CNS": "clinical_nurse_specialist",
    "CNM": "nurse_midwifery",
    "CRNA": "nurse_anesthesia",
    "PA": "physician_assistant",
    "PSYCHOLOGIST": "psychology",
    "LCSW": "social_work",
    "LMFT": "family_therapy",
    "LPC": "counseling",
    "PHARMACIST": "pharmacy",
    "RN": "nursing",
    "LPN": "practical_nursing",
    "MA": "medical_assisting",
    "CODER": "coding",
    "ATTORNEY": "law",
}
"""License class -> discipline. Physicians of both schools are one discipline; every other class is its own."""

STATUSES = ("active", "inactive", "expired", "pending", "suspended", "revoked", "surrendered", "entered_in_error")
CLEAR, MANUAL = "clear", "manual"
VERIFICATIONS = (CLEAR, MANUAL, "mismatch", "not_found")
"""What the primary source said; `manual` is a check by hand with evidence. A source that is down says nothing."""


class LicenseFact(RegisterFact, Base):
    """What is true of one license from a day to a day.

    license_class:      a key of DISCIPLINES.
    restriction:        "none", or a key of what the holder may not do.
    compact:            "NLC" for a multistate nursing license, "PSYPACT" and others for a privilege held in `state`.
    practice_authority: "independent", "agreement" or "protocol": how an NP, CNS, CNM, CRNA, PA or LPN may practice
                        in this state; None is not known, which is no. `practice_authority_until` is its last day.
    specialties:        keys of verified training or board certification, e.g. "psychiatry"; never from a taxonomy code.
    expires_on:         last day the license is valid, inclusive, in the state's own calendar.
    """

    __tablename__ = "license_fact"
    __protection__: ClassVar[Protection] = REGISTER_FACT
    __table_args__ = (
        CheckConstraint(f"license_class in {tuple(DISCIPLINES)}", name="license_class"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint(f"verification in {VERIFICATIONS}", name="verification"),
        Index("ix_license_fact_force", "person_id", "license_id", "recorded_at", "id"),
    )
    license_id: Mapped[UUID] = mapped_column(index=True)
    license_class: Mapped[str]
    state: Mapped[str]
    number: Mapped[str]
    status: Mapped[str]
    restriction: Mapped[str]
    compact: Mapped[str | None]
    practice_authority: Mapped[str | None]
    practice_authority_until: Mapped[date | None]
    specialties: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    verified_at: Mapped[datetime | None]
    verification: Mapped[str | None]
    source: Mapped[str | None]


class LicenseNotFound(NotFound):
    code = "license.not_found"
    message = "There is no such license in the register."


@dataclass(frozen=True)
class LicenseEntry:
    """A license as it is brought into the register; fields as in LicenseFact."""

    person_id: UUID
    license_class: str
    state: str
    number: str
    issued_on: date | None
    expires_on: date | None
    status: str = "active"
    restriction: str = "none"
    compact: str | None = None
    practice_authority: str | None = None
    practice_authority_until: date | None = None
    specialties: tuple[str, ...] = ()
    verified_at: datetime | None = None
    verification: str | None = None
    source: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class LicenseChange:
    """What a new fact says differently from the one before; None leaves it as it was.

    until: how long it holds. By default a change that takes authority away has no end, and any other ends the day
    before the next known fact, so that a late correction of the past does not overrule what is known of later days.
    """

    status: str | None = None
    restriction: str | None = None
    expires_on: date | None = None
    practice_authority: str | None = None
    practice_authority_until: date | None = None
    specialties: tuple[str, ...] | None = None
    verified_at: datetime | None = None
    verification: str | None = None
    source: str | None = None
    evidence: str | None = None
    until: Until | None = None

    def values(self) -> dict[str, Any]:
        """Only what changes."""
        said = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "until"}
        return {name: value for name, value in said.items() if value is not None}

    @property
    def is_adverse(self) -> bool:
        """Whether it takes authority away."""
        return self.status not in (None, "active") or self.restriction not in (None, "none")


def add_license(entry: LicenseEntry, *, now: datetime, by: UUID | None, valid_from: date | None = None) -> LicenseFact:
    """Bring a license into the register, true from its issue (else today) on. Raises Invalid."""
    _check(entry.license_class, entry.state, entry.status, entry.verification)
    first_on = valid_from or entry.issued_on or now.astimezone(zone_of(entry.state)).date()
    said = {field.name: getattr(entry, field.name) for field in fields(entry)}
    with register_transaction() as session:
        recorded_at = lock_for_change(entry.person_id, now)
        fact = LicenseFact(
            **{**said, "specialties": list(entry.specialties)},
            id=ids.new(),
            license_id=ids.new(),
            valid_from=first_on,
            recorded_at=recorded_at,
            recorded_by=by,
        )
        session.add(fact)
        _audit("license:added", fact, by)
        return fact


def amend_license(
    license_id: UUID,
    change: LicenseChange,
    from_on: date | None = None,
    *,
    now: datetime,
    by: UUID | None,
) -> LicenseFact:
    """Record that something is different from a day (None: today in the license's state) on.

    Raises LicenseNotFound, Invalid.
    """
    with register_transaction() as session:
        holder, state = _holder(session, license_id)
        recorded_at = lock_for_change(holder, now)
        first_on = from_on or now.astimezone(zone_of(state)).date()
        before = _in_force(session, license_id, first_on)
        said = {**_carried(before), **change.values()}
        said["specialties"] = list(said["specialties"])
        _check(before.license_class, before.state, said["status"], said["verification"])
        ends = change.until if change.until is not None else ("open" if change.is_adverse else "next_fact")
        fact = LicenseFact(
            **said,
            id=ids.new(),
            valid_from=first_on,
            valid_to=last_day(session, LicenseFact, (LicenseFact.license_id, license_id), first_on, ends),
            recorded_at=recorded_at,
            recorded_by=by,
        )
        session.add(fact)
        _audit("license:amended", fact, by)
        return fact


def verify_license(license_id: UUID, verification: str, source: str, *, now: datetime, by: UUID | None) -> LicenseFact:
    """Record what the primary source says today. An outage of the source is not recorded: it confirms nothing.

    A check by hand is recorded by amend_license, with its evidence.
    """
    said = LicenseChange(verified_at=now, verification=verification, source=source)
    return amend_license(license_id, said, now=now, by=by)


def licenses_of(session: Session, person_id: UUID) -> list[LicenseFact]:
    """Every fact about every license of a person, in the order in which they were recorded."""
    facts = select(LicenseFact).where(LicenseFact.person_id == person_id)
    return list(session.scalars(facts.order_by(LicenseFact.recorded_at, LicenseFact.id)))


_OF_THE_FACT = frozenset({"id", "valid_from", "valid_to", "recorded_at", "recorded_by", "evidence"})


def _carried(fact: LicenseFact) -> dict[str, Any]:
    names = (column.key for column in LicenseFact.__table__.columns if column.key not in _OF_THE_FACT)
    return {name: getattr(fact, name) for name in names}


def _holder(session: Session, license_id: UUID) -> tuple[UUID, str]:
    chosen = select(LicenseFact.person_id, LicenseFact.state).where(LicenseFact.license_id == license_id)
    row = session.execute(chosen.limit(1)).one_or_none()
    if row is None:
        raise LicenseNotFound()
    return row.person_id, row.state


def _in_force(session: Session, license_id: UUID, on: date) -> LicenseFact:
    """The fact that holds on a day, else the one recorded last."""
    facts = select(LicenseFact).where(LicenseFact.license_id == license_id)
    newest = facts.order_by(LicenseFact.recorded_at.desc(), LicenseFact.id.desc())
    covering = newest.where(LicenseFact.valid_from <= on, LicenseFact.valid_to.is_(None) | (LicenseFact.valid_to >= on))
    found = session.scalars(covering).first() or session.scalars(newest).first()
    if found is None:
        raise LicenseNotFound()
    return found


def _check(license_class: str, state: str, status: str, verification: str | None) -> None:
    wrong: dict[str, list[str]] = {}
    if license_class not in DISCIPLINES:
        wrong["license_class"] = [f"Choose one of {', '.join(DISCIPLINES)}."]
    if not is_state(state):
        wrong["state"] = ["Give the state as its two-letter postal code, e.g. NY."]
    if status not in STATUSES:
        wrong["status"] = [f"Choose one of {', '.join(STATUSES)}."]
    if verification is not None and verification not in VERIFICATIONS:
        wrong["verification"] = [f"Choose one of {', '.join(VERIFICATIONS)}."]
    if wrong:
        raise Invalid(fields=wrong)


def _audit(tag: str, fact: LicenseFact, by: UUID | None) -> None:
    facts = {
        "license": fact.license_id,
        "fact": fact.id,
        "class": fact.license_class,
        "state": fact.state,
        "status": fact.status,
        "restriction": fact.restriction,
        "from": fact.valid_from,
        "to": fact.valid_to,
    }
    audit.record(tag, by=by, on=f"person/{fact.person_id}", facts=facts)
