"""Cases out of denials: one open case per practice, payer and claim; a new denial of an open case joins it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso import cases
from mso.cases import Case
from mso.denials.models import ClaimPaymentRow, DenialRow, PayerProfile
from mso.denials.outcomes import ClaimOutcome, Denial
from mso.integrations.x12_835 import ClaimPayment, RemittanceTransaction
from mso.practices import Organization, zone_of
from store import audit, crypto, ids
from workflows import runtime

PROCESS = "denial_appeal"
UNKNOWN = "unknown"


@dataclass
class Intake:
    """One accepted transaction of a remittance at work. opened, joined: cases, in file order.

    received_at: when the file arrived; earlier than now when a person released it later.
    """

    session: Session
    practice: Organization
    transaction: RemittanceTransaction
    transaction_id: UUID
    received_at: datetime
    now: datetime
    opened: list[Case] = field(default_factory=list)
    joined: list[Case] = field(default_factory=list)

    @property
    def on(self) -> date:
        """The day whose code rows hold: the payer's decision run, else the day of receipt."""
        return self.transaction.produced_on or self.now.date()

    def keep_claim(self, outcome: ClaimOutcome, case: Case | None) -> ClaimPaymentRow:
        """Store one claim payment; the patient sealed."""
        claim, claim_id = outcome.claim, ids.new()
        patient = _patient(claim)
        row = ClaimPaymentRow(
            practice_id=self.practice.id,
            id=claim_id,
            transaction_id=self.transaction_id,
            ordinal=claim.ordinal,
            payer_id=outcome.case_key.payer_id,
            payer_claim_control_number=outcome.case_key.claim_reference,
            patient_control_number=claim.patient_control_number,
            status=claim.status,
            charge=claim.charge or Decimal(0),
            paid=claim.paid or Decimal(0),
            states=[line.state.value for line in outcome.lines],
            case_id=case.id if case else None,
            service_on=claim.service_on,
            patient=_seal(self.practice.id, claim_id, patient) if patient else None,
        )
        self.session.add(row)
        return row


def open_cases(intake: Intake, claims: Sequence[Sequence[ClaimOutcome]]) -> None:
    """Open one case per claim and start its process. The claims have denials and no open case yet.

    A claim has more than one outcome when the payer splits it within a remittance.
    """
    if not claims:
        return
    numbers = cases.take_numbers(intake.session, PROCESS, len(claims))
    made = [_case(intake, outcomes, number) for outcomes, number in zip(claims, numbers, strict=True)]
    intake.session.add_all(made)
    intake.session.flush()
    payer = _payer(intake)
    lines: dict[UUID, list[dict[str, Any]]] = {}
    for case, outcomes in zip(made, claims, strict=True):
        rows = _keep_all(intake, case, outcomes)
        lines[case.id] = [_line(row) for row in rows]
    intake.session.flush()
    # Everything the starts read was flushed above: their rows go out together at the end, not case by case.
    with intake.session.no_autoflush:
        for case, outcomes in zip(made, claims, strict=True):
            _start(intake, case, outcomes, {"denial": {"lines": lines[case.id]}, "payer": payer})
    intake.opened += made


def _start(intake: Intake, case: Case, outcomes: Sequence[ClaimOutcome], known: Mapping[str, Any]) -> None:
    """Start the process of a new case."""
    claim = outcomes[0].claim
    variables = {**known, "case": _facts(intake, case, outcomes[0]), "filing_indicator": claim.claim_filing_indicator}
    cases.tell(case, "opened", _opening(intake, outcomes), at=intake.now)
    audit.record("case:opened", by="intake", on=case.reference, facts={"transaction": intake.transaction_id})
    about = runtime.About(case.practice_id, case.id)
    case.instance_id = runtime.start(PROCESS, variables, about, now=intake.now, by="intake")


def _keep_all(intake: Intake, case: Case, outcomes: Sequence[ClaimOutcome]) -> list[DenialRow]:
    """Store the claim payments of a new case with their denials; of equal denials the first."""
    rows: dict[str, DenialRow] = {}
    for outcome in outcomes:
        for row in denial_rows(case, intake.keep_claim(outcome, case), outcome):
            rows.setdefault(row.key, row)
    intake.session.add_all(rows.values())
    return list(rows.values())


def denial_rows(case: Case, claim: ClaimPaymentRow, outcome: ClaimOutcome) -> list[DenialRow]:
    """The rows of an outcome's denials, with the payer's own segments."""
    charges = {line.ordinal: (line.charge, line.paid, line.state) for line in outcome.lines}
    return [_denial(case, claim, denial, charges[denial.line]) for denial in outcome.denials]


