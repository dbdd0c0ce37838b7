"""What did the register say about these people: on a day, as known at an instant?

The read side of licenses, affiliations and sanctions as frozen values. Two times: `on` is when it was true, `known_at`
what we had recorded by then. A later fact overrules an earlier one; a fact entered in error counts as none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.affiliations import AffiliationFact
from mso.licenses import DISCIPLINES, LicenseFact
from mso.people import Person
from mso.practices import Organization, zone_of
from mso.practitioners import F, Practitioner, in_force
from mso.sanctions import SCREEN, SanctionFact

IN_ERROR = "entered_in_error"


@dataclass(frozen=True)
class License:
    """One license as it stood; fields as in mso.licenses.LicenseFact. valid_to: last day of this fact, inclusive."""

    license_id: UUID
    fact_id: UUID
    license_class: str
    state: str
    number: str
    status: str | None
    restriction: str | None
    issued_on: date | None
    expires_on: date | None
    verified_at: datetime | None
    verification: str | None
    source: str | None = None
    compact: str | None = None
    practice_authority: str | None = None
    practice_authority_until: date | None = None
    specialties: frozenset[str] = frozenset()
    valid_to: date | None = None
    evidence: str | None = None

    @property
    def discipline(self) -> str | None:
        """The discipline of its class, None for a class nobody knows."""
        return DISCIPLINES.get(self.license_class)

    def local_day(self, on: datetime) -> date:
        """The day it is in the license's state; of two zones the one whose midnight comes first."""
        return on.astimezone(zone_of(self.state)).date()

    def snapshot(self) -> dict[str, Any]:
        """What a signature keeps of it (eligibility.md, section 10)."""
        return {
            "license_id": str(self.license_id),
            "fact_id": str(self.fact_id),
            "class": self.license_class,
            "number": self.number,
            "state": self.state,
            "status": self.status,
            "restriction": self.restriction,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "source": self.source,
            "verified_at": self.verified_at.isoformat() if self.verified_at else None,
            "verification": self.verification,
            "compact": self.compact,
            "practice_authority": self.practice_authority,
            "evidence": self.evidence,
        }


@dataclass(frozen=True)
class Affiliation:
    """One position as it stood; fields as in mso.affiliations.AffiliationFact."""

    affiliation_id: UUID
    fact_id: UUID
    practice_id: int
    side: str
    position: str
    status: str
    ownership_percent: Decimal | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Sanction:
    """One match of an exclusion list as it stood; fields as in mso.sanctions.SanctionFact."""

    sanction_id: UUID
    fact_id: UUID
    source: str
    status: str
    score: int | None
    adjudicate_by: datetime | None


