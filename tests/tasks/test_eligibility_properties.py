"""What holds for anybody and any requirement: knowing less, holding less or owing more never opens a task."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mso.register import Affiliation, License, PersonRecord, Sanction
from tasks.eligibility import Requirement
from tests.tasks.records import AT_THE_MSO, ELSEWHERE, HERE, ON, PERSON, a_license, a_place, a_requirement, verdict

DAYS = st.sampled_from([date(2020, 1, 1), date(2026, 11, 24), date(2026, 11, 25), date(2027, 6, 30), None])
INSTANTS = st.sampled_from([ON - timedelta(days=d) for d in (0, 1, 30, 31, 400)] + [None])
NOTHING: dict[str, None] = {}

LICENSES = st.builds(
    a_license,
    license_id=st.integers(100, 104).map(lambda number: UUID(int=number)),
    license_class=st.sampled_from(["MD", "MD", "DO", "NP", "RN", "PHARMACIST", "ATTORNEY", "WITCH"]),
    state=st.sampled_from(["NY", "NY", "NJ", "Atlantis"]),
    status=st.sampled_from(["active", "active", "active", "suspended", None]),
    restriction=st.sampled_from(["none", "none", "none", "no_surgery", None]),
    issued_on=st.one_of(st.just(date(2020, 1, 1)), DAYS),
    expires_on=st.one_of(st.just(date(2027, 6, 30)), DAYS),
    verified_at=st.one_of(st.just(ON), INSTANTS),
    verification=st.sampled_from(["clear", "clear", "manual", "mismatch", None]),
    compact=st.sampled_from([None, "NLC"]),
    practice_authority=st.sampled_from(["independent", "agreement", None]),
    specialties=st.sampled_from([frozenset(), frozenset({"orthopedics"})]),
)
PLACES = st.sampled_from(
    [
        a_place(HERE),
        a_place(HERE, position="owner"),
        a_place(HERE, status="suspended"),
        a_place(HERE, position="staff"),
        a_place(ELSEWHERE),
        AT_THE_MSO,
    ]
)
SANCTIONS = st.sampled_from(
    [
        Sanction(UUID(int=20), UUID(int=21), "leie", status, score, by)
        for status in ("candidate", "confirmed", "dismissed")
        for score in (40, 60, 80, None)
        for by in (ON, ON + timedelta(days=1), None)
    ]
)
PEOPLE = st.builds(
    PersonRecord,
    st.just(PERSON),
    st.just("Pat"),
    st.sampled_from([True, True, False]),
    st.lists(LICENSES, max_size=3, unique_by=lambda one: one.license_id).map(tuple),
    st.lists(PLACES, max_size=3).map(tuple),
    st.lists(SANCTIONS, max_size=1).map(tuple),
    st.sampled_from([{"leie": ON}, {"leie": ON}, {"leie": ON - timedelta(days=40)}, NOTHING]),
)
REQUIREMENTS = st.builds(
    a_requirement,
    states=st.sampled_from([frozenset({"NY"}), frozenset({"NY"}), frozenset()]),
    acting_as=st.sampled_from([frozenset({"reviewer"}), frozenset({"owner"})]),
    accepts=st.sampled_from([frozenset({"MD", "DO"}), frozenset({"MD", "NP"})]),
    specialty_rule=st.sampled_from(["none", "own_discipline", "same_discipline_as_treating", "same_or_similar", None]),
    specialty=st.sampled_from(["orthopedics", None]),
    treating_person=st.sampled_from([PERSON, None]),
    excluded_people=st.sampled_from([{}, {}, {PERSON: "SUBMITTER"}, None]),
    dual_role_rule=st.sampled_from(["disclose", None]),
    controlled=st.sampled_from([False, False, True]),
)

# None means something else than unknown in these: a privilege without end, no treating person known to be this one.
_NONE_IS_KNOWN = {"practice_authority_until", "valid_to", "evidence", "source", "number", "license_id", "fact_id"}
_REQUIREMENT_UNKNOWN = (
    *("decision_type", "kind", "practice_id", "specialty_rule", "discipline", "specialty", "subject_class"),
    *("treating_person", "excluded_people", "freshness_days", "screen_days", "candidate_score", "dual_role_rule"),
)


def _less_known_license(license: License) -> Iterator[License]:
    for field in fields(license):
        if field.name in _NONE_IS_KNOWN:
            continue
        empty: object = frozenset() if field.name == "specialties" else None
        if field.name in ("license_class", "state"):
            empty = ""
        yield replace(license, **{field.name: cast(Any, empty)})


def _less_known_person(person: PersonRecord) -> Iterator[PersonRecord]:
    for place, license in enumerate(person.licenses):
        rest = person.licenses[:place], person.licenses[place + 1 :]
        yield replace(person, licenses=rest[0] + rest[1])
        for less in _less_known_license(license):
            yield replace(person, licenses=(*rest[0], less, *rest[1]))
    yield replace(person, screened_at={})
    yield replace(person, active=False)
    for place, one in enumerate(person.affiliations):
        if one.side != "mso":
            yield replace(person, affiliations=person.affiliations[:place] + person.affiliations[place + 1 :])
    for sanction in person.sanctions:
        yield replace(person, sanctions=(replace(sanction, score=None, adjudicate_by=None),))


def _less_known_requirement(requirement: Requirement) -> Iterator[Requirement]:
    for name in _REQUIREMENT_UNKNOWN:
        yield replace(requirement, **{name: cast(Any, None)})
    for name in ("accepts", "states", "acting_as", "org_sides"):
        yield replace(requirement, **{name: cast(Any, frozenset())})
    yield replace(requirement, policy_rows=())


@settings(max_examples=300, deadline=None)
@given(PEOPLE, REQUIREMENTS)
def test_knowing_less_never_opens_a_task(person: PersonRecord, requirement: Requirement) -> None:
    if verdict(person, requirement).eligible:
        return
    for less in _less_known_person(person):
        assert not verdict(less, requirement).eligible
    for unknown in _less_known_requirement(requirement):
        assert not verdict(person, unknown).eligible


@settings(max_examples=300, deadline=None)
@given(PEOPLE, REQUIREMENTS, PLACES, SANCTIONS)
def test_a_conflict_a_sanction_or_a_role_at_the_mso_never_opens_a_task(
    person: PersonRecord, requirement: Requirement, place: Affiliation, sanction: Sanction
) -> None:
    before = verdict(person, requirement).eligible
    excluded = replace(requirement, excluded_people={PERSON: "FAMILY"})
    assert not verdict(person, excluded).eligible
    worse = replace(
        person, affiliations=(*person.affiliations, AT_THE_MSO), sanctions=(*person.sanctions, sanction)
    )
    assert before or not verdict(worse, requirement).eligible


@settings(max_examples=300, deadline=None)
@given(PEOPLE, REQUIREMENTS)
def test_a_verdict_is_yes_exactly_when_no_check_fails(person: PersonRecord, requirement: Requirement) -> None:
    found = verdict(person, requirement)
    assert found.eligible is all(check.result != "fail" for check in found.checks)
    assert found.eligible is (found.reasons == ())
    assert (found.license is not None) or not found.eligible
    assert [check.number for check in found.checks] == list(range(1, 19))


@settings(max_examples=200, deadline=None)
@given(PEOPLE, REQUIREMENTS)
def test_a_verdict_holds_until_it_says_it_may_change(person: PersonRecord, requirement: Requirement) -> None:
    found = verdict(person, requirement)
    if found.valid_until is not None:
        just_before = found.valid_until - timedelta(seconds=1)
        if just_before > ON:
            assert verdict(person, requirement, just_before).eligible is found.eligible