def known_keys(session: Session, case: Case) -> dict[str, DenialRow]:
    """The denials that a case has already, by key."""
    return {row.key: row for row in session.scalars(select(DenialRow).where(DenialRow.case_id == case.id))}


def _case(intake: Intake, outcomes: Sequence[ClaimOutcome], number: str) -> Case:
    outcome = outcomes[0]
    payer = intake.transaction.payer.name or intake.transaction.payer_id
    return Case(
        practice_id=intake.practice.id,
        id=ids.new(),
        number=number,
        process_key=PROCESS,
        title=f"Denial {_reasons(outcomes)} by {payer}",
        status=cases.OPEN,
        service_state=intake.practice.state,
        payer_id=outcome.case_key.payer_id,
        payer_name=payer,
        claim_key=outcome.case_key.claim_reference,
        amount=sum((one.denied_amount for one in outcomes), Decimal(0)),
        notice_on=intake.transaction.produced_on,
        received_on=intake.received_at.astimezone(zone_of(intake.practice.state)).date(),
        opened_at=intake.now,
    )


def _denial(case: Case, claim: ClaimPaymentRow, one: Denial, line: tuple[Any, Any, Any]) -> DenialRow:
    charge, paid, state = line
    return DenialRow(
        practice_id=case.practice_id,
        id=ids.new(),
        case_id=case.id,
        claim_payment_id=claim.id,
        key=one.key.digest(),
        line=one.line,
        line_key=one.key.line_key,
        state=state.value,
        group_code=one.group_code,
        carc=one.reason_code,
        category=one.category,
        amount=one.amount,
        line_charge=charge,
        line_paid=paid,
        procedure=one.procedure.code if one.procedure else None,
        modifiers=list(one.procedure.modifiers) if one.procedure else [],
        rarcs=list(one.remark_codes),
        policy_ids=list(one.policy_ids),
        nsa_flag=one.nsa_flag,
        service_on=one.service_on,
        segment_index=one.adjustments[0].segment_index,
        segments=list(dict.fromkeys(_segments(one))),
    )


def _segments(one: Denial) -> Iterable[str]:
    yield from (adjustment.segment for adjustment in one.adjustments)
    yield from (remark.segment for remark in one.remarks)


def _line(row: DenialRow) -> dict[str, Any]:
    """A denial as the process sees it: codes and amounts, nothing of the patient."""
    return {
        "line": Decimal(row.line),
        "group": row.group_code,
        "carc": row.carc,
        "category": row.category,
        "amount": row.amount,
        "rarcs": list(row.rarcs),
        "procedure": row.procedure,
    }


def _facts(intake: Intake, case: Case, outcome: ClaimOutcome) -> dict[str, Any]:
    claim = outcome.claim
    return {
        "number": case.number,
        "practice_id": Decimal(case.practice_id),
        "practice_name": intake.practice.name,
        "state": intake.practice.state,
        "payer_id": case.payer_id,
        "payer_name": case.payer_name,
        "payer_claim_control_number": case.claim_key,
        "patient_control_number": claim.patient_control_number,
        "service_from": claim.service_on,
        "filing_indicator": claim.claim_filing_indicator,
        "service_status": "rendered",
        "notice_on": intake.on,
        "received_on": intake.now.date(),
    }


def _payer(intake: Intake) -> dict[str, Any]:
    profile = intake.session.get(PayerProfile, (intake.practice.id, intake.transaction.payer_id))
    return {
        "contracted": profile.contracted if profile else UNKNOWN,
        "managed_care": profile.managed_care if profile else UNKNOWN,
        "capacity": profile.capacity if profile else "provider",
        "funding": profile.funding if profile else UNKNOWN,
    }


def _opening(intake: Intake, outcomes: Sequence[ClaimOutcome]) -> str:
    return f"Remittance {intake.transaction.trace_number} denied {_reasons(outcomes)}."


def _reasons(outcomes: Sequence[ClaimOutcome]) -> str:
    """CO-97, PR-96: each once, in file order."""
    named = (f"{one.group_code}-{one.reason_code}" for outcome in outcomes for one in outcome.denials)
    return ", ".join(dict.fromkeys(named))


def _seal(practice_id: int, claim_id: UUID, patient: Mapping[str, str]) -> bytes:
    data = json.dumps(dict(patient)).encode()
    return crypto.seal(data, practice_id=practice_id, table="claim_payment", column="patient", row_id=claim_id)


def _patient(claim: ClaimPayment) -> Mapping[str, str] | None:
    patient, insured = claim.party("QC"), claim.party("IL")
    if patient is None:
        return None
    member = patient.id or (insured.id if insured else "")
    return {"last": patient.last_name, "first": patient.first_name, "member_id": member}
