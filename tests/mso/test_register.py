"""The two times of the register: true on a day, known at an instant (eligibility.md, section 6)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from mso.affiliations import (
    AffiliationEntry,
    AffiliationNotFound,
    add_affiliation,
    affiliations_of,
    end_affiliation,
)
from mso.authority import find_decision_type, find_limit, load_shipped
from mso.licenses import (
    LicenseChange,
    LicenseEntry,
    LicenseNotFound,
    add_license,
    amend_license,
    licenses_of,
    verify_license,
)
from mso.people import PersonEntry, create_person
from mso.practices import PracticeEntry, add_practice, ensure_mso
from mso.register import License, PersonRecord, load, noon
from mso.sanctions import Match, SanctionNotFound, record_match, record_screen, settle_match
from store import ids
from store.errors import Invalid
from store.transaction import reading
from tests.conftest import Clock, Database

BORN = date(2024, 1, 1)


def _person() -> UUID:
    return create_person(PersonEntry("Pat", "pat@example.org"), now=noon(BORN)).id


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T18:00:00+00:00")


def _md(person_id: UUID, *, now: str = "2024-01-01") -> UUID:
    ends = date(2028, 1, 1)
    entry = LicenseEntry(person_id, "MD", "NY", "N1", BORN, ends, verified_at=_at(now), verification="clear")
    return add_license(entry, now=_at(now), by=None).license_id


def _record(person_id: UUID, on: datetime, known_at: datetime | None = None) -> PersonRecord:
    with reading() as session:
        found = load(session, [person_id], on, known_at).person(person_id)
    assert found is not None
    return found


def _license(person_id: UUID, on: str, known: str | None = None) -> License | None:
    held = _record(person_id, noon(date.fromisoformat(on)), _at(known) if known else None).licenses
    return held[0] if held else None


def _status(person_id: UUID, on: str, known: str) -> str | None:
    held = _license(person_id, on, known)
    return held.status if held else None


@pytest.fixture
def suspended_for_a_while(database: Database) -> tuple[UUID, UUID]:
    """Active from 2024-01-01; suspended from 2026-11-10, recorded 2026-11-20; active again from 2027-01-04.

    And a correction, recorded 2026-12-01: restricted in March 2026.
    """
    person_id = _person()
    license_id = _md(person_id)
    amend_license(
        license_id, LicenseChange(status="suspended"), date(2026, 11, 10), now=_at("2026-11-20"), by=None
    )
    march = (date(2026, 3, 1), date(2026, 3, 31))
    correction = LicenseChange(restriction="no_surgery", until=march[1])
    amend_license(license_id, correction, march[0], now=_at("2026-12-01"), by=None)
    amend_license(license_id, LicenseChange(status="active"), date(2027, 1, 4), now=_at("2027-01-05"), by=None)
    return person_id, license_id


def test_the_cases_of_the_specification(suspended_for_a_while: tuple[UUID, UUID]) -> None:
    person_id, _ = suspended_for_a_while
    for on, known, expected in (
        ("2026-11-15", "2026-11-15", "active"),
        ("2026-11-15", "2026-11-21", "suspended"),
        ("2026-11-05", "2026-11-21", "active"),
        ("2027-01-03", "2027-01-06", "suspended"),
        ("2027-01-04", "2027-01-06", "active"),
        ("2023-12-31", "2027-01-06", None),
    ):
        assert _status(person_id, on, known) == expected, (on, known)
    before, after = _license(person_id, "2026-03-15", "2026-11-30"), _license(person_id, "2026-03-15", "2026-12-02")
    assert before is not None and before.restriction == "none"
    assert after is not None and after.restriction == "no_surgery"


def test_a_late_correction_ends_before_the_next_known_fact(suspended_for_a_while: tuple[UUID, UUID]) -> None:
    person_id, license_id = suspended_for_a_while
    change = LicenseChange(expires_on=date(2029, 1, 1))
    fact = amend_license(license_id, change, date(2026, 10, 1), now=_at("2027-02-01"), by=None)
    assert fact.valid_to == date(2026, 11, 9)
    assert _status(person_id, "2026-12-01", "2027-02-02") == "suspended", "the suspension is not overruled"


def test_what_takes_authority_away_has_no_end_unless_one_is_given(suspended_for_a_while: tuple[UUID, UUID]) -> None:
    person_id, license_id = suspended_for_a_while
    amend_license(license_id, LicenseChange(status="revoked"), date(2026, 10, 1), now=_at("2027-02-01"), by=None)
    assert _status(person_id, "2027-06-01", "2027-02-02") == "revoked"
    closed = amend_license(
        license_id,
        LicenseChange(status="suspended", until="next_fact"),
        date(2025, 1, 1),
        now=_at("2027-02-02"),
        by=None,
    )
    assert closed.valid_to == date(2026, 2, 28)


def test_a_fact_entered_in_error_counts_as_no_license(database: Database) -> None:
    person_id = _person()
    license_id = _md(person_id)
    amend_license(license_id, LicenseChange(status="entered_in_error"), BORN, now=_at("2026-01-01"), by=None)
    assert _license(person_id, "2026-06-01") is None


def test_facts_recorded_at_the_same_instant_keep_their_order(database: Database) -> None:
    person_id = _person()
    license_id, now = _md(person_id), _at("2026-06-01")
    for status in ("suspended", "active", "revoked"):
        amend_license(license_id, LicenseChange(status=status), date(2026, 6, 1), now=now, by=None)
    assert _status(person_id, "2026-06-02", "2026-06-02") == "revoked"
    # A clock that is behind cannot record a fact before one that is there.
    amend_license(
        license_id, LicenseChange(status="active"), date(2026, 6, 1), now=now - timedelta(days=3), by=None
    )
    assert _status(person_id, "2026-06-02", "2026-06-02") == "active"


def test_verifying_again_changes_only_the_verification(database: Database) -> None:
    person_id = _person()
    license_id = _md(person_id)
    amend_license(license_id, LicenseChange(status="suspended"), date(2026, 1, 1), now=_at("2026-01-01"), by=None)
    verify_license(license_id, "clear", "board", now=_at("2026-11-01"), by=None)
    held = _license(person_id, "2026-11-02")
    assert held is not None
    assert (held.status, held.verified_at) == ("suspended", _at("2026-11-01"))
    assert held.snapshot()["number"] == "N1"


def test_a_position_ends_after_its_last_day_in_its_state(database: Database, clock: Clock) -> None:
    ensure_mso("Meridian", "NY")
    practice = add_practice(PracticeEntry("Lakeshore", "NY", "1999999984"))
    person_id = _person()
    entry = AffiliationEntry(person_id, practice.id, "practice", "physician", BORN)
    added = add_affiliation(entry, now=_at("2024-01-01"), by=None)
    end_affiliation(added.affiliation_id, date(2026, 11, 24), now=clock(), by=None)
    last_minute = datetime(2026, 11, 25, 4, 59, tzinfo=UTC)
    assert len(_record(person_id, last_minute).affiliations) == 1
    assert _record(person_id, last_minute).changes_at == last_minute + timedelta(minutes=1)
    assert _record(person_id, last_minute + timedelta(minutes=1)).affiliations == ()
    with reading() as session:
        assert [one.status for one in affiliations_of(session, person_id)] == ["active", "ended"]


def test_screens_and_matches_are_read_as_of_an_instant(database: Database) -> None:
    person_id = _person()
    record_screen(person_id, "leie", now=_at("2026-10-01"), by=None)
    record_screen(person_id, "leie", now=_at("2026-11-01"), by=None)
    match = Match("leie", 88, _at("2026-11-05"))
    found = record_match(person_id, match, now=_at("2026-11-02"), by=None)
    settle_match(found.sanction_id, "confirmed", now=_at("2026-11-04"), by=None, from_on=date(2026, 10, 15))
    then = _record(person_id, _at("2026-10-20"), _at("2026-11-03"))
    assert then.screened_at == {"leie": _at("2026-10-01")} and then.sanctions == ()
    assert [one.status for one in _record(person_id, _at("2026-11-03"), _at("2026-11-03")).sanctions] == ["candidate"]
    truly = _record(person_id, _at("2026-10-20"))
    assert [one.status for one in truly.sanctions] == ["confirmed"], "as it truly was, known later"


def test_what_does_not_exist_is_not_found_and_what_is_wrong_is_said(database: Database) -> None:
    person_id = _person()
    with pytest.raises(LicenseNotFound):
        verify_license(ids.new(), "clear", "board", now=_at("2026-01-01"), by=None)
    with pytest.raises(AffiliationNotFound):
        end_affiliation(ids.new(), BORN, now=_at("2026-01-01"), by=None)
    with pytest.raises(SanctionNotFound):
        settle_match(ids.new(), "confirmed", now=_at("2026-01-01"), by=None)
    with pytest.raises(Invalid) as error:
        add_license(LicenseEntry(person_id, "WITCH", "XX", "1", BORN, None), now=_at("2026-01-01"), by=None)
    assert set(error.value.fields) == {"license_class", "state"}
    with reading() as session:
        assert licenses_of(session, person_id) == []


def test_the_shipped_matrix_is_loaded_once_and_dated(database: Database) -> None:
    assert load_shipped(now=_at("2026-01-01")) == 33 + 21 + 60
    assert load_shipped(now=_at("2026-01-02")) == 0
    with reading() as session:
        row = find_decision_type(session, "medical_necessity", date(2026, 11, 24))
        assert row is not None and "MD" in row.accept_classes and row.outcomes[0] == "appeal"
        assert find_decision_type(session, "medical_necessity", date(1999, 1, 1)) is None
        old = find_limit(session, "psv_max_age", "ncqa_accreditation", date(2025, 6, 30))
        new = find_limit(session, "psv_max_age", "ncqa_accreditation", date(2025, 7, 1))
        assert old is not None and new is not None and (old.value, new.value) == (180, 120)
        assert find_limit(session, "no_such_limit", "ncqa", date(2025, 7, 1)) is None
