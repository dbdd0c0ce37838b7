"""From an accepted delivery to cases: the handler of the source `era835`.

One database transaction per ST; an ST that was taken before is found by its key and left alone, so a delivery may be
processed again after a crash, by two workers at once, or by hand. A quarantined ST opens no case; it waits for finance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mso.denials import exceptions, updating
from mso.denials.codes import code_tables
from mso.denials.derive import derive_transaction
from mso.denials.exceptions import Held
from mso.denials.models import (
    ACCEPTED,
    QUARANTINED,
    RELEASED,
    UNKNOWN_PAYEE,
    ClaimPaymentRow,
    RemittanceTransactionRow,
)
from mso.denials.opening import Intake
from mso.integrations.x12_835 import Diagnostic, RemittanceTransaction, open_remittance
from mso.practices import Organization, find_by_payee
from store import audit, blobs, ids
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from workflows.webhooks import inbound
from workflows.webhooks.sources import Delivery, Result

KEPT_DIAGNOSTICS = 50


@dataclass
class _Tally:
    """What became of one delivery."""

    cases: list[UUID] = field(default_factory=list)
    diagnostics: list[dict[str, Any]] = field(default_factory=list)
    held: int = 0

    def note(self, diagnostics: tuple[Diagnostic, ...], control: str) -> None:
        room = KEPT_DIAGNOSTICS - len(self.diagnostics)
        self.diagnostics += [{**describe(one), "transaction": control} for one in diagnostics[:room]]


@dataclass(frozen=True)
class _Taken:
    status: str
    cases: tuple[UUID, ...]


def receive(delivery: Delivery, body: bytes, now: datetime) -> Result:
    """Take every transaction of a file. Handler of workflows.webhooks.sources."""
    remittance, tally = open_remittance(body), _Tally()
    if remittance.is_refused:
        tally.note(remittance.envelope.diagnostics, "")
        tally.held = 1
        tally.cases.append(_hold_file(delivery, remittance.envelope.diagnostics, now))
    for one in remittance.transactions():
        taken = take(delivery, one, now=now)
        tally.cases += taken.cases
        tally.held += taken.status in (QUARANTINED, UNKNOWN_PAYEE)
        tally.note(one.diagnostics, one.control_number)
        if taken.status == UNKNOWN_PAYEE:
            tally.diagnostics.append(_unknown_payee(one))
    return Result("quarantined" if tally.held else "processed", list(dict.fromkeys(tally.cases)), tally.diagnostics)


def take(delivery: Delivery, one: RemittanceTransaction, *, now: datetime) -> _Taken:
    """One ST, in one transaction of the practice it pays."""
    with as_practice(MSO), reading() as session:
        practice = find_by_payee(session, one.payee.npi or None, one.payee.tin or None)
    with as_practice(practice.id if practice else MSO), transaction() as session:
        inbound.require_current(delivery)
        row, is_new = _row(session, delivery, one, practice)
        if is_new:
            _first_time(session, row, one, practice, now)
        taken = _Taken(row.status, _cases_of(session, row))
    if practice is not None:
        _settle_unknown_payee(one, now)
    return taken


def release(practice_id: int, row_id: UUID, *, now: datetime) -> None:
    """Run the rest of the intake for a transaction that a person released; exactly as if it had been accepted."""
    with as_practice(practice_id), reading() as session:
        row = session.get_one(RemittanceTransactionRow, (practice_id, row_id))
        body_hash, place = row.body_hash, row.place
    with as_practice(MSO), reading():
        body = blobs.get(MSO, body_hash)
    one = next(found for found in open_remittance(body).transactions() if found.ordinal == place)
    with as_practice(practice_id), transaction() as session:
        row = session.get_one(RemittanceTransactionRow, (practice_id, row_id), with_for_update=True)
        done = session.scalar(select(ClaimPaymentRow.id).where(ClaimPaymentRow.transaction_id == row_id).limit(1))
        if row.status == RELEASED and done is None:
            practice = session.get_one(Organization, practice_id)
            _accept(Intake(session, practice, one, row_id, row.received_at, now))


def describe(one: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON, with its sentence."""
    return {
        "code": one.code,
        "severity": one.severity.value,
        "path": one.path,
        "segment": one.segment_index,
        "datum": one.datum,
        "sentence": one.sentence,
    }


def _row(
    session: Session, delivery: Delivery, one: RemittanceTransaction, practice: Organization | None
) -> tuple[RemittanceTransactionRow, bool]:
    """The row of this ST and whether it was made now. Of two workers on the same ST the unique key lets one make it."""
    practice_id, key = practice.id if practice else MSO, transaction_key(one)
    made = _make_row(
        session,
        delivery,
        practice_id=practice_id,
        key=key,
        place=one.ordinal,
        status=ACCEPTED,
        payer_id=one.payer_id,
        payer_name=one.payer.name,
        payee_npi=one.payee.npi,
        payee_tin=one.payee.tin,
        trace_number=one.trace_number,
        total_paid=one.total_paid,
        claims=len(one.claims),
        diagnostics=[describe(found) for found in one.diagnostics[:KEPT_DIAGNOSTICS]],
        produced_on=one.produced_on,
    )
    query = select(RemittanceTransactionRow).where(RemittanceTransactionRow.key == key)
    row = session.scalars(query.where(RemittanceTransactionRow.practice_id == practice_id).with_for_update()).one()
    return row, made


