"""What a remittance does to a case that is already running."""

from decimal import Decimal

import pytest

from mso.denials.answers import PayerAnswer, ReversalEffect, net_reversals, payer_answer, reversal_effect
from mso.denials.codes import code_tables
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, cas
from tests.mso.denials.remittances import TODAY, outcome_of, outcomes_of

D = Decimal


def visit(*adjustments: tuple[str, str, int], control: str = "LN1") -> FakeLine:
    return FakeLine("99213", D(90), tuple(cas(*one) for one in adjustments), control_number=control)


def claim(*lines: FakeLine, status: str = "1", number: str = "C1") -> FakeClaim:
    return FakeClaim("P1", number, lines, status=status)


DENIED = visit(("CO", "50", 90))


def test_a_reversal_is_netted_with_the_correction_that_follows() -> None:
    outcomes = outcomes_of([claim(DENIED, status="22"), claim(DENIED, number="C2"), claim(visit())])
    (pair,) = net_reversals(outcomes)
    assert pair.correction is outcomes[2]


def test_a_correction_before_the_reversal_is_not_its_correction() -> None:
    (pair,) = net_reversals(outcomes_of([claim(visit()), claim(visit(), status="22")]))
    assert pair.correction is None


@pytest.mark.parametrize(
    ("correction", "has_open_case", "effect"),
    [
        (None, True, ReversalEffect.RECOUPMENT_WATCH),
        (claim(visit()), True, ReversalEffect.WITHDRAW),
        (claim(visit()), False, ReversalEffect.NOTHING),
        (claim(DENIED), True, ReversalEffect.UPDATE),
    ],
)
def test_effect_of_a_reversal(correction: FakeClaim | None, has_open_case: bool, effect: ReversalEffect) -> None:
    outcome = outcome_of(correction) if correction else None
    assert reversal_effect(outcome, has_open_case=has_open_case) is effect


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        (claim(visit(("CO", "193", 90))), PayerAnswer.UPHELD),
        (claim(visit(("CO", "285", 90))), PayerAnswer.DISMISSED),
        (claim(visit(("CO", "286", 90))), PayerAnswer.DISMISSED),
        (claim(visit()), PayerAnswer.OVERTURNED),
        (claim(visit(("CO", "45", 30))), PayerAnswer.OVERTURNED),
        (claim(visit(("CO", "50", 30))), PayerAnswer.PARTIAL),
        (claim(DENIED), PayerAnswer.NOTHING),
        (claim(visit(control="LN2")), PayerAnswer.NOTHING),
        (claim(visit(), status="22"), PayerAnswer.NOTHING),
        (FakeClaim("P1", "C1", charge=D(90)), PayerAnswer.OVERTURNED),
    ],
)
def test_answer_of_the_payer(later: FakeClaim, answer: PayerAnswer) -> None:
    keys = [one.key for one in outcome_of(claim(DENIED)).denials]
    assert payer_answer(keys, outcome_of(later), code_tables(), on=TODAY) is answer


def test_a_denial_of_the_whole_claim_is_answered_by_its_lines() -> None:
    whole = FakeClaim("P1", "C1", charge=D(90), cas=(cas("CO", "29", 90),))
    keys = [one.key for one in outcome_of(whole).denials]
    assert payer_answer(keys, outcome_of(claim(visit())), code_tables(), on=TODAY) is PayerAnswer.OVERTURNED


def test_one_of_two_denied_lines_paid_is_a_part() -> None:
    other = visit(("CO", "50", 90), control="LN2")
    keys = [one.key for one in outcome_of(claim(DENIED, other)).denials]
    assert payer_answer(keys, outcome_of(claim(visit(), other)), code_tables(), on=TODAY) is PayerAnswer.PARTIAL
