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
from mso.practices import zone_of
from mso.practitioners import F, in_force
from mso.sanctions import SCREEN, SanctionFact
from store import rows, sending
from store.once import forget, once, tell

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
    facts = once(session, ("facts", *wanted), lambda: _facts(sending.ask(session, *questions(wanted))))
    people = {row.id: _record(row, facts, on, known_at) for row in facts.people}
    return Register(people, on, known_at)


def questions(person_ids: Sequence[UUID]) -> list[sending.Statement]:
    """What has to be asked about people, in one round trip; the answers go to `take` or are read by `load`."""
    wanted = {"people": list(person_ids)}
    of_people = "where person_id = any(%(people)s)"
    return [
        rows.question(Person, "where id = any(%(people)s)", wanted),
        (_STATES, wanted),
        rows.question(LicenseFact, of_people, wanted),
        rows.question(AffiliationFact, of_people, wanted),
        rows.question(SanctionFact, of_people, wanted),
    ]


def held_questions(person_id: UUID) -> list[sending.Statement]:
    """The same for one person whose facts are held still until the end of the transaction: see `hold`."""
    return [(_HOLD, {"person": person_id}), *questions([person_id])]


def take_held(session: Session, person_id: UUID, answers: Sequence[sending.Rows]) -> None:
    """Remember what `held_questions` answered for the rest of this transaction."""
    facts = _facts(answers[1:])
    tell(session, ("facts", person_id), facts)
    tell(session, ("held", person_id), True)
    for person in facts.people:
        rows.remember(session, person)


def lock_practitioner(session: Session, person_id: UUID) -> None:
    """Hold a person's register facts still until the end of the transaction; changes of them wait or have won.

    Facts are read by a LATER statement: one that locks and reads at once sees the facts as of before the wait. Quiet
    for somebody without facts, who is not eligible anyway.
    """
    if once(session, ("held", person_id), lambda: False):
        return
    sending.later(session, _HOLD, {"person": person_id})
    tell(session, ("held", person_id), True)
    forget(session, ("facts", person_id))


_HOLD = "select 1 from practitioner where person_id = %(person)s for share"
_STATES = """
    select distinct o.id, o.state from organization o
    join affiliation_fact a on a.practice_id = o.id where a.person_id = any(%(people)s)"""


def affiliated_people(session: Session, practice_id: int) -> list[UUID]:
    """Everybody who was ever affiliated with a practice on its own side or as an external reviewer."""
    chosen = select(AffiliationFact.person_id).where(
        AffiliationFact.practice_id == practice_id, AffiliationFact.side != "mso"
    )
    return list(session.scalars(chosen.distinct()))


def noon(day: date) -> datetime:
    """An instant at which it is this day in every state: what as-of questions about a day are asked with."""
    return datetime.combine(day, time(12), tzinfo=UTC)


@dataclass(frozen=True)
class _Facts:
    """Every fact of some people, by person; states: of the practices that they are affiliated with."""

    people: tuple[Person, ...]
    states: Mapping[int, str]
    licenses: Mapping[UUID, list[LicenseFact]]
    affiliations: Mapping[UUID, list[AffiliationFact]]
    sanctions: Mapping[UUID, list[SanctionFact]]


def _facts(answers: Sequence[sending.Rows]) -> _Facts:
    people, states, licenses, affiliations, sanctions = answers
    return _Facts(
        tuple(rows.records(Person, people)),
        {practice_id: state for practice_id, state in states},
        _by_person(LicenseFact, licenses),
        _by_person(AffiliationFact, affiliations),
        _by_person(SanctionFact, sanctions),
    )


def _by_person(model: Any, found: sending.Rows) -> Mapping[UUID, list[Any]]:
    facts = defaultdict(list)
    for fact in rows.records(model, found):
        facts[fact.person_id].append(fact)
    return facts


def _record(row: Person, facts: _Facts, on: datetime, known_at: datetime | None) -> PersonRecord:
    practices = facts.states
    licenses = _known(facts.licenses.get(row.id, []), known_at)
    affiliations = _known(facts.affiliations.get(row.id, []), known_at)
    sanctions = _known(facts.sanctions.get(row.id, []), known_at)
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


def _known(facts: list[F], known_at: datetime | None) -> list[F]:
    return facts if known_at is None else [one for one in facts if one.recorded_at <= known_at]


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
