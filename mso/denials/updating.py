"""What a remittance does to cases: opens new ones, adds denials to running ones, carries the payer's answer to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso import cases
from mso.cases import Case
from mso.denials import levels
from mso.denials.answers import (
    DECISION,
    UPDATE,
    PayerAnswer,
    ReversalEffect,
    net_reversals,
    payer_answer,
    reversal_effect,
)
from mso.denials.codes import code_tables
from mso.denials.keys import CaseKey, DenialKey
from mso.denials.models import ClaimPaymentRow
from mso.denials.opening import PROCESS, Intake, denial_rows, known_keys, open_cases
from mso.denials.outcomes import ClaimOutcome
from mso.denials.sorting import sort_joined
from mso.denials.triage import Decide
from mso.integrations.x12_835.records import REVERSAL
from workflows import instances, runtime
from workflows.instances import MessageSubscription


def take_outcomes(intake: Intake, outcomes: Sequence[ClaimOutcome]) -> None:
    """Apply the claims of one accepted transaction, in file order."""
    running = _running(intake, outcomes)
    corrections = {id(pair.reversal): pair.correction for pair in net_reversals(outcomes)}
    fresh: dict[CaseKey, list[ClaimOutcome]] = {}
    for outcome in outcomes:
        case = running.get(outcome.case_key.claim_reference)
        if outcome.claim.is_reversal:
            intake.keep_claim(outcome, case)
            _reverse(intake, case, corrections.get(id(outcome)))
        elif case is not None:
            _join(intake, case, outcome)
        elif outcome.opens_case:
            fresh.setdefault(outcome.case_key, []).append(outcome)
        else:
            intake.keep_claim(outcome, None)
    open_cases(intake, list(fresh.values()))


def _running(intake: Intake, outcomes: Sequence[ClaimOutcome]) -> dict[str, Case]:
    """The open cases of these claims, by claim reference; locked so that two remittances do not cross.

    A case that somebody opens meanwhile is not among them: the unique index on open claims refuses a second one.
    """
    query = select(Case.id, Case.instance_id).where(
        Case.practice_id == intake.practice.id,
        Case.process_key == PROCESS,
        Case.status == cases.OPEN,
        Case.payer_id == intake.transaction.payer_id,
        Case.claim_key.in_({one.case_key.claim_reference for one in outcomes}),
    )
    known = intake.session.execute(query.order_by(Case.instance_id)).all()
    found = lock_cases(intake.session, {one.id: one.instance_id for one in known if one.instance_id is not None})
    return {case.claim_key: case for case in found if case.claim_key is not None and case.status == cases.OPEN}


def lock_cases(session: Session, wanted: Mapping[UUID, UUID]) -> Sequence[Case]:
    """Lock cases (id -> instance id) with their instances. The instance comes first, as in every verb of the runtime:
    the other way round, a remittance and somebody's work on the case would wait for each other."""
    for instance_id in wanted.values():
        instances.lock(session, instance_id)
    query = select(Case).where(Case.id.in_(wanted)).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def _join(intake: Intake, case: Case, outcome: ClaimOutcome) -> None:
    """A claim whose case is running: new denials are added, an answer goes to the waiting process."""
    claim = intake.keep_claim(outcome, case)
    intake.joined.append(case)
    known = known_keys(intake.session, case)
    keys = [DenialKey(outcome.case_key, row.line_key, row.group_code, row.carc) for row in known.values()]
    answer = payer_answer(keys, outcome, code_tables(), on=intake.on)
    if _is_corrected(intake, case, claim, outcome) and (
        answer is PayerAnswer.NOTHING or not _awaits_payer(intake.session, case)
    ):
        _withdraw(case, now=intake.now)
        return
    if answer is not PayerAnswer.NOTHING:
        answer_case(intake.session, case, _payload(intake, outcome, answer), now=intake.now)
        return
    added = [row for row in denial_rows(case, claim, outcome) if row.key not in known]
    if added:
        intake.session.add_all(added)
        intake.session.flush()
        sort_joined(intake.session, case, added, _decider(intake, case))
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
    waiting = _awaited(session, case)
    result = str(payload["result"])
    cases.tell(case, "payer_answer", f"The payer answered: {result}.", at=now, source=str(payload.get("source", "")))
    if DECISION not in waiting and UPDATE in waiting:
        paid = "paid" if result in ("overturned", "partial") else "denied"
        name, message = UPDATE, {**payload, "result": paid}
    else:
        name, message = DECISION, {**payload, **levels.after(session, case, now=now)}
    # By correlation key, as any message; an instance that does not wait yet keeps it.
    if case.instance_id not in runtime.deliver_message(case.practice_id, name, message, now=now):
        runtime.deliver_to(case.instance_id, name, message, now=now)


def _awaited(session: Session, case: Case) -> set[str]:
    """The messages that a case's process waits for."""
    query = select(MessageSubscription.message).where(MessageSubscription.instance_id == case.instance_id)
    return set(session.scalars(query))


def _awaits_payer(session: Session, case: Case) -> bool:
    return bool({DECISION, UPDATE} & _awaited(session, case))


def _reverse(intake: Intake, case: Case | None, correction: ClaimOutcome | None) -> None:
    """A reversal by itself changes nothing; what its correction does, `_join` sees when it comes."""
    if case is not None and reversal_effect(correction, has_open_case=True) is ReversalEffect.RECOUPMENT_WATCH:
        sentence = "The payer reversed the claim; no correction came with it. Watch for a recoupment."
        cases.tell(case, "reversal", sentence, at=intake.now)


def _is_corrected(intake: Intake, case: Case, claim: ClaimPaymentRow, outcome: ClaimOutcome) -> bool:
    """Whether this claim corrects one that the payer reversed before, in this file or another, and denies nothing."""
    if reversal_effect(outcome, has_open_case=True) is not ReversalEffect.WITHDRAW:
        return False
    before = select(ClaimPaymentRow.status).where(ClaimPaymentRow.case_id == case.id, ClaimPaymentRow.id != claim.id)
    return intake.session.scalars(before.order_by(ClaimPaymentRow.id.desc()).limit(1)).first() == REVERSAL


def _withdraw(case: Case, *, now: datetime) -> None:
    assert case.instance_id is not None
    cases.close(case, "withdrawn", at=now)
    runtime.cancel(case.instance_id, now=now)


def _decider(intake: Intake, case: Case) -> Decide:
    assert case.instance_id is not None
    return runtime.decider(intake.session, case.instance_id, now=intake.now)  # type: ignore[return-value]


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
