"""Every shared sample comes in without a crash and gives what the domain page says (denial-appeals, 2.8)."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance import intake, sample_report
from tests.acceptance.sample_report import PAGE, SAMPLES, Arrival, bring_in
from tests.office import Office

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no shared samples in {SAMPLES}")

UNKNOWN, BROKEN = "Remittance for an unknown payee", "Remittance out of balance or broken"
# File: first status; status, cases and exceptions after its payee was registered.
EXPECTED = {
    "synthetic_hard_denials": ("processed, 7 cases", "processed", 7, []),
    "pyx12_835_mult_loops": ("quarantined, 0 cases", "processed", 1, [(UNKNOWN, "closed")]),
    "lfh_managed-care": ("quarantined, 0 cases", "processed", 0, [(UNKNOWN, "closed")]),
    "lfh_cob-contractural-adjustment": ("quarantined, 0 cases", "quarantined", 0, [(UNKNOWN, "open")]),
    "lfh_secondary-payment": ("quarantined, 0 cases", "quarantined", 0, [(UNKNOWN, "closed"), (BROKEN, "open")]),
    "lfh_tertiary-payment": ("quarantined, 0 cases", "quarantined", 0, [(UNKNOWN, "closed"), (BROKEN, "open")]),
}
DENIALS = {
    "PCCN0001": ([(1, "CO", "197", 500)], "clinical_review"),
    "PCCN0002": ([(1, "CO", "50", 1200)], "clinical_review"),
    "PCCN0003": ([(2, "CO", "97", 300)], "corrected_claim"),
    "PCCN0004": ([(0, "CO", "29", 150)], "admin_appeal"),
    "PCCN0007": ([(1, "CO", "16", 90)], "correct"),
    "PCCN0008": ([(1, "OA", "22", 80)], "transfer"),
    "PCCN0009": ([(1, "OA", "18", 80)], "verify_original"),
}


@pytest.fixture
def arrivals(office: Office) -> list[Arrival]:
    return bring_in(office)


def test_each_sample_gives_what_the_domain_page_says(arrivals: list[Arrival]) -> None:
    assert {one.path.stem for one in arrivals} == EXPECTED.keys()
    for one in arrivals:
        first, status, cases, held = EXPECTED[one.path.stem]
        delivery = intake.delivery(one.delivery_id)
        assert (one.first, delivery.status, delivery.error) == (first, status, None), one.path.name
        opened = [case for case in sample_report.cases_of(delivery) if case.process_key == "denial_appeal"]
        assert len(opened) == cases, one.path.name
        assert [(title, state) for _, title, state in sample_report.held(one.delivery_id)] == held, one.path.name
    for number, (denials, route) in DENIALS.items():
        (case,) = [one for one in intake.cases() if one.claim_key == number]
        assert [(*one, Decimal(amount)) for *one, amount in denials] == intake.denials(case), number
        assert case.route == route, number


def test_the_page_about_the_samples_is_true(arrivals: list[Arrival], tmp_path: Path) -> None:
    fresh = tmp_path / PAGE.name
    fresh.write_text(sample_report.page(arrivals))
    known = PAGE.read_text() if PAGE.exists() else ""
    assert known == fresh.read_text(), f"the samples give something else now; look at it and: cp {fresh} {PAGE}"
