"""What a correct reader finds in every sample (measured independently; domain page on denials, section 2.8)."""

from decimal import Decimal

import pytest

from mso.integrations.x12_835 import RemittanceTransaction, open_remittance
from tests.mso.integrations.samples import OURS, PUBLIC, sample

# sample, ST02, BPR02, sum of CLP04, sum of PLB, claims, quarantine faults
TRANSACTIONS = [
    (OURS, "0001", "109.00", "154.50", "45.50", 9, []),
    (OURS, "0002", "40.00", "40.00", "0", 1, []),
    ("pyx12_835_mult_loops", "0001", "0", "0", "0", 1, []),
    ("lfh_managed-care", "112233", "945.00", "945.00", "0", 2, []),
    ("lfh_cob-contractural-adjustment", "0001", "34.00", "34.00", "0", 1,
     [("service_composite", "ST[0001]/CLP[1]/SVC[1]")]),
    ("lfh_secondary-payment", "1234", "1222.00", "1222.00", "0", 2,
     [("service_composite", "ST[1234]/CLP[2]/SVC[1]"), ("service_composite", "ST[1234]/CLP[2]/SVC[2]")]),
    ("lfh_tertiary-payment", "0001", "187.50", "187.50", "0", 1,
     [("service_composite", "ST[0001]/CLP[1]/SVC[1]"), ("line_balance", "ST[0001]/CLP[1]/SVC[1]")]),
]  # fmt: skip


def transaction_of(name: str, control_number: str = "0001") -> RemittanceTransaction:
    return next(
        one for one in open_remittance(sample(name)).transactions() if one.control_number == control_number
    )


@pytest.mark.parametrize(("name", "control", "total", "paid", "withheld", "claims", "faults"), TRANSACTIONS)
def test_every_transaction_reads_as_measured(
    name: str, control: str, total: str, paid: str, withheld: str, claims: int, faults: list[tuple[str, str]]
) -> None:
    transaction = transaction_of(name, control)
    assert transaction.total_paid == Decimal(total)
    assert sum(claim.paid or 0 for claim in transaction.claims) == Decimal(paid)
    assert sum(one.amount or 0 for one in transaction.provider_adjustments) == Decimal(withheld)
    assert len(transaction.claims) == claims
    found = [(one.code, one.path) for one in transaction.diagnostics if one.severity != "warning"]
    assert found == faults
    assert transaction.is_quarantined is bool(faults)


@pytest.mark.parametrize("name", [OURS, *PUBLIC])
def test_no_sample_has_an_envelope_fault(name: str) -> None:
    assert open_remittance(sample(name)).envelope.diagnostics == ()


def test_our_sample_keeps_remark_codes_modifiers_policy_and_segments() -> None:
    claims = transaction_of(OURS).claims
    line = claims[0].lines[0]
    assert line.procedure.code == "72148"
    assert line.procedure.modifiers == ("26", "TC", "59", "GA")
    assert line.healthcare_policy_ids == ("LCD L34220",)
    assert line.line_item_control_number == "LN0001"
    assert [(one.code, one.origin) for one in line.remarks] == [("M62", "LQ"), ("N517", "LQ")]
    assert [(one.code, one.origin) for one in claims[1].remarks] == [("MA01", "MOA"), ("N115", "MOA")]
    assert line.adjustments[0].segment == "CAS*CO*197*500"
    assert claims[0].segments[line.adjustments[0].segment_index - claims[0].segment_index] == "CAS*CO*197*500"


def test_our_sample_has_17_adjustments_10_remarks_and_2_provider_adjustments() -> None:
    transactions = list(open_remittance(sample(OURS)).transactions())
    claims = [claim for one in transactions for claim in one.claims]
    lines = [line for claim in claims for line in claim.lines]
    assert sum(len(one.adjustments) for one in claims) + sum(len(one.adjustments) for one in lines) == 17
    assert sum(len(one.remarks) for one in claims) + sum(len(one.remarks) for one in lines) == 10
    assert [(p.reason, p.reference, p.amount) for one in transactions for p in one.provider_adjustments] == [
        ("WO", "PCCN0100", Decimal(50)),
        ("L6", "INT2026", Decimal("-4.5")),
    ]


def test_several_triplets_of_one_segment_keep_their_place() -> None:
    line = transaction_of(OURS).claims[2].lines[0]
    patient = [one for one in line.adjustments if one.group_code == "PR"]
    assert [(one.reason_code, one.amount, one.position) for one in patient] == [
        ("1", Decimal(50), 1),
        ("2", Decimal("25.5"), 2),
        ("3", Decimal(10), 3),
    ]
    assert {one.segment for one in patient} == {"CAS*PR*1*50**2*25.5**3*10"}


def test_payer_and_payee_are_identified() -> None:
    transaction = transaction_of(OURS)
    assert (transaction.payer_id, transaction.payee.npi, transaction.payee.tin) == ("SYN01", "1999999984", "123456789")
    assert transaction_of("lfh_secondary-payment", "1234").payee.tin == "599944521"
    assert transaction_of("pyx12_835_mult_loops").payer_id == "1386000134"


def test_a_payment_date_that_is_no_date_is_only_a_warning() -> None:
    diagnostics = transaction_of("lfh_managed-care", "112233").diagnostics
    assert [(one.code, one.severity.value, one.datum) for one in diagnostics] == [
        ("payment_date_missing", "warning", "20002316")
    ]
