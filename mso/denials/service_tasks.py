"""The operators of the denial processes. All are local: our database only, inside the runtime's transaction."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso import cases
from mso.cases import Case
from mso.denials import levels
from mso.denials.answers import DECISION
from mso.denials.models import QUARANTINED, REJECTED, RELEASED, DenialRow, RemittanceTransactionRow, Submission
from mso.denials.sorting import sort_case
from mso.documents import newest as newest_document
from mso.practices import find_by_payee
from store import audit, ids, jobs
from store.errors import Conflict, Refused
from store.transaction import require_transaction
from workflows import messages
from workflows.service_tasks import Parameter, ServiceCall, service_task

RELEASE_JOB = "mso:remittance.release"


class StillUnknownPayee(Conflict):
    """A remittance cannot be released while nobody of ours is its payee."""

    code = "remittance.unknown_payee"
    message = "The payee of this remittance is no practice of ours. Register the practice, then replay the delivery."


class NothingToRelease(Conflict):
    """A file that could not be read has no transaction that could be released."""

    code = "remittance.unreadable"
    message = (
        "This file could not be read, so nothing of it can be released. Reject it and ask the sender for a new one."
    )


@service_task(
    "denials.triage",
    parameters={},
    result="context<route: string, clinical: string, sla_bd: number, reasons: list<string>>",
    local=True,
)
def triage(call: ServiceCall) -> Mapping[str, object]:
    """Triage every denied line with the table denial_triage; the case takes the most severe route."""
    session, case = case_of(call)
    whole, answers = sort_case(session, case, call.decide)  # type: ignore[arg-type]
    return {
        "route": whole.route,
        "clinical": whole.clinical,
        "sla_bd": None if whole.sla_business_days is None else Decimal(whole.sla_business_days),
        "reasons": [answer.reason for answer in answers],
    }


@service_task(
    "denials.set_deadline",
    parameters={"pathway": "string", "level": "number"},
    result="context<rule_id: string, external_on: date, internal_on: date, decision_due_days: number, "
    "provisional: boolean>",
    local=True,
)
def set_deadline(call: ServiceCall) -> Mapping[str, object]:
    """Count the filing deadline of this level and our own earlier target."""
    session, case = case_of(call)
    pathway, level = str(call.parameters["pathway"]), int(str(call.parameters["level"]))
    found = levels.set_deadline(session, case, pathway, level, now=call.now)
    cases.tell(
        case,
        "deadline",
        f"File by {found.external_on:%B} {found.external_on.day}, {found.external_on.year} (rule {found.rule_id}).",
        at=call.now,
        rule=found.rule_id or "",
        provisional=found.provisional,
    )
    return {
        "rule_id": found.rule_id,
        "external_on": found.external_on,
        "internal_on": found.internal_on,
        "decision_due_days": Decimal(found.decision_due_days),
        "provisional": found.provisional,
    }


@service_task(
    "denials.close_case", parameters={"outcome": "string"}, result="context<outcome: string>", local=True
)
def close_case(call: ServiceCall) -> Mapping[str, object]:
    """Close the case with its outcome."""
    session, case = case_of(call)
    cases.close(case, str(call.parameters["outcome"]), at=call.now)
    session.flush()
    return {"outcome": case.outcome}


@service_task(
    "denials.check_admin_write_off", parameters={}, result="context<allowed: boolean>", local=True
)
def check_admin_write_off(call: ServiceCall) -> Mapping[str, object]:
    """Allow an administrative write-off only where no denied line is clinical."""
    session, case = case_of(call)
    clinical = session.scalar(
        select(DenialRow.id).where(DenialRow.case_id == case.id, DenialRow.clinical == "yes").limit(1)
    )
    return {"allowed": clinical is None}


@service_task(
    "denials.record_submission",
    parameters={"kind": "string", "level": "number", "channel": "string", "proof_id": "string", "sent_on": "date"},
    result="context<sent_on: date, packet: string>",
    local=True,
)
def record_submission(call: ServiceCall) -> Mapping[str, object]:
    """Record that the appeal went out: channel, proof of transmission, and the packet it was."""
    session, case = case_of(call)
    packet = newest_document(session, case, "packet")
    _forget_answers_to_earlier_filings(session, case, call)
    sent_on = call.parameters["sent_on"]
    assert isinstance(sent_on, date)
    session.add(
        Submission(
            practice_id=case.practice_id,
            id=ids.new(),
            case_id=case.id,
            level=int(str(call.parameters["level"])),
            channel=str(call.parameters["channel"]),
            proof_id=str(call.parameters["proof_id"]),
            sent_on=sent_on,
            packet_sha256=packet.sha256 if packet else None,
            recorded_at=call.now,
        )
    )
    sentence = f"Appeal sent by {str(call.parameters['channel']).replace('_', ' ')}."
    cases.tell(case, "submitted", sentence, at=call.now, packet=packet.sha256 if packet else "")
    facts = {"kind": str(call.parameters["kind"]), "packet": packet.sha256 if packet else None}
    audit.record("appeal:submitted", by="system", on=case.reference, facts=facts)
    return {"sent_on": sent_on, "packet": packet.sha256 if packet else None}


@service_task(
    "remittances.release",
    parameters={"key": "string", "reason": Parameter("string", required=False)},
    result="context<transaction: string>",
    local=True,
)
def release(call: ServiceCall) -> Mapping[str, object]:
    """Release a held transaction: a job runs the rest of its intake."""
    session, row = _held(call)
    if row is None or row.place == 0:
        raise NothingToRelease()
    practice = find_by_payee(session, row.payee_npi or None, row.payee_tin or None)
    if practice is None or row.status != QUARANTINED:
        raise StillUnknownPayee()
    row.status = RELEASED
    audit.record("remittance:released", by="system", on=f"remittance/{row.id}")
    jobs.defer(RELEASE_JOB, practice_id=row.practice_id, row_id=str(row.id))
    return {"transaction": str(row.id)}


@service_task(
    "remittances.reject",
    parameters={"key": "string", "reason": Parameter("string", required=False)},
    result="context<transaction: string>",
    local=True,
)
def reject(call: ServiceCall) -> Mapping[str, object]:
    """Reject a held transaction for good; its bytes are kept."""
    _, row = _held(call)
    if row is not None:
        row.status = REJECTED
        audit.record("remittance:rejected", by="system", on=f"remittance/{row.id}")
    return {"transaction": str(row.id) if row else None}


def _forget_answers_to_earlier_filings(session: Session, case: Case, call: ServiceCall) -> None:
    """An answer that was kept while an earlier filing was being answered must not decide the one that goes out now."""
    if session.scalar(select(Submission.id).where(Submission.case_id == case.id).limit(1)) is None:
        return
    if messages.drop_buffered(session, call.instance_id, DECISION, now=call.now):
        cases.tell(case, "late_answer", "A payer's answer to the filing before was kept out of this one.", at=call.now)


def case_of(call: ServiceCall) -> tuple[Session, Case]:
    """The open session and the case that a call is about."""
    session = require_transaction()
    if call.subject_id is None:
        raise Refused("This operator works on a case.", on=f"instance/{call.instance_id}")
    return session, session.get_one(Case, (call.practice_id, call.subject_id))


def _held(call: ServiceCall) -> tuple[Session, RemittanceTransactionRow | None]:
    session = require_transaction()
    query = select(RemittanceTransactionRow).where(RemittanceTransactionRow.key == str(call.parameters["key"]))
    query = query.where(RemittanceTransactionRow.practice_id == call.practice_id).with_for_update()
    return session, session.scalars(query).first()
