"""Evidence: papers that people add to an appeal. What a payer can open is taken, anything else is refused whole.

Titles come from a list, never from file names: those often carry a patient's name.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mso import cases, documents
from mso.access import Viewer
from mso.cases import Case, CaseEvent
from mso.denials import trial
from mso.denials.letters import Part, picture_page
from mso.documents import Document, NewDocument, Withdrawal
from store import audit, ids
from store.errors import Conflict, Invalid, Refused
from store.practice import as_practice, viewing
from store.transaction import reading, transaction

EVIDENCE = "evidence"
CONTENTS: Mapping[str, str] = {
    "medical_records": "Medical records",
    "claim_copy": "Copy of the claim",
    "criterion": "Policy or criterion of the payer",
    "authorization": "Authorization or referral",
    "literature": "Literature",
    "prior_decisions": "Decision of an earlier level",
    "other": "Other evidence",
}
REASONS: Mapping[str, str] = {
    "wrong_patient": "It belongs to another patient",
    "wrong_document": "It is the wrong document",
    "not_needed": "The payer does not need it",
}
LARGEST = 8 * 1024 * 1024
"""Bytes of one file."""

MOST = 40 * 1024 * 1024
"""Bytes of all evidence of a case: payers' portals take little more in one packet."""


class EvidenceRefused(Invalid):
    """A file that cannot go into a packet; the text says why."""

    code = "evidence.refused"
    message = "{reason}"


class EvidenceKnown(Conflict):
    """The same bytes are among the case's evidence already."""

    code = "evidence.known"
    message = "This very file is among the documents of the case already."


class CaseClosed(Conflict):
    """The case takes no more papers."""

    code = "case.closed"
    message = "This case is closed; its documents stay as they are."


class EvidenceReliedOn(Refused):
    """A decision was signed while this document was part of the case."""

    code = "evidence.relied_on"
    message = "A decision was signed with this document in view. Ask compliance: only they may withdraw it now."


def attach(viewer: Viewer, case_id: UUID, contents: str, data: bytes, *, now: datetime) -> Document:
    """Add a file to a case. contents: a key of CONTENTS.

    Raises UnknownCase, CaseClosed, EvidenceRefused, EvidenceKnown.
    """
    if contents not in CONTENTS:
        raise EvidenceRefused(reason="Say what the file shows: choose from the list.")
    media_type = _checked(data)
    with as_practice(_practice_of(viewer, case_id)), transaction() as session:
        case = _open_case(session, case_id)
        held = of_case(session, case)
        if sum(one.size for one in held) + len(data) > MOST:
            raise EvidenceRefused(
                reason=f"The evidence of a case is at most {MOST // 2**20} MB. Leave out what is not needed."
            )
        new = NewDocument(EVIDENCE, CONTENTS[contents], media_type, data)
        if documents.digest_of(data) in {one.sha256 for one in held}:
            raise EvidenceKnown()
        kept = documents.keep(case, new, by=viewer.person_id, now=now)
        cases.tell(case, "evidence", f"Evidence added: {kept.title}.", at=now, by=viewer.person_id, sha256=kept.sha256)
        return kept


def withdraw(viewer: Viewer, case_id: UUID, document_id: UUID, reason: str, *, now: datetime) -> None:
    """Take a file out of a case: it is shown and sent no more, and stays on record. reason: a key of REASONS.

    Raises UnknownCase, UnknownDocument, CaseClosed, EvidenceRefused, or EvidenceReliedOn for everybody but compliance
    once a decision was signed with it.
    """
    if reason not in REASONS:
        raise EvidenceRefused(reason="Say why it is withdrawn: choose from the list.")
    with as_practice(_practice_of(viewer, case_id)), transaction() as session:
        case = _open_case(session, case_id)
        found = documents.get(session, case, document_id)
        if found.kind != EVIDENCE:
            raise documents.UnknownDocument()
        if _was_relied_on(session, case, found) and not viewer.may("audit:read"):
            raise EvidenceReliedOn(by=viewer.person_id, on=f"document/{found.id}")
        session.add(
            Withdrawal(
                practice_id=case.practice_id,
                id=ids.new(),
                case_id=case.id,
                document_id=found.id,
                reason=reason,
                withdrawn_at=now,
                withdrawn_by=viewer.person_id,
            )
        )
        facts = {"reason": reason, "sha256": found.sha256}
        audit.record("document:withdrawn", by=viewer.person_id, on=case.reference, facts=facts)
        text = f"Evidence withdrawn: {found.title}. {REASONS[reason]}."
        cases.tell(case, "evidence", text, at=now, by=viewer.person_id, **facts)


def of_case(session: Session, case: Case) -> Sequence[Document]:
    """The evidence of a case that was not withdrawn, oldest first."""
    return [one for one in reversed(documents.of_case(session, case)) if one.kind == EVIDENCE]


def parts(session: Session, case: Case, now: datetime) -> list[Part]:
    """The evidence as parts of a packet; pictures become pages."""
    found = []
    for one in of_case(session, case):
        data = documents.content(one)
        found.append(
            Part(one.title, data if one.media_type == trial.PDF else picture_page(data, one.title, now.date()))
        )
    return found


def _practice_of(viewer: Viewer, case_id: UUID) -> int:
    with viewing(viewer.practices), reading() as session:
        return cases.get(session, case_id).practice_id


def _open_case(session: Session, case_id: UUID) -> Case:
    """The case, locked: sizes are added up and a closing case gets no more papers."""
    case = cases.get(session, case_id, lock=True)
    if case.status != cases.OPEN:
        raise CaseClosed()
    return case


def _was_relied_on(session: Session, case: Case, document: Document) -> bool:
    signed = select(func.max(CaseEvent.at)).where(CaseEvent.case_id == case.id, CaseEvent.kind == "signed")
    newest: datetime | None = session.scalar(signed)
    return newest is not None and newest >= document.created_at


def _checked(data: bytes) -> str:
    """The media type, read from the bytes. Raises EvidenceRefused."""
    if not data:
        raise EvidenceRefused(reason="Choose a file; this one is empty.")
    if len(data) > LARGEST:
        raise EvidenceRefused(
            reason=f"The file is larger than {LARGEST // 2**20} MB. Scan at a lower resolution or split it."
        )
    try:
        return trial.media_type_of(data)
    except trial.Unfit as unfit:
        raise EvidenceRefused(reason=str(unfit)) from unfit
