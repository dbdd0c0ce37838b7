"""Where a denial goes: the samples through the real table, severity, and how it fails closed."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from mso.denials.codes import code_tables
from mso.denials.derive import derive_transaction
from mso.denials.outcomes import Denial
from mso.denials.triage import INPUT_INVALID, NOTHING, UNKNOWN, Triage, TriageFacts, merge, triage_denial
from mso.integrations.x12_835 import open_remittance
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, cas
from tests.mso.denials.remittances import TODAY, outcome_of
from tests.mso.denials.tables import decided
from tests.mso.integrations.samples import OURS, sample
from workflows.feel import Value

FACTS = TriageFacts()


def denial(group: str, carc: str, *remarks: str) -> Denial:
    line = FakeLine("99213", Decimal(90), (cas(group, carc, 90),), remarks=remarks)
    return outcome_of(FakeClaim("P1", "C1", (line,))).denials[0]


def never(decision_id: str, context: Mapping[str, Value]) -> Value:
    raise AssertionError("the table was asked")


@pytest.mark.parametrize(
    ("name", "routes"),
    [
        (OURS, {"197": "clinical_review", "50": "clinical_review", "97": "corrected_claim", "29": "admin_appeal",
                "16": "correct", "22": "transfer", "18": "verify_original"}),
        ("pyx12_835_mult_loops", {"16": "correct", "A7": "triage_manual"}),
    ],
)  # fmt: skip
def test_the_samples_go_where_they_were_measured_to_go(name: str, routes: dict[str, str]) -> None:
    found = {
        one.reason_code: triage_denial(one, FACTS, decided).route
        for transaction in open_remittance(sample(name)).transactions()
        for outcome in derive_transaction(transaction, code_tables(), on=TODAY)
        for one in outcome.denials
    }
    assert found == routes


def test_ma130_makes_every_reason_of_the_line_a_correction() -> None:
    line = FakeLine("99213", Decimal(90), (cas("CO", "50", 50), cas("CO", "29", 40)), remarks=("MA130",))
    denials = outcome_of(FakeClaim("P1", "C1", (line,))).denials
    found = [triage_denial(one, FACTS, decided) for one in denials]
    assert found == [Triage("correct", "no", 2, "NO_APPEAL_RIGHTS")] * 2
    assert merge(found) == found[0]


def test_an_authorization_on_file_makes_it_administrative() -> None:
    facts = TriageFacts(auth_on_file=True)
    assert triage_denial(denial("CO", "197"), facts, decided).route == "admin_appeal"
    assert triage_denial(denial("CO", "39"), facts, decided).route == "clinical_review"


@pytest.mark.parametrize(
    ("one", "facts"),
    [
        (denial("CO", "50"), TriageFacts(auth_on_file=None)),
        (denial("CO", "50"), TriageFacts(reversal_pair=None)),
        (denial("CR", "50"), FACTS),
        (replace(denial("CO", "50"), reason_code=""), FACTS),
    ],
)
def test_a_missing_or_foreign_input_goes_to_a_person_before_the_table(one: Denial, facts: TriageFacts) -> None:
    assert triage_denial(one, facts, never) == INPUT_INVALID


@pytest.mark.parametrize(
    "answer",
    [None, "correct", {}, {"route": "somewhere", "clinical": "no", "sla_bd": None, "reason": "X"},
     {"route": "correct", "clinical": "perhaps", "sla_bd": None, "reason": "X"}],
)  # fmt: skip
def test_a_strange_answer_of_the_table_fails_closed(answer: Value) -> None:
    assert triage_denial(denial("CO", "50"), FACTS, lambda _id, _context: answer) == UNKNOWN


def test_a_case_takes_its_most_severe_route_and_the_highest_clinical_mark() -> None:
    parts = [
        Triage("correct", "no", 2, "CLAIM_DATA"),
        Triage("clinical_review", "yes", 1, "MEDICAL_NECESSITY"),
        Triage("corrected_claim", "conditional", 3, "CODING"),
    ]
    assert {merge(order) for order in permutations(parts)} == {parts[1]}
    assert merge([parts[0], parts[2]]) == Triage("correct", "conditional", 2, "CLAIM_DATA")


def test_nothing_to_triage_is_nothing_to_do() -> None:
    assert merge([]) == NOTHING