@dataclass(frozen=True)
class PersonRecord:
    """Everything the register says about one person.

    screened_at: source of the exclusion list -> when it was last searched for this person.
    changes_at:  the next instant at which another fact, known already, begins to hold or one that holds ends.
    """

    person_id: UUID
    name: str
    active: bool
    licenses: tuple[License, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    screened_at: Mapping[str, datetime] = field(default_factory=dict)
    changes_at: datetime | None = None

    def license(self, license_id: UUID) -> License:
        """Raises KeyError for a license this person does not hold."""
        return {one.license_id: one for one in self.licenses}[license_id]


@dataclass(frozen=True)
class Register:
    """The read side for some people. on: when it was true; known_at: what was recorded by then (None: everything)."""

    people: Mapping[UUID, PersonRecord]
    on: datetime
    known_at: datetime | None

    def person(self, person_id: UUID) -> PersonRecord | None:
        """The record of a person, None for somebody the register does not know."""
        return self.people.get(person_id)


def load(session: Session, person_ids: Iterable[UUID], on: datetime, known_at: datetime | None = None) -> Register:
    """Read what the register says about these people.

    known_at None means everything that is recorded, which is what a signature needs: a revocation that was recorded
    while the signer's row was waited for counts, although the signer's clock was read before.
    """
    wanted = sorted(set(person_ids))
    if not wanted:
        return Register({}, on, known_at)
    facts = _Facts(session, wanted, known_at)
    names = session.execute(select(Person.id, Person.name, Person.active).where(Person.id.in_(wanted))).all()
    practices = {row.id: row.state for row in session.execute(select(Organization.id, Organization.state))}
    people = {row.id: _record(row, facts, practices, on) for row in names}
    return Register(people, on, known_at)


def lock_practitioner(session: Session, person_id: UUID) -> None:
    """Hold a person's register facts still until the end of the transaction; changes of them wait or have won.

    Facts must be read by a LATER statement: one that locks and reads at once sees the facts as of before the wait.
    Quiet for somebody without facts, who is not eligible anyway.
    """
    session.execute(
        select(Practitioner.register_version).where(Practitioner.person_id == person_id).with_for_update(read=True)
    )


def affiliated_people(session: Session, practice_id: int) -> list[UUID]:
    """Everybody who was ever affiliated with a practice on its own side or as an external reviewer."""
    chosen = select(AffiliationFact.person_id).where(
        AffiliationFact.practice_id == practice_id, AffiliationFact.side != "mso"
    )
    return list(session.scalars(chosen.distinct()))


def noon(day: date) -> datetime:
    """An instant at which it is this day in every state: what as-of questions about a day are asked with."""
    return datetime.combine(day, time(12), tzinfo=UTC)


class _Facts:
    """Every fact of the wanted people as known, by person."""

    def __init__(self, session: Session, person_ids: Sequence[UUID], known_at: datetime | None) -> None:
        self.licenses = self._read(session, LicenseFact, person_ids, known_at)
        self.affiliations = self._read(session, AffiliationFact, person_ids, known_at)
        self.sanctions = self._read(session, SanctionFact, person_ids, known_at)

    @staticmethod
    def _read(session: Session, model: Any, person_ids: Sequence[UUID], known_at: datetime | None) -> Any:
        chosen = select(model).where(model.person_id.in_(person_ids))
        if known_at is not None:
            chosen = chosen.where(model.recorded_at <= known_at)
        by_person = defaultdict(list)
        for fact in session.scalars(chosen.execution_options(populate_existing=True)):
            by_person[fact.person_id].append(fact)
        return by_person


def _record(row: Any, facts: _Facts, practices: Mapping[int, str], on: datetime) -> PersonRecord:
    licenses: list[LicenseFact] = facts.licenses[row.id]
    affiliations: list[AffiliationFact] = facts.affiliations[row.id]
    sanctions: list[SanctionFact] = facts.sanctions[row.id]
    held = in_force(licenses, lambda one: one.license_id, lambda one: _day(on, one.state))
    placed = in_force(
        affiliations, lambda one: one.affiliation_id, lambda one: _day(on, practices.get(one.practice_id))
    )
    listed = in_force(sanctions, lambda one: one.sanction_id, lambda _: on.astimezone(UTC).date())
    return PersonRecord(
        person_id=row.id,
        name=row.name,
        active=row.active,
        licenses=tuple(_license(one) for one in held if one.status != IN_ERROR),
        affiliations=tuple(_affiliation(one) for one in placed if one.status not in (IN_ERROR, "ended")),
        sanctions=tuple(_sanction(one) for one in listed if one.kind != SCREEN),
        screened_at=_screens(sanctions, on),
        changes_at=min(
            (
                *_boundaries(licenses, lambda one: one.state, on),
                *_boundaries(affiliations, lambda one: practices.get(one.practice_id), on),
            ),
            default=None,
        ),
    )


def _day(on: datetime, state: str | None) -> date:
    return on.astimezone(zone_of(state)).date()


def day_begins(day: date, state: str | None) -> datetime:
    """The instant at which a day begins in a state."""
    return datetime.combine(day, time(0), tzinfo=zone_of(state)).astimezone(UTC)


def _boundaries(facts: Sequence[F], state: Callable[[F], str | None], on: datetime) -> Iterable[datetime]:
    """Future instants at which a fact begins or ends."""
    for fact in facts:
        days = [fact.valid_from, *([fact.valid_to + timedelta(days=1)] if fact.valid_to else [])]
        yield from (at for at in (day_begins(day, state(fact)) for day in days) if at > on)


def _screens(facts: Sequence[SanctionFact], on: datetime) -> dict[str, datetime]:
    done = [fact for fact in facts if fact.kind == SCREEN and fact.screened_at is not None and fact.screened_at <= on]
    ordered = sorted(done, key=lambda one: one.screened_at or on)
    return {one.source: one.screened_at for one in ordered if one.screened_at is not None}


def _license(fact: LicenseFact) -> License:
    return License(
        license_id=fact.license_id,
        fact_id=fact.id,
        license_class=fact.license_class,
        state=fact.state,
        number=fact.number,
        status=fact.status,
        restriction=fact.restriction,
        issued_on=fact.issued_on,
        expires_on=fact.expires_on,
        verified_at=fact.verified_at,
        verification=fact.verification,
        source=fact.source,
        compact=fact.compact,
        practice_authority=fact.practice_authority,
        practice_authority_until=fact.practice_authority_until,
        specialties=frozenset(fact.specialties),
        valid_to=fact.valid_to,
        evidence=fact.evidence,
    )


def _affiliation(fact: AffiliationFact) -> Affiliation:
    return Affiliation(
        affiliation_id=fact.affiliation_id,
        fact_id=fact.id,
        practice_id=fact.practice_id,
        side=fact.side,
        position=fact.position,
        status=fact.status,
        ownership_percent=fact.ownership_percent,
        valid_to=fact.valid_to,
    )


def _sanction(fact: SanctionFact) -> Sanction:
    return Sanction(fact.sanction_id, fact.id, fact.source, fact.status, fact.score, fact.adjudicate_by)
