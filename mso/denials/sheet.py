"""What a case page, a task page and a signature show of a denial. One source, so that what is signed is what was shown.

Money is marked; whoever decides medicine is shown the sheet without it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from mso.cases import Case
from mso.denials.codes import code_tables
from mso.denials.models import ClaimPaymentRow, DenialRow, FilingDeadline
from mso.documents import Document, case_question
from mso.practices import get_practice
from store import crypto, rows, sending


@dataclass(frozen=True)
class Fact:
    """A label and its value as people read it. sub: where it comes from or how it was counted."""

    label: str
    value: str
    sub: str = ""
    is_money: bool = False


@dataclass(frozen=True)
class Reason:
    """One adjustment of a line with our words for it."""

    code: str
    text: str
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """One denied line as the payer sent it. remarks: (code, our words)."""

    service: str
    reasons: tuple[Reason, ...]
    remarks: tuple[tuple[str, str], ...]
    policies: tuple[str, ...]
    charge: Decimal | None
    paid: Decimal | None


@dataclass(frozen=True)
class Sheet:
    """Everything shown of a case."""

    facts: tuple[Fact, ...]
    lines: tuple[Line, ...]
    documents: tuple[Document, ...]
    deadline: FilingDeadline | None

    def without_money(self) -> "Sheet":
        """The sheet for somebody who decides medicine: no amount on it."""
        facts = tuple(fact for fact in self.facts if not fact.is_money)
        return Sheet(facts, self.lines, self.documents, self.deadline)


@dataclass(frozen=True)
class Patient:
    """Name and member id, unsealed."""

    name: str
    member_id: str


def build(session: Session, case: Case) -> Sheet:
    """Read the sheet of a case."""
    of_case = "where case_id = %s order by"
    claims, denials, deadlines, documents = sending.ask(
        session,
        rows.question(ClaimPaymentRow, f"{of_case} id limit 1", (case.id,)),
        rows.question(DenialRow, f"{of_case} line, carc", (case.id,)),
        rows.question(FilingDeadline, f"{of_case} id desc limit 1", (case.id,)),
        case_question(case),
    )
    claim = next(iter(rows.records(ClaimPaymentRow, claims)), None)
    deadline = next(iter(rows.records(FilingDeadline, deadlines)), None)
    return Sheet(
        tuple(fact for fact in _facts(session, case, claim, deadline) if fact.value),
        tuple(_line(group) for group in _by_line(rows.records(DenialRow, denials))),
        tuple(rows.records(Document, documents)),
        deadline,
    )


def patient_of(claim: ClaimPaymentRow) -> Patient | None:
    """The patient of a claim payment; None when the remittance named none."""
    if claim.patient is None:
        return None
    sealed = json.loads(
        crypto.unseal(
            claim.patient,
            practice_id=claim.practice_id,
            table="claim_payment",
            column="patient",
            row_id=claim.id,
        )
    )
    name = " ".join(part.title() for part in (sealed["first"], sealed["last"]) if part)
    return Patient(name, sealed["member_id"])


def _facts(session: Session, case: Case, claim: ClaimPaymentRow | None, deadline: FilingDeadline | None) -> list[Fact]:
    practice = get_practice(session, case.practice_id)
    patient = patient_of(claim) if claim else None
    facts = [
        Fact("Practice", practice.name, practice.state),
        Fact("Payer", case.payer_name or ""),
        Fact("Patient", patient.name if patient else "", f"member {patient.member_id}" if patient else ""),
        Fact("Date of service", _day(claim.service_on) if claim else ""),
        Fact("Claim", claim.patient_control_number if claim else "", f"payer’s number {case.claim_key}"),
        Fact("Route", (case.route or "").replace("_", " "), _CLINICAL.get(case.clinical or "", "")),
        Fact("In dispute", f"${case.amount:,.2f}" if case.amount is not None else "", is_money=True),
    ]
    if deadline is not None:
        note = f"level {deadline.level}, rule {deadline.rule_id or 'none'}"
        facts.append(
            Fact("File by", _day(deadline.external_on), note + (", unverified" if deadline.provisional else ""))
        )
    return facts


_ANY_DAY = date(2026, 1, 1)
"""Remark meanings do not depend on the day; a line without a date of service needs one to look them up."""

_CLINICAL = {"yes": "a clinical question", "conditional": "clinical if its meaning changes", "no": "not clinical"}


def _by_line(found: Sequence[DenialRow]) -> list[list[DenialRow]]:
    groups: dict[tuple[Any, int], list[DenialRow]] = {}
    for row in found:
        groups.setdefault((row.claim_payment_id, row.line), []).append(row)
    return list(groups.values())


def _line(group: list[DenialRow]) -> Line:
    first, tables = group[0], code_tables()
    service = "Whole claim" if not first.procedure else "-".join([first.procedure, *map(str, first.modifiers)])
    if first.service_on:
        service += f", {_day(first.service_on)}"
    reasons = tuple(Reason(f"{row.group_code}-{row.carc}", _meaning(row.carc), row.amount) for row in group)
    codes = dict.fromkeys(str(code) for row in group for code in row.rarcs)
    meanings = {rule.code: rule.meaning for rule in tables.remark_rules(codes, first.service_on or _ANY_DAY)}
    remarks = tuple((code, meanings.get(code, "")) for code in codes)
    policies = tuple(dict.fromkeys(str(one) for row in group for one in row.policy_ids))
    return Line(service, reasons, remarks, policies, first.line_charge, first.line_paid)


def _meaning(carc: str) -> str:
    known = code_tables().carcs.get(carc)
    return known.meaning if known else "not in the catalog"


def _day(day: Any) -> str:
    return f"{day:%b} {day.day}, {day.year}" if day else ""
