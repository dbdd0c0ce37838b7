"""The predicate by hand: each reason, all reasons together, same license, days, words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from mso.register import Affiliation, PersonRecord, Register, Sanction
from tasks.eligibility import FirstSigner, Requirement, explain, judge, of_colleagues, who_may_sign
from tasks.eligibility.wording import kind_of
from tests.tasks.records import (
    AT_THE_MSO,
    ELSEWHERE,
    ON,
    OTHER,
    PERSON,
    a_license,
    a_person,
    a_place,
    a_requirement,
    codes,
    verdict,
)

MATCH = Sanction(UUID(int=20), UUID(int=21), "leie", "candidate", 60, ON + timedelta(hours=1))


def _licensed(**said: Any) -> PersonRecord:
    return a_person(a_license(**said))


def _placed(*places: Affiliation) -> PersonRecord:
    return a_person(a_license(), places=places)


def _matched(**said: Any) -> PersonRecord:
    return a_person(a_license(), sanctions=(replace(MATCH, **said),))


def test_a_licensed_physician_of_the_practice_may_sign() -> None:
    found = verdict(_licensed())
    assert found.eligible and found.reasons == ()
    assert found.license == a_license() and found.closest == a_license()
    assert found.valid_until == ON + timedelta(days=29), "the verification is the first to go stale"


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (a_person(), ("NO_LICENSE",)),
        (_licensed(license_class="RN"), ("CLASS_NOT_ACCEPTED",)),
        (_licensed(license_class="WITCH"), ("CLASS_NOT_ACCEPTED",)),
        (_licensed(state="NJ"), ("WRONG_STATE",)),
        (_licensed(state="NJ", compact="NLC"), ("COMPACT_NOT_VALID",)),
        (_licensed(status="suspended"), ("NOT_ACTIVE",)),
        (_licensed(status=None), ("NOT_ACTIVE",)),
        (_licensed(expires_on=date(2026, 11, 23)), ("EXPIRED",)),
        (_licensed(expires_on=None), ("EXPIRED",)),
        (_licensed(issued_on=date(2026, 11, 25)), ("NOT_YET_VALID",)),
        (_licensed(issued_on=None), ("NOT_YET_VALID",)),
        (_licensed(restriction="no_surgery"), ("RESTRICTED",)),
        (_licensed(restriction=None), ("RESTRICTED",)),
        (_licensed(verified_at=None), ("NOT_VERIFIED",)),
        (_licensed(verification="mismatch"), ("NOT_VERIFIED",)),
        (_licensed(verification=None), ("NOT_VERIFIED",)),
        (_licensed(verified_at=ON + timedelta(days=1)), ("NOT_VERIFIED",)),
        (_licensed(verified_at=ON - timedelta(days=31)), ("VERIFICATION_STALE",)),
        (a_person(a_license(), active=False), ("ACCOUNT_INACTIVE",)),
        (_matched(status="confirmed"), ("EXCLUDED",)),
        (_matched(score=75), ("EXCLUSION_OPEN",)),
        (_matched(score=None), ("EXCLUSION_OPEN",)),
        (_matched(adjudicate_by=ON), ("EXCLUSION_OPEN",)),
        (_matched(adjudicate_by=None), ("EXCLUSION_OPEN",)),
        (_matched(), ()),
        (_matched(score=49, adjudicate_by=ON), ()),
        (_matched(status="dismissed", score=100), ()),
        (a_person(a_license(), screened_at={}), ("SCREEN_STALE",)),
        (a_person(a_license(), screened_at={"sam": ON}), ("SCREEN_STALE",)),
        (a_person(a_license(), screened_at={"leie": ON - timedelta(days=32)}), ("SCREEN_STALE",)),
        (a_person(a_license(), screened_at={"leie": ON - timedelta(days=31)}), ()),
        (_placed(), ("OTHER_PRACTICE",)),
        (_placed(a_place(ELSEWHERE)), ("OTHER_PRACTICE",)),
        (_placed(AT_THE_MSO), ("MSO_SIDE",)),
        (_placed(a_place(position="staff")), ("POSITION",)),
        (_placed(a_place(status="suspended")), ("SUSPENDED",)),
        (_placed(a_place(status="pending")), ("NOT_APPOINTED",)),
        (_placed(a_place(side="external", position="reviewer")), ("OTHER_PRACTICE",)),
        (_placed(a_place(position="staff"), a_place(status="suspended")), ("SUSPENDED",)),
        (_placed(a_place(), AT_THE_MSO), ("DUAL_ROLE",)),
    ],
)
def test_each_failing_check_has_its_reason(person: PersonRecord, expected: tuple[str, ...]) -> None:
    assert codes(person) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"excluded_people": {PERSON: "SUBMITTER"}}, ("CONFLICT_SUBMITTER",)),
        ({"excluded_people": {PERSON: "did triage in this case"}}, ("CONFLICT_PRIOR_STEP",)),
        ({"excluded_people": {OTHER: "SUBMITTER"}}, ()),
        ({"signers": "2", "first_signer": FirstSigner(PERSON, "MD")}, ("SIGNER_PAIR",)),
        ({"signers": "2", "first_signer": FirstSigner(OTHER, "MD")}, ()),
        ({"signers": "2"}, ()),
        ({"controlled": True}, ("DEA_MISSING",)),
        ({"discipline": "physical_therapy"}, ("SPECIALTY",)),
        ({"discipline": None}, ("SPECIALTY",)),
        ({"specialty_rule": "a_rule_nobody_wrote"}, ("SPECIALTY",)),
        ({"specialty_rule": "same_or_similar"}, ("SPECIALTY",)),
        ({"acting_as": frozenset({"rendering"}), "treating_person": PERSON}, ()),
        ({"acting_as": frozenset({"rendering"}), "treating_person": OTHER}, ("POSITION",)),
        ({"acting_as": frozenset({"rendering"})}, ("POSITION",)),
        ({"acting_as": frozenset({"owner"})}, ("POSITION",)),
        ({"acting_as": frozenset({"a_role_nobody_wrote"})}, ("POSITION",)),
        ({"states": frozenset({"NJ", "NY"})}, ()),
        ({"states": frozenset({"NJ", "NY"}), "state_mode": "all"}, ("WRONG_STATE",)),
        ({"states": frozenset(), "state_mode": "somewhere"}, ()),
        ({"dual_role_rule": "disclose"}, ()),
    ],
)
def test_each_demand_of_the_requirement_counts(said: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert codes(_licensed(), a_requirement(**said)) == expected


@pytest.mark.parametrize(
    "said",
    [
        {"decision_type": None},
        {"kind": None},
        {"kind": "astrological"},
        {"practice_id": None},
        {"accepts": frozenset()},
        {"states": frozenset()},
        {"acting_as": frozenset()},
        {"org_sides": frozenset()},
        {"policy_rows": ()},
        {"freshness_days": None},
        {"screen_days": None},
        {"candidate_score": None},
        {"excluded_people": None},
    ],
)
def test_an_unknown_part_of_the_requirement_is_refused(said: dict[str, Any]) -> None:
    found = verdict(_licensed(), a_requirement(**said))
    assert not found.eligible
    assert found.codes[0] == "REQUIREMENT_UNKNOWN"


def test_no_requirement_and_no_person_are_refused_and_never_an_exception() -> None:
    register = Register({}, ON, None)
    assert not judge(PERSON, None, register, ON).eligible
    assert judge(PERSON, a_requirement(), register, ON).codes[0] == "ACCOUNT_INACTIVE"


def test_a_register_of_another_instant_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="another instant"):
        judge(PERSON, a_requirement(), Register({}, ON, None), ON + timedelta(seconds=1))


def test_checks_pass_for_one_and_the_same_license() -> None:
    nurse_here = a_license(license_class="RN", license_id=UUID(int=30))
    physician_elsewhere = a_license(state="NJ", license_id=UUID(int=31))
    found = verdict(a_person(nurse_here, physician_elsewhere))
    assert found.codes == ("WRONG_STATE",), "the reasons speak of the closest license"
    assert found.closest == physician_elsewhere and found.license is None


def test_of_several_licenses_that_carry_it_the_one_verified_last_does() -> None:
    older = a_license(license_id=UUID(int=30), verified_at=ON - timedelta(days=20))
    newer = a_license(license_id=UUID(int=31), verified_at=ON - timedelta(days=2))
    assert verdict(a_person(older, newer)).license == newer


def test_somebody_failing_five_checks_hears_five_reasons_in_order() -> None:
    license = a_license(state="NJ", status="expired", expires_on=date(2026, 1, 1), verified_at=ON - timedelta(days=90))
    person = a_person(license, places=(AT_THE_MSO,))
    found = verdict(person)
    assert found.codes == ("WRONG_STATE", "NOT_ACTIVE", "EXPIRED", "VERIFICATION_STALE", "MSO_SIDE")
    assert [one.number for one in found.checks] == list(range(1, 19))
    assert all(reason.sentence.endswith(".") and reason.remedy.endswith(".") for reason in found.reasons)


@pytest.mark.parametrize(
    ("state", "at", "expected"),
    [
        ("NY", datetime(2026, 11, 25, 4, 59, tzinfo=UTC), ()),
        ("NY", datetime(2026, 11, 25, 5, 0, tzinfo=UTC), ("EXPIRED",)),
        ("CA", datetime(2026, 11, 25, 7, 59, tzinfo=UTC), ()),
        ("CA", datetime(2026, 11, 25, 8, 0, tzinfo=UTC), ("EXPIRED",)),
        # Kentucky has two zones: its Eastern midnight comes first.
        ("KY", datetime(2026, 11, 25, 4, 59, tzinfo=UTC), ()),
        ("KY", datetime(2026, 11, 25, 5, 0, tzinfo=UTC), ("EXPIRED",)),
    ],
)
def test_the_last_day_is_valid_to_its_local_midnight(state: str, at: datetime, expected: tuple[str, ...]) -> None:
    person = a_person(a_license(state=state, expires_on=date(2026, 11, 24)))
    assert codes(person, a_requirement(states=frozenset({state})), at) == expected


def test_a_verification_is_good_for_thirty_days_to_the_second() -> None:
    assert codes(_licensed(verified_at=ON - timedelta(days=30))) == ()
    assert codes(_licensed(verified_at=ON - timedelta(days=30, seconds=1))) == ("VERIFICATION_STALE",)


@pytest.mark.parametrize(
    ("license_class", "authority", "until", "expected"),
    [
        ("NP", "independent", None, ()),
        ("NP", "agreement", date(2026, 11, 24), ()),
        ("NP", "agreement", date(2026, 11, 23), ("SUPERVISION_MISSING",)),
        ("NP", "agreement", None, ("SUPERVISION_MISSING",)),
        ("NP", None, None, ("SUPERVISION_MISSING",)),
        ("PA", "independent", None, ("SUPERVISION_MISSING",)),
        ("PA", "agreement", date(2027, 1, 1), ()),
        ("LPN", "agreement", date(2027, 1, 1), ("SCOPE",)),
        ("LPN", "protocol", date(2027, 1, 1), ()),
        ("MD", None, None, ()),
    ],
)
def test_practice_authority_is_on_file_where_the_class_needs_it(
    license_class: str, authority: str | None, until: date | None, expected: tuple[str, ...]
) -> None:
    license = a_license(
        license_class=license_class, practice_authority=authority, practice_authority_until=until
    )
    anyone = a_requirement(accepts=frozenset({license_class}), specialty_rule="none")
    assert codes(a_person(license), anyone) == expected


def test_a_pharmacist_and_a_physician_make_the_pair() -> None:
    pair = a_requirement(
        signers="2",
        specialty_rule="one_pharmacist_and_one_md_do",
        accepts=frozenset({"MD", "DO", "PHARMACIST"}),
        acting_as=frozenset({"party"}),
    )
    after_pharmacist = replace(pair, first_signer=FirstSigner(OTHER, "PHARMACIST"))
    after_physician = replace(pair, first_signer=FirstSigner(OTHER, "DO"))
    assert codes(_licensed(), after_pharmacist) == ()
    assert codes(_licensed(), after_physician) == ("SIGNER_PAIR",)


def test_a_bar_admission_opens_no_clinical_task_and_a_medical_license_no_legal_one() -> None:
    attorney = a_person(a_license(license_class="ATTORNEY"), places=(a_place(position="counsel"),))
    opinion = a_requirement(
        kind="legal", accepts=frozenset({"ATTORNEY"}), acting_as=frozenset({"counsel"}), specialty_rule="none"
    )
    assert codes(attorney, opinion) == ()
    assert "CLASS_NOT_ACCEPTED" in codes(attorney)
    assert "CLASS_NOT_ACCEPTED" in codes(_licensed(), opinion)


def test_the_panel_speaks_in_whole_sentences_with_facts() -> None:
    refused = explain(verdict(_licensed(state="NJ")))
    assert refused.headline == "You may not sign"
    assert refused.reasons == (
        "Your MD license covers New Jersey; this task needs an active license in New York.",
    )
    allowed = explain(verdict(_licensed()))
    assert allowed.headline == "You may sign"
    assert allowed.facts == ("MD New York NY-1, active to 2027-06-30", "verified 1 day ago at board")
    assert who_may_sign(a_requirement(), "Lakeshore Orthopedics PC") == (
        "DO or MD, active in New York (where the service was given), affiliated with Lakeshore Orthopedics PC"
    )


def test_colleagues_learn_numbers_and_kinds_and_no_license_number() -> None:
    judged = [verdict(_licensed()), verdict(_licensed(state="NJ")), verdict(_placed(AT_THE_MSO))]
    seen = of_colleagues(judged)
    assert seen.sentence == "1 may sign. 2 may not: 1 licensed in another state only, 1 MSO staff."
    assert "NY-1" not in repr(seen) and "Pat" not in repr(seen)
    assert "NY-1" not in repr(verdict(_licensed()).facts())


def test_every_reason_has_a_word_for_colleagues() -> None:
    people = [
        a_person(),
        _licensed(state="NJ", status=None, restriction=None, verified_at=None, expires_on=None, issued_on=None),
        _matched(status="confirmed"),
        _placed(a_place(status="suspended")),
    ]
    for person in people:
        for code in codes(person, a_requirement(controlled=True, excluded_people={PERSON: "FAMILY"})):
            assert kind_of(code)


def test_the_requirement_is_ready_for_storage() -> None:
    facts = a_requirement(excluded_people={OTHER: "SUBMITTER"}).facts()
    assert facts["accepts"] == ["DO", "MD"]
    assert facts["excluded_people"] == {str(OTHER): "SUBMITTER"}
    assert a_requirement().state_code == "NY"
    assert Requirement("x", "clinical", 2).state_code is None
