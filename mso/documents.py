"""Documents of a case: versions by content hash. The bytes are sealed blobs; a document is never overwritten."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mso.cases import Case
from store import audit, blobs, ids, rows, sending
from store.db import Base
from store.errors import NotFound
from store.transaction import require_transaction
from store.types import Protection


class Document(Base):
    """One version of a document. kind: letter_draft, letter, packet, era_excerpt, evidence, …; sha256: of its bytes."""

    __tablename__ = "document"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (Index("ix_document_case", "practice_id", "case_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class Withdrawal(Base):
    """A document that was taken out of its case. It stays stored, for the record. reason: a code of who withdrew it."""

    __tablename__ = "document_withdrawal"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (UniqueConstraint("practice_id", "document_id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    document_id: Mapped[UUID]
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID]


class UnknownDocument(NotFound):
    """No such document in this case, or it was withdrawn."""

    code = "document.unknown"


@dataclass(frozen=True)
class NewDocument:
    """A document about to be kept."""

    kind: str
    title: str
    media_type: str
    data: bytes


def keep(case: Case, new: NewDocument, *, by: UUID | None, now: datetime) -> Document:
    """Store a document of a case. The same bytes under the same kind are kept once."""
    session = require_transaction()
    digest = blobs.put(new.data, new.media_type, case.practice_id)
    known = newest(session, case, new.kind)
    if known is not None and known.sha256 == digest:
        return known
    row = Document(
        practice_id=case.practice_id,
        id=ids.new(),
        case_id=case.id,
        kind=new.kind,
        title=new.title,
        media_type=new.media_type,
        sha256=digest,
        size=len(new.data),
        created_at=now,
        created_by=by,
    )
    session.add(row)
    session.flush()
    audit.record("document:kept", by=by, on=case.reference, facts={"kind": new.kind, "sha256": digest})
    return row


def of_case(session: Session, case: Case) -> Sequence[Document]:
    """The documents of a case that were not withdrawn, newest first."""
    return rows.records(Document, sending.ask(session, case_question(case))[0])


def case_question(case: Case) -> sending.Statement:
    """The statement that reads them together with other things; each row is a `Document`."""
    withdrawn = "select 1 from document_withdrawal w where w.practice_id = d.practice_id and w.document_id = d.id"
    return rows.question(Document, f"d where case_id = %s and not exists ({withdrawn}) order by id desc", (case.id,))


def newest(session: Session, case: Case, kind: str) -> Document | None:
    """The newest document of a kind."""
    query = select(Document).where(Document.case_id == case.id, Document.kind == kind)
    return session.scalars(query.order_by(Document.id.desc()).limit(1)).first()


def get(session: Session, case: Case, document_id: UUID) -> Document:
    """A document of a case. Raises UnknownDocument."""
    query = select(Document).where(Document.case_id == case.id, Document.id == document_id, _stands())
    found = session.scalars(query).first()
    if found is None:
        raise UnknownDocument()
    return found


def content(document: Document) -> bytes:
    """The bytes of a document, checked against their hash."""
    return blobs.get(document.practice_id, document.sha256)


def digest_of(data: bytes) -> str:
    """The name under which bytes are kept: their SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _stands() -> ColumnElement[bool]:
    return ~exists().where(Withdrawal.practice_id == Document.practice_id, Withdrawal.document_id == Document.id)
