"""Triage of a case: each denial keeps its own answer, the case takes the most severe one."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.cases import Case
from mso.denials.models import DenialRow
from mso.denials.triage import Decide, Triage, TriageFacts, merge, triage_denial


def sort_case(session: Session, case: Case, decide: Decide) -> tuple[Triage, Sequence[Triage]]:
    """Triage every denial of a case. Returns the answer for the whole case and those of its denials."""
    rows = _rows(session, case)
    # Asked before anything is written: without an answer to one of them, nothing of the case is sorted.
    answers = [triage_denial(row, TriageFacts(), decide) for row in rows]
    for row, answer in zip(rows, answers, strict=True):
        _take(row, answer)
    return _settle(case, answers), answers


def sort_joined(session: Session, case: Case, joined: Iterable[DenialRow], decide: Decide) -> None:
    """Triage denials that joined a case whose triage may have been confirmed already.

    Nobody was asked whether the correction of one of these changes clinical meaning, and no answer counts as yes.
    """
    for row in joined:
        if _take(row, triage_denial(row, TriageFacts(), decide)).clinical == "conditional":
            row.clinical = "yes"
    sorted_rows = [row for row in _rows(session, case) if row.route and row.clinical]
    _settle(case, [Triage(row.route or "", row.clinical or "", None, row.reason or "") for row in sorted_rows])


def _rows(session: Session, case: Case) -> Sequence[DenialRow]:
    return session.scalars(select(DenialRow).where(DenialRow.case_id == case.id).order_by(DenialRow.id)).all()


def _take(row: DenialRow, answer: Triage) -> Triage:
    row.route, row.clinical, row.reason = answer.route, answer.clinical, answer.reason
    return answer


def _settle(case: Case, answers: Iterable[Triage]) -> Triage:
    whole = merge(answers)
    case.route, case.clinical = whole.route, whole.clinical
    return whole
