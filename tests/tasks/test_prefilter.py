"""The SQL that narrows lists is never narrower than the predicate, and drops whom it can."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from uuid import UUID

from mso.affiliations import AffiliationEntry, add_affiliation, amend_affiliation
from mso.authority import shipped_keys
from mso.licenses import LicenseChange, LicenseEntry, add_license, amend_license
from mso.people import PersonEntry, create_person, set_active
from mso.register import load
from mso.sanctions import record_screen
from store.transaction import reading
from tasks.eligibility import Requirement, judge
from tasks.routing import CaseFacts, build_requirement, eligible_decision_types
from tests.conftest import Clock, Database
from tests.people import HARBOR, LAKESHORE, MESA, Cast, make_cast

PRACTICES = (LAKESHORE, HARBOR)
CHANGES = (
    LicenseChange(),
    LicenseChange(status="suspended"),
    LicenseChange(restriction="no_surgery"),
    LicenseChange(expires_on=date(2026, 11, 23)),
    LicenseChange(expires_on=date(2026, 11, 24)),
    LicenseChange(verification="mismatch"),
    LicenseChange(verified_at=datetime.fromisoformat("2026-10-01T00:00:00+00:00")),
)
POSITIONS = ("owner", "physician", "clinician", "counsel", "staff", "committee_member", "medical_director")


def _people(now: datetime) -> Iterator[UUID]:
    """A person for each change, with class, state and position going around."""
    for number, (change, license_class) in enumerate(product(CHANGES, ("MD", "NP", "PT", "ATTORNEY"))):
        person_id = create_person(PersonEntry(f"P{number}", f"p{number}@example.org"), now=now).id
        state = ("NY", "NJ")[number % 3 == 2]
        said = LicenseEntry(
            *(person_id, license_class, state, f"N{number}", date(2020, 1, 1), date(2027, 6, 30)),
            practice_authority="independent",
            verified_at=now,
            verification="clear",
        )
        license = add_license(said, now=now, by=None)
        if change != LicenseChange():
            amend_license(license.license_id, change, date(2026, 11, 1), now=now, by=None)
        side = ("practice", "practice", "practice", "mso", "external")[number % 5]
        practice = 1 if side == "mso" else PRACTICES[number % 2]
        place = AffiliationEntry(person_id, practice, side, POSITIONS[number % 7], date(2024, 1, 1))
        position = add_affiliation(place, now=now, by=None)
        if number % 6 == 5:
            amend_affiliation(position.affiliation_id, "suspended", date(2026, 11, 20), now=now, by=None)
        if number % 9:
            record_screen(person_id, "leie", now=now, by=None)
        yield person_id


def _requirements(now: datetime) -> list[Requirement]:
    facts = CaseFacts(LAKESHORE, excluded_people={}, controlled=False)
    with reading() as session:
        return [
            build_requirement(session, key, _in(facts, practice, state), now)
            for practice, key, state in product(PRACTICES, sorted(shipped_keys()), ("NY", "NJ"))
        ]


def _in(facts: CaseFacts, practice: int, state: str) -> CaseFacts:
    return replace(facts, practice_id=practice, service_state=state, patient_state=state)


def _allowed_by_predicate(
    person_id: UUID, requirements: list[Requirement], now: datetime
) -> set[tuple[int, str, str | None]]:
    with reading() as session:
        register = load(session, [person_id], now)
    asked = [replace(one, treating_person=person_id) for one in requirements]
    return {
        (one.practice_id or 0, one.decision_type or "", one.state_code)
        for one in asked
        if judge(person_id, one, register, now).eligible
    }


def test_the_filter_contains_everything_that_the_predicate_allows(database: Database, clock: Clock) -> None:
    cast = make_cast()
    allowed_somewhere, requirements = 0, _requirements(clock())
    for person_id in (*vars(cast).values(), *_people(clock())):
        allowed = _allowed_by_predicate(person_id, requirements, clock())
        with reading() as session:
            kept = eligible_decision_types(session, person_id, PRACTICES, clock())
        assert allowed <= kept, person_id
        allowed_somewhere += len(allowed)
    assert allowed_somewhere > 50, "the comparison must not be empty"


def _kept(cast_member: UUID, now: datetime, practices: tuple[int, ...] = PRACTICES) -> set[tuple[int, str, str | None]]:
    with reading() as session:
        return eligible_decision_types(session, cast_member, practices, now)


def test_the_filter_keeps_ada_and_drops_everybody_who_cannot_sign(database: Database, clock: Clock) -> None:
    cast = make_cast()
    task = (LAKESHORE, "medical_necessity", "NY")
    holders = {cast.name_of(one) for one in vars(cast).values() if task in _kept(one, clock())}
    assert holders == {"ada", "mia"}
    assert (LAKESHORE, "medical_necessity", "NJ") in _kept(cast.cleo, clock())
    assert _kept(cast.ada, clock(), (MESA,)) == set(), "only practices that are asked for"


def test_the_filter_follows_the_clock_and_the_account(database: Database, clock: Clock) -> None:
    cast: Cast = make_cast()
    assert _kept(cast.ada, clock() + timedelta(days=30))
    assert _kept(cast.ada, clock() + timedelta(days=30, seconds=1)) == set()
    set_active(cast.ada, False, by=cast.sam)
    assert _kept(cast.ada, clock()) == set()
