"""What a remittance does to cases: opens new ones, adds denials to running ones, carries the payer's answer to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso import cases
from mso.cases import Case
from mso.denials import levels
from mso.denials.answers import PayerAnswer, ReversalEffect, net_reversals, payer_answer, reversal_effect
from mso.denials.codes import code_tables
from mso.denials.keys import CaseKey, DenialKey
from mso.denials.opening import PROCESS, Intake, denial_rows, known_keys, open_cases
from mso.denials.outcomes import ClaimOutcome
from workflows import runtime
from workflows.instances import MessageSubscription

DECISION, UPDATE = "payer_decision", "era_update"


def take_outcomes(intake: Intake, outcomes: Sequence[ClaimOutcome]) -> None:
    """Apply the claims of one accepted transaction, in file order."""
    running = _running(intake, outcomes)
    corrections = {id(pair.reversal): pair.correction for pair in net_reversals(outcomes)}
    fresh: dict[CaseKey, ClaimOutcome] = {}
    for outcome in outcomes:
        case = running.get(outcome.case_key.claim_reference)
        if outcome.claim.is_reversal:
            intake.keep_claim(outcome, case)
            _reverse(intake, case, corrections.get(id(outcome)))
        elif case is not None:
            _join(intake, case, outcome)
        elif outcome.opens_case and outcome.case_key not in fresh:
            fresh[outcome.case_key] = outcome
        else:
            intake.keep_claim(outcome, None)
    open_cases(intake, list(fresh.values()))


def _running(intake: Intake, outcomes: Sequence[ClaimOutcome]) -> dict[str, Case]:
    """The open cases of these claims, by claim reference; locked so that two remittances do not cross."""
    query = select(Case).where(
        Case.practice_id == intake.practice.id,
        Case.process_key == PROCESS,
        Case.status == cases.OPEN,
        Case.payer_id == intake.transaction.payer_id,
        Case.claim_key.in_({one.case_key.claim_reference for one in outcomes}),
    )
    found = intake.session.scalars(query.with_for_update())
    return {case.claim_key: case for case in found if case.claim_key is not None}


def _join(intake: Intake, case: Case, outcome: ClaimOutcome) -> None:
    """A claim whose case is running: new denials are added, an answer goes to the waiting process."""
    claim = intake.keep_claim(outcome, case)
    intake.joined.append(case)
    known = known_keys(intake.session, case)
    keys = [DenialKey(outcome.case_key, row.line_key, row.group_code, row.carc) for row in known.values()]
    answer = payer_answer(keys, outcome, code_tables(), on=intake.on)
    if answer is not PayerAnswer.NOTHING:
        answer_case(intake.session, case, _payload(intake, outcome, answer), now=intake.now)
        return
    added = [row for row in denial_rows(case, claim, outcome) if row.key not in known]
    if added:
        intake.session.add_all(added)
        case.amount = sum((row.amount for row in added), start=case.amount or Decimal(0))
        reasons = ", ".join(f"{row.group_code}-{row.carc}" for row in added)
        cases.tell(case, "joined", f"A later remittance also denied {reasons}.", at=intake.now)
    else:
        cases.tell(case, "repeated", "The payer sent the same denial again.", at=intake.now)


def answer_case(session: Session, case: Case, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry a payer's answer to a case's process: to the message it waits for, else kept until it waits.

    payload: result (overturned, partial, upheld, dismissed, withdrawn), source, and what else the payer said.
    """
    assert case.instance_id is not None
    waiting = set(
        session.scalars(select(MessageSubscription.message).where(MessageSubscription.instance_id == case.instance_id))
    )
    result = str(payload["result"])
    cases.tell(case, "payer_answer", f"The payer answered: {result}.", at=now, source=str(payload.get("source", "")))
    if DECISION not in waiting and UPDATE in waiting:
        paid = "paid" if result in ("overturned", "partial") else "denied"
        runtime.deliver_to(case.instance_id, UPDATE, {**payload, "result": paid}, now=now)
        return
    message = {**payload, **levels.after(session, case, now=now)}
    runtime.deliver_to(case.instance_id, DECISION, message, now=now)


def _reverse(intake: Intake, case: Case | None, correction: ClaimOutcome | None) -> None:
    if case is None or case.instance_id is None:
        return
    match reversal_effect(correction, has_open_case=True):
        case ReversalEffect.WITHDRAW:
            cases.close(case, "withdrawn", at=intake.now)
            runtime.cancel(case.instance_id, now=intake.now)
        case ReversalEffect.RECOUPMENT_WATCH:
            sentence = "The payer reversed the claim; no correction came with it. Watch for a recoupment."
            cases.tell(case, "reversal", sentence, at=intake.now)
        case _:
            return


def _payload(intake: Intake, outcome: ClaimOutcome, answer: PayerAnswer) -> dict[str, Any]:
    return {
        "result": answer.value,
        "source": "835",
        "payer_id": outcome.case_key.payer_id,
        "payer_claim_control_number": outcome.case_key.claim_reference,
        "paid": outcome.claim.paid,
        "reasons": [f"{one.group_code}-{one.reason_code}" for one in outcome.denials],
        "decided_on": intake.on,
        "reference": intake.transaction.trace_number,
    }