def _make_row(session: Session, delivery: Delivery, **values: Any) -> bool:
    """Make the row of something in a delivery, unless its key is known. Returns whether it was made now."""
    query = insert(RemittanceTransactionRow).values(
        id=ids.new(),
        delivery_id=delivery.id,
        body_hash=delivery.body_hash,
        received_at=delivery.received_at,
        **values,
    )
    once = query.on_conflict_do_nothing(index_elements=["practice_id", "key"])
    return session.scalar(once.returning(RemittanceTransactionRow.id)) is not None


def _first_time(
    session: Session,
    row: RemittanceTransactionRow,
    one: RemittanceTransaction,
    practice: Organization | None,
    now: datetime,
) -> None:
    if practice is None:
        row.status = UNKNOWN_PAYEE
        _hold(session, row, [_unknown_payee(one)], now)
    elif one.is_quarantined:
        row.status = QUARANTINED
        _hold(session, row, [describe(found) for found in one.diagnostics], now)
    else:
        _accept(Intake(session, practice, one, row.id, row.received_at, now))
    facts = {"status": row.status, "claims": row.claims}
    audit.record("remittance:taken", by="intake", on=f"remittance/{row.id}", facts=facts)


def _accept(intake: Intake) -> None:
    outcomes = derive_transaction(intake.transaction, code_tables(), on=intake.on)
    updating.take_outcomes(intake, outcomes)


def _hold(session: Session, row: RemittanceTransactionRow, diagnostics: list[dict[str, Any]], now: datetime) -> None:
    held = Held(row.status, row.key, diagnostics, row.payer_name or None)
    case = exceptions.hold(session, row.practice_id, held, now=now)
    row.exception_case_id = case.id


def _hold_file(delivery: Delivery, diagnostics: tuple[Diagnostic, ...], now: datetime) -> UUID:
    """A file that cannot be read at all: one exception per file, however often it is processed. Returns its case."""
    key = f"file:{delivery.body_hash}"
    with as_practice(MSO), transaction() as session:
        inbound.require_current(delivery)
        told = [describe(one) for one in diagnostics]
        made = _make_row(
            session,
            delivery,
            practice_id=MSO,
            key=key,
            place=0,
            status=QUARANTINED,
            payer_id="",
            payer_name="",
            payee_npi="",
            payee_tin="",
            trace_number="",
            claims=0,
            diagnostics=told,
        )
        row = session.scalars(select(RemittanceTransactionRow).where(RemittanceTransactionRow.key == key)).one()
        if made:
            row.exception_case_id = exceptions.hold(session, MSO, Held("unreadable", key, told), now=now).id
        assert row.exception_case_id is not None, "row and case are made in one transaction"
        return row.exception_case_id


def _settle_unknown_payee(one: RemittanceTransaction, now: datetime) -> None:
    """The payee is known by now: an exception that waited for that has nothing left to wait for."""
    key = transaction_key(one)
    with as_practice(MSO), transaction() as session:
        row = session.scalars(
            select(RemittanceTransactionRow).where(
                RemittanceTransactionRow.key == key, RemittanceTransactionRow.status == UNKNOWN_PAYEE
            )
        ).first()
        if row is not None and row.exception_case_id is not None:
            row.status = RELEASED
            exceptions.resolve(session, MSO, row.exception_case_id, key, now=now)


def _cases_of(session: Session, row: RemittanceTransactionRow) -> tuple[UUID, ...]:
    session.flush()
    found = session.scalars(
        select(ClaimPaymentRow.case_id)
        .where(ClaimPaymentRow.transaction_id == row.id, ClaimPaymentRow.case_id.is_not(None))
        .order_by(ClaimPaymentRow.ordinal)
    )
    opened = tuple(case_id for case_id in found if case_id is not None)
    return opened or ((row.exception_case_id,) if row.exception_case_id else ())


def transaction_key(one: RemittanceTransaction) -> str:
    """Payer id, TRN02, TRN03, ISA13 and ST02 as one text."""
    key = one.key
    return "|".join(
        (
            key.payer_id,
            key.trace_number,
            key.trace_payer_id,
            key.interchange_control_number,
            key.transaction_control_number,
        )
    )


def _unknown_payee(one: RemittanceTransaction) -> dict[str, Any]:
    facts: Mapping[str, Any] = {"npi": one.payee.npi, "tin": one.payee.tin}
    return {
        "code": "unknown_payee",
        "severity": "quarantine",
        "path": f"ST[{one.control_number}]/N1[PE]",
        "segment": 0,
        "datum": facts["npi"] or facts["tin"],
        "sentence": "The payee is no practice of ours. Register the practice and replay the delivery.",
        "transaction": one.control_number,
    }
