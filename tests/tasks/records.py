"""Register facts and requirements for tests of the predicate, made by hand: a New York physician fit to sign."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from mso.affiliations import MSO_SIDE, PRACTICE
from mso.register import Affiliation, License, PersonRecord, Register
from store.practice import MSO
from tasks.eligibility import Requirement, Verdict, judge

ON = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HERE, ELSEWHERE = 2, 3
PERSON = UUID(int=1)
OTHER = UUID(int=2)


def a_license(**said: Any) -> License:
    """An MD license of New York, active, unrestricted, verified yesterday."""
    basis = License(
        license_id=said.pop("license_id", UUID(int=10)),
        fact_id=UUID(int=11),
        license_class="MD",
        state="NY",
        number="NY-1",
        status="active",
        restriction="none",
        issued_on=date(2020, 1, 1),
        expires_on=date(2027, 6, 30),
        verified_at=ON - timedelta(days=1),
        verification="clear",
        source="board",
        practice_authority=None,
    )
    return replace(basis, **said)


def fit_to_practice(license: License) -> License:
    """The same with whatever practice authority its class needs."""
    if license.license_class == "LPN":
        return replace(license, practice_authority="protocol", practice_authority_until=date(2027, 1, 1))
    return replace(license, practice_authority="agreement", practice_authority_until=date(2027, 1, 1))


def a_place(practice_id: int = HERE, side: str = PRACTICE, position: str = "physician", **said: Any) -> Affiliation:
    """An active position."""
    identity = UUID(int=1000 + practice_id)
    return Affiliation(identity, identity, practice_id, side, position, said.pop("status", "active"), **said)


AT_THE_MSO = a_place(MSO, MSO_SIDE, "staff")


def a_person(*licenses: License, places: tuple[Affiliation, ...] = (a_place(),), **said: Any) -> PersonRecord:
    """Somebody with these licenses, affiliated with the practice, screened yesterday."""
    known = {"active": True, "screened_at": {"leie": ON - timedelta(days=1)}, **said}
    return PersonRecord(PERSON, "Pat", licenses=licenses, affiliations=places, **known)


def a_requirement(**said: Any) -> Requirement:
    """A physician of the practice, licensed in New York."""
    basis = Requirement(
        decision_type="medical_necessity",
        kind="clinical",
        practice_id=HERE,
        accepts=frozenset({"MD", "DO"}),
        states=frozenset({"NY"}),
        state_basis="service",
        acting_as=frozenset({"reviewer"}),
        org_sides=frozenset({"practice"}),
        specialty_rule="own_discipline",
        discipline="physician",
        practice_discipline="physician",
        excluded_people={},
        independence=frozenset({"none"}),
        freshness_days=30,
        screen_days=31,
        candidate_score=75,
        policy_rows=("row",),
    )
    return replace(basis, **said)


def verdict(person: PersonRecord, requirement: Requirement | None = None, on: datetime = ON) -> Verdict:
    """What the predicate says of somebody."""
    wanted = requirement if requirement is not None else a_requirement()
    return judge(person.person_id, wanted, Register({person.person_id: person}, on, None), on)


def codes(person: PersonRecord, requirement: Requirement | None = None, on: datetime = ON) -> tuple[str, ...]:
    """Its reason codes."""
    return verdict(person, requirement, on).codes
