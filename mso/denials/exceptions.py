"""What could not become a case by itself waits for finance: unreadable files, quarantined transactions, unknown payees,
and answers of a payer that fit no open case. Nothing is dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mso import cases
from mso.cases import Case
from store import audit, ids
from workflows import runtime

PROCESS = "era_exception"
TITLES = {
    "quarantined": "Remittance out of balance or broken",
    "unknown_payee": "Remittance for an unknown payee",
    "unreadable": "File that is not a remittance",
    "unmatched_answer": "Payer's answer without an open case",
}


@dataclass(frozen=True)
class Held:
    """Why something waits. key: what `exception_resolved` is correlated by; diagnostics: JSON without patient data."""

    kind: str
    key: str
    diagnostics: Sequence[Mapping[str, Any]]
    payer: str | None = None


def hold(session: Session, practice_id: int, held: Held, *, now: datetime) -> Case:
    """Open an exception case in a tenant and start its process."""
    kind, diagnostics = held.kind, held.diagnostics
    (number,) = cases.take_numbers(session, PROCESS, 1)
    case = Case(
        practice_id=practice_id,
        id=ids.new(),
        number=number,
        process_key=PROCESS,
        title=TITLES[kind],
        status=cases.OPEN,
        payer_name=held.payer,
        opened_at=now,
    )
    session.add(case)
    session.flush()
    cases.tell(case, "opened", f"{TITLES[kind]}.", at=now, diagnostics=[dict(one) for one in diagnostics][:20])
    audit.record("case:opened", by="intake", on=case.reference, facts={"kind": kind})
    variables = {"exception": {"kind": kind, "key": held.key, "diagnostics": _lines(diagnostics), "case": case.number}}
    case.instance_id = runtime.start(PROCESS, variables, runtime.About(practice_id, case.id), now=now, by="intake")
    return case


def resolve(session: Session, practice_id: int, case_id: UUID, key: str, *, now: datetime) -> bool:
    """Tell a waiting exception that it was resolved elsewhere. False when it was no longer waiting."""
    case = session.get(Case, (practice_id, case_id))
    if case is None or case.status == cases.CLOSED or case.instance_id is None:
        return False
    runtime.deliver_to(case.instance_id, "exception_resolved", {"key": key}, now=now)
    return True


def _lines(diagnostics: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(one.get("sentence") or one.get("code")) for one in diagnostics][:20]
