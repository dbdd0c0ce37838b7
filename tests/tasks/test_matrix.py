"""Every decision type x every license class x right or wrong state x side: generated from the shipped matrix."""

import csv
from dataclasses import replace
from importlib import resources
from itertools import product

from mso.licenses import DISCIPLINES
from mso.register import Affiliation
from store.transaction import reading
from tasks.eligibility import Requirement
from tasks.routing import CaseFacts, build_requirement
from tests.conftest import Clock, Database
from tests.people import LAKESHORE, make_cast
from tests.tasks.records import (
    AT_THE_MSO,
    ELSEWHERE,
    ON,
    PERSON,
    a_license,
    a_person,
    a_place,
    fit_to_practice,
    verdict,
)

HELD = {
    "owner": "owner",
    "medical_director": "medical_director",
    "cmo": "cmo",
    "designee": "designee",
    "reviewer": "reviewer",
    "treating_else_same_discipline_in_practice": "physician",
    "rendering": "clinician",
    "supervising": "supervising",
    "committee_member": "committee_member",
    "peer": "peer",
    "panelist": "panelist",
    "party": "physician",
    "counsel": "counsel",
}
"""A position with which the signer acts as the matrix says."""

EVERY_SPECIALTY = frozenset({"orthopedics", "psychiatry", "doctoral_psychology", "pharmd"})
PHYSICIANS = {"MD", "DO"}


def _rows() -> list[dict[str, str]]:
    text = resources.files("mso").joinpath("data/decision_types.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _facts(license_class: str, state: str) -> CaseFacts:
    """A case in the field of this license, treated by the person judged."""
    return CaseFacts(
        LAKESHORE,
        service_state=state,
        patient_state=state,
        supervisee_state=state,
        excluded_people={},
        treating_person=PERSON,
        treating_class=license_class,
        specialty="orthopedics",
        subject_class=license_class,
        controlled=False,
    )


def _is_allowed(row: dict[str, str], license_class: str, in_state: bool, side: str) -> bool:
    """What the matrix says, read without the predicate."""
    accepted = license_class in row["accept_classes"].split("|")
    forbidden = license_class in row["never_classes"].split("|")
    if row["specialty_rule"] == "non_md_do_only_for_a_practice_of_that_discipline" and license_class not in PHYSICIANS:
        accepted = False  # the practice of this test is one of physicians
    return accepted and not forbidden and (in_state or row["state_basis"] == "any") and side == "practice"


def _place(row: dict[str, str], side: str) -> Affiliation:
    position = HELD[row["position"].split("|")[0]]
    return {
        "practice": a_place(LAKESHORE, position=position),
        "mso": replace(AT_THE_MSO, position=position),
        "other": a_place(ELSEWHERE, position=position),
    }[side]


def test_the_matrix_holds_for_every_class_state_and_side(database: Database, clock: Clock) -> None:
    clock.set(ON)
    make_cast()
    judged = 0
    for row, license_class in product(_rows(), DISCIPLINES):
        requirement = _requirement(row, license_class)
        for state, side in product(("NY", "NJ"), ("practice", "mso", "other")):
            license = fit_to_practice(
                a_license(license_class=license_class, state=state, specialties=EVERY_SPECIALTY)
            )
            found = verdict(a_person(license, places=(_place(row, side),)), requirement)
            expected = _is_allowed(row, license_class, state == "NY", side)
            assert found.eligible is expected, (row["decision_type"], license_class, state, side, found.codes)
            judged += 1
    assert judged == 33 * len(DISCIPLINES) * 6


def _requirement(row: dict[str, str], license_class: str) -> Requirement:
    with reading() as session:
        return build_requirement(session, row["decision_type"], _facts(license_class, "NY"), ON)


def test_the_model_may_narrow_the_classes_and_never_widen_them(database: Database, clock: Clock) -> None:
    make_cast()
    facts = CaseFacts(LAKESHORE, service_state="NY", excluded_people={})
    with reading() as session:
        narrowed = build_requirement(
            session, "medical_necessity", replace(facts, required_license="MD|RN"), clock()
        )
        emptied = build_requirement(session, "medical_necessity", replace(facts, required_license="RN"), clock())
    assert narrowed.accepts == {"MD"}
    assert emptied.accepts == frozenset()


def test_what_nobody_knows_about_a_case_stays_unknown(database: Database, clock: Clock) -> None:
    make_cast()
    with reading() as session:
        nothing = build_requirement(session, "medical_necessity", CaseFacts(LAKESHORE), clock())
        nowhere = build_requirement(
            session, "medical_necessity", CaseFacts(LAKESHORE, service_state="Atlantis", excluded_people={}), clock()
        )
        invented = build_requirement(session, "a_type_nobody_wrote", CaseFacts(LAKESHORE), clock())
        unnamed = build_requirement(session, None, CaseFacts(LAKESHORE), clock())
        drugs = build_requirement(session, "standing_order_or_supervision_agreement", CaseFacts(LAKESHORE), clock())
    person = a_person(a_license(), places=(a_place(LAKESHORE),))
    assert nothing.excluded_people is None and nothing.states == frozenset()
    for requirement in (nothing, nowhere, invented, unnamed):
        assert verdict(person, requirement).codes[0] == "REQUIREMENT_UNKNOWN"
    assert drugs.controlled, "not knowing whether controlled substances are concerned counts as yes"


def test_the_shipped_types_are_the_matrix_and_twelve_more() -> None:
    text = resources.files("mso").joinpath("data/approval_authority_matrix.csv").read_text(encoding="utf-8")
    matrix = {row["decision_type"] for row in csv.DictReader(text.splitlines())}
    rows = _rows()
    assert {row["decision_type"] for row in rows if row["set"] == "base"} == matrix
    assert len(rows) == len(matrix) + 12
