"""The demo cast on one task (eligibility.md, section 4.2): who may sign for the New York practice, and why not."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from mso.register import load
from store.transaction import reading
from tasks.eligibility import candidates, judge, of_colleagues, survey
from tasks.routing import CaseFacts, build_requirement
from tests.conftest import Clock, Database
from tests.people import LAKESHORE, Cast, make_cast

OF_THE_CASE = CaseFacts(LAKESHORE, service_state="NY", excluded_people={})
MSO_STAFF = ("NO_LICENSE", "MSO_SIDE")
ON_OUR_APPEAL = {
    "ada": (),
    "mia": (),
    "ben": MSO_STAFF,
    "cleo": ("WRONG_STATE",),
    "dev": MSO_STAFF,
    "eve": ("NO_LICENSE", "OTHER_PRACTICE"),
    "fay": ("CLASS_NOT_ACCEPTED", "POSITION"),
    "gus": MSO_STAFF,
    "hana": ("SPECIALTY",),
    "ivo": MSO_STAFF,
    "lena": MSO_STAFF,
    "max": MSO_STAFF,
    "sam": MSO_STAFF,
}
ON_NECESSITY = {**ON_OUR_APPEAL, "hana": ("CLASS_NOT_ACCEPTED",)}


def _codes(decision_type: str, facts: CaseFacts, cast: Cast, now: datetime) -> dict[str, tuple[str, ...]]:
    people: dict[str, UUID] = vars(cast)
    with reading() as session:
        requirement = build_requirement(session, decision_type, facts, now)
        register = load(session, people.values(), now)
    return {key: judge(person, requirement, register, now).codes for key, person in people.items()}


@pytest.mark.parametrize(
    ("decision_type", "expected"),
    [("medical_necessity_attestation_for_our_appeal", ON_OUR_APPEAL), ("medical_necessity", ON_NECESSITY)],
)
def test_the_cast_gets_exactly_these_verdicts(
    database: Database, clock: Clock, decision_type: str, expected: dict[str, tuple[str, ...]]
) -> None:
    cast = make_cast()
    assert _codes(decision_type, OF_THE_CASE, cast, clock()) == expected


def test_hana_may_sign_for_the_patient_she_treated(database: Database, clock: Clock) -> None:
    cast = make_cast()
    facts = replace(OF_THE_CASE, treating_person=cast.hana)
    found = _codes("medical_necessity_attestation_for_our_appeal", facts, cast, clock())
    assert found["hana"] == ()
    assert found["ada"] == ("SPECIALTY",), "a physician is not of the treating nurse practitioner's discipline"


def test_only_the_licensed_people_of_the_practice_are_candidates(database: Database, clock: Clock) -> None:
    cast = make_cast()
    with reading() as session:
        requirement = build_requirement(
            session, "medical_necessity", OF_THE_CASE, clock()
        )
        found = candidates(session, requirement, clock())
        around = of_colleagues(survey(session, requirement, clock()))
    assert [one.person_id for one in found] == [cast.ada, cast.mia]
    assert around.eligible == 2 and around.refused == 3
    assert "licensed in another state only" in around.sentence


def test_fay_alone_may_give_counsels_opinion_and_only_the_owner_lets_the_practice_go_live(
    database: Database, clock: Clock
) -> None:
    cast = make_cast()
    opinion = _codes("counsel_opinion", OF_THE_CASE, cast, clock())
    assert [key for key, codes in opinion.items() if not codes] == ["fay"]
    assert "CLASS_NOT_ACCEPTED" in opinion["ada"]
    go_live = _codes("go_live_practice", OF_THE_CASE, cast, clock())
    assert [key for key, codes in go_live.items() if not codes] == ["ada"]
    assert go_live["mia"] == ("POSITION",)


def test_creating_the_cast_again_adds_nothing(database: Database, clock: Clock) -> None:
    first = make_cast()
    before = _codes("medical_necessity", OF_THE_CASE, first, clock())
    assert make_cast() == first
    assert _codes("medical_necessity", OF_THE_CASE, first, clock()) == before
