"""What counts as a denial, read from adjustments and remark codes, never from CLP02 alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mso.denials.codes import RemarkEffect, RemarkRule, code_tables
from mso.denials.derive import NsaFacts, derive_claim, derive_transaction, unknown_reasons
from mso.denials.outcomes import LineState
from mso.integrations.x12_835 import open_remittance
from mso.integrations.x12_835.fake import FakeCas, FakeClaim, FakeLine, cas, write_one
from tests.mso.denials.remittances import TODAY, outcome_of, outcomes_of
from tests.mso.integrations.samples import OURS, PUBLIC, sample

D = Decimal

GOLDEN = {
    (OURS, "PCN0001"): ["1/CO 197 500"],
    (OURS, "PCN0002"): ["1/CO 50 1200"],
    (OURS, "PCN0003"): ["2/CO 97 300"],
    (OURS, "PCN0004"): ["0/CO 29 150"],
    (OURS, "PCN0005"): [],
    (OURS, "PCN0007"): ["1/CO 16 90"],
    (OURS, "PCN0008"): ["1/OA 22 80"],
    (OURS, "PCN0009"): ["1/OA 18 80"],
    (OURS, "PCN0010"): [],
    ("pyx12_835_mult_loops", "2005555A"): ["1/CO 16 500.04", "2/OA A7 127.8", "3/OA A7 287.55"],
    ("lfh_managed-care", "5554555444"): [],
    ("lfh_managed-care", "8765432112"): [],
    ("lfh_cob-contractural-adjustment", "0001000055"): [],
    ("lfh_secondary-payment", "L0004828311"): [],
    ("lfh_secondary-payment", "0001000053"): [],
    ("lfh_tertiary-payment", "0001000054"): [],
}


@pytest.mark.parametrize("name", [OURS, *PUBLIC])
def test_every_sample_gives_the_denials_that_were_measured(name: str) -> None:
    for transaction in open_remittance(sample(name)).transactions():
        for outcome in derive_transaction(transaction, code_tables(), on=TODAY):
            found = [f"{one.line}/{one.group_code} {one.reason_code} {one.amount}" for one in outcome.denials]
            assert found == GOLDEN[name, outcome.claim.patient_control_number]


@pytest.mark.parametrize("status", ["1", "2", "4"])
def test_a_late_claim_is_denied_whatever_clp02_says(status: str) -> None:
    outcome = outcome_of(FakeClaim("P1", "C1", (FakeLine("99213", D(90), (cas("CO", "29", 90),)),), status=status))
    assert [one.state for one in outcome.lines] == [LineState.DENIED]
    assert outcome.denied_amount == 90


def test_a_reason_on_a_claim_without_lines_is_a_denial_of_line_0() -> None:
    outcome = outcome_of(FakeClaim("P1", "C1", charge=D(150), cas=(cas("CO", "29", 150),)))
    assert [(one.line, one.key.line_key) for one in outcome.denials] == [(0, "claim")]


def test_a_reason_on_the_claim_level_counts_beside_the_lines() -> None:
    line = FakeLine("99213", D(90))
    outcome = outcome_of(FakeClaim("P1", "C1", (line,), cas=(cas("CO", "B7", 40), cas("CO", "45", 10))))
    assert [(one.ordinal, one.state) for one in outcome.lines] == [
        (0, LineState.PARTIALLY_DENIED),
        (1, LineState.PAID),
    ]
    assert outcome.denied_amount == 40


@pytest.mark.parametrize(
    ("adjustments", "state", "denied", "why"),
    [
        ([("CO", "45", 40)], LineState.PAID, 0, "contractual"),
        ([("CO", "45", 100)], LineState.CONTRACTUAL_ONLY, 0, "nothing is left after the contract"),
        ([("CO", "42", 40)], LineState.PAID, 0, "old code of the same meaning as 45"),
        ([("CO", "A2", 40)], LineState.PAID, 0, "old code of the same meaning as 45"),
        ([("PR", "45", 40)], LineState.PARTIALLY_DENIED, 40, "45 is benign under CO only"),
        ([("CO", "1", 40)], LineState.PARTIALLY_DENIED, 40, "1 is benign under PR only"),
        ([("PR", "96", 100)], LineState.DENIED, 100, "PR 96 is not benign"),
        ([("PR", "1", 100)], LineState.PATIENT_RESPONSIBILITY, 0, "deductible"),
        ([("PR", "1", 60), ("CO", "97", 40)], LineState.PARTIALLY_DENIED, 40, "the patient owes the rest"),
        ([("OA", "23", 100)], LineState.INFORMATIONAL, 0, "prior payer"),
        ([("OA", "94", -10)], LineState.PAID, 0, "a negative adjustment is no denial"),
        ([("CO", "97", 60), ("CO", "97", -10)], LineState.PARTIALLY_DENIED, 60, "only what was taken counts"),
        ([("CO", "97", 100)], LineState.DENIED, 100, "bundled"),
        ([("PI", "246", 100)], LineState.INFORMATIONAL, 0, "246 is informational in any group"),
    ],
)
def test_line_states(adjustments: list[tuple[str, str, int]], state: LineState, denied: int, why: str) -> None:
    line = FakeLine("99213", D(100), tuple(cas(*one) for one in adjustments))
    (found,) = outcome_of(FakeClaim("P1", "C1", (line,))).lines
    assert (found.state, found.denied_amount) == (state, D(denied)), why


def test_a_line_without_charge_is_informational() -> None:
    (found,) = outcome_of(FakeClaim("P1", "C1", (FakeLine("G8427", D(0)),))).lines
    assert found.state is LineState.INFORMATIONAL


def test_a_reversal_and_a_predetermination_open_nothing() -> None:
    line = FakeLine("99213", D(90), (cas("CO", "50", 90),))
    states = [outcome_of(FakeClaim("P1", "C1", (line,), status=status)).lines[0].state for status in ("22", "25")]
    assert states == [LineState.REVERSED, LineState.PREDETERMINATION]
    assert not outcome_of(FakeClaim("P1", "C1", (line,), status="25")).opens_case


def test_an_unreadable_amount_is_no_denial_and_no_payment() -> None:
    data = write_one([FakeClaim("P1", "C1", (FakeLine("99213", D(90), (cas("CO", "50", 90),)),))])
    (transaction,) = open_remittance(data.replace(b"CAS*CO*50*90", b"CAS*CO*50*9O")).transactions()
    (outcome,) = derive_transaction(transaction, code_tables(), on=TODAY)
    assert transaction.is_quarantined
    assert [one.state for one in outcome.lines] == [LineState.UNREADABLE]


def test_two_segments_of_one_reason_are_one_denial_with_both_segments() -> None:
    line = FakeLine("99213", D(90), (cas("CO", "50", 30), FakeCas("CO", (("50", D(20), None), ("16", D(40), None)))))
    first, second = outcome_of(FakeClaim("P1", "C1", (line,))).denials
    assert first.amount == 50
    assert [one.segment for one in first.adjustments] == ["CAS*CO*50*30", "CAS*CO*50*20**16*40"]
    assert second.reason_code == "16"


def test_remark_codes_of_line_and_claim_are_read_together_with_their_origin() -> None:
    line = FakeLine("99213", D(90), (cas("CO", "16", 90),), remarks=("N290",))
    (denial,) = outcome_of(FakeClaim("P1", "C1", (line,), moa=("MA130", "N290"))).denials
    assert denial.remark_codes == ("N290", "MA130")
    assert [one.origin for one in denial.remarks] == ["LQ", "MOA", "MOA"]


def test_the_same_patient_control_number_on_three_claims_is_not_one_case() -> None:
    claims = [FakeClaim("0", f"C{n}", charge=D(90), cas=(cas("CO", "29", 90),)) for n in range(3)]
    assert len({one.case_key for one in outcomes_of(claims)}) == 3


def test_without_a_payer_claim_number_charge_and_day_tell_claims_apart() -> None:
    claims = [FakeClaim("0", "", charge=D(charge), cas=(cas("CO", "29", charge),)) for charge in (90, 91)]
    assert len({one.case_key for one in outcomes_of(claims)}) == 2


@pytest.mark.parametrize("control_number", ["", "LN1"])
def test_three_equal_lines_are_three_denials(control_number: str) -> None:
    line = FakeLine("T1005", D(90), (cas("CO", "50", 90),), control_number=control_number)
    denials = outcome_of(FakeClaim("P1", "C1", (line, line, line))).denials
    assert len({one.key.digest() for one in denials}) == 3


def test_a_denial_is_found_again_when_its_line_comes_alone() -> None:
    denied = FakeLine("99213", D(90), (cas("CO", "50", 90),), ("25",))
    both = outcome_of(FakeClaim("P1", "C1", (FakeLine("36415", D(10)), denied)))
    alone = outcome_of(FakeClaim("P1", "C1", (denied,)))
    assert both.denials[0].key == alone.denials[0].key


def test_on_a_surprise_billing_line_the_contractual_reduction_is_disputed() -> None:
    line = FakeLine("99213", D(90), (cas("CO", "45", 40), cas("CO", "253", 1)))
    (transaction,) = open_remittance(write_one([FakeClaim("P1", "C1", (line,))])).transactions()
    facts = NsaFacts(is_out_of_network_at_in_network_facility=True)
    outcome = derive_claim(transaction, transaction.claims[0], code_tables(), on=TODAY, nsa=facts)
    assert [(one.reason_code, one.nsa_flag) for one in outcome.denials] == [("45", True)]


def test_an_imported_remark_rule_marks_surprise_billing_while_it_holds() -> None:
    rule = RemarkRule("N999", RemarkEffect.NSA, (), "test", date(2026, 8, 3), None, False)
    tables = replace(code_tables(), remarks=(rule,))
    claim = FakeClaim("P1", "C1", (FakeLine("99213", D(90), (cas("CO", "45", 40),), remarks=("N999",)),))
    assert outcome_of(claim, tables).lines[0].nsa_flag
    later = replace(tables, remarks=(replace(rule, valid_from=date(2027, 1, 1)),))
    assert not outcome_of(claim, later).lines[0].nsa_flag


def test_a_code_outside_the_catalog_is_reported_and_has_no_category() -> None:
    outcome = outcome_of(FakeClaim("P1", "C1", charge=D(90), cas=(cas("OA", "A7", 90),)))
    assert outcome.denials[0].category == "unknown"
    assert unknown_reasons([outcome], code_tables()) == ("A7",)
