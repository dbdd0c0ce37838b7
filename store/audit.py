"""The hash-chained audit log: who did, or was refused, what, on what, when.

Entries of one transaction are hashed together; the link is one statement that locks the practice's head row in
PostgreSQL, computes `sha256(0x02 || previous link || digest)` there and inserts entries and link (sql/audit.sql). The
application role can execute that function and read; it can neither insert, change nor remove a row by itself.
No personal health information enters an entry: ids, codes and hashes only.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, SmallInteger, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import canonical, clock, ids, sending
from store.db import Base
from store.errors import Refused
from store.practice import MSO, as_practice, current
from store.transaction import before_commit, on_refusal, require_transaction, transaction
from store.types import Protection

_PENDING = "audit_pending"
LINK_PREFIX = b"\x02"
_APPEND = "select audit_append(%s, array(select json_array_elements_text(%s::json)))"


class AuditHead(Base):
    """The newest link of each practice's chain."""

    __tablename__ = "audit_head"
    __protection__: ClassVar[Protection] = Protection(tenant=True, writer="owner")
    practice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    link_no: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes]


class AuditLink(Base):
    """One committed transaction of a practice: its entries' digest, chained to the link before."""

    __tablename__ = "audit_link"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True, writer="owner")
    practice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    link_no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    previous: Mapped[bytes]
    digest: Mapped[bytes]
    link: Mapped[bytes]
    at: Mapped[datetime]


class AuditEntry(Base):
    """One entry; `body` is canonical JSON (RFC 8785), exactly the bytes that were hashed."""

    __tablename__ = "audit_entry"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True, writer="owner")
    practice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    link_no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    body: Mapped[str]


def record(tag: str, *, by: UUID | str | None, on: str, facts: Mapping[str, Any] | None = None) -> None:
    """Add an entry to the caller's transaction.

    tag:   `source:action`, e.g. "task:completed"; see docs/audit.md for the list.
    by:    person id, or the name of a machine actor ("clock", "webhook:era835"); None for nobody signed in.
    on:    what it happened to, `kind/id`.
    facts: codes, ids and hashes; never names of patients, free text or amounts.
    """
    session = require_transaction()
    body = {
        "id": str(ids.new()),
        "at": clock.now().isoformat(),
        "tag": tag,
        "by": None if by is None else str(by),
        "on": on,
        "facts": _plain(facts or {}),
    }
    session.info.setdefault(_PENDING, []).append(canonical.dumps(body).decode())


def _plain(value: Any) -> Any:
    """JSON-ready: ids, dates and decimals as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@before_commit
def _link(session: Session) -> None:
    bodies = session.info.pop(_PENDING, None)
    if bodies:
        # As one JSON text: the driver builds a long array of text slowly.
        sending.later(session, _APPEND, (current().practice or MSO, json.dumps(bodies)))


@on_refusal
def _remember(refusal: Refused) -> None:
    """A refusal is an entry of its own, in its own small transaction, after everything else was undone."""
    with as_practice(current().practice or MSO), transaction():
        facts = {"code": refusal.code, **refusal.audit_facts}
        record("refused", by=refusal.by, on=refusal.on, facts=facts)  # type: ignore[arg-type]


@dataclass(frozen=True)
class BrokenLink:
    """A place where the chain does not hold, in words."""

    practice_id: int
    link_no: int
    reason: str


def verify(session: Session, practice_id: int) -> Iterator[BrokenLink]:
    """Recompute one practice's chain from its first entry and compare it with links and head."""
    previous, number = genesis(practice_id), 0
    links = session.scalars(
        select(AuditLink).where(AuditLink.practice_id == practice_id).order_by(AuditLink.link_no)
    ).yield_per(500)
    bodies = _bodies(session, practice_id)
    for link in links:
        number += 1
        if link.link_no != number:
            yield BrokenLink(practice_id, link.link_no, f"link {number} is missing")
            number = link.link_no
        digest = hashlib.sha256(b"".join(hashlib.sha256(b.encode()).digest() for b in bodies.pop(number, []))).digest()
        if digest != link.digest:
            yield BrokenLink(practice_id, number, "an entry was changed, added or removed")
        if link.previous != previous or link.link != hashlib.sha256(LINK_PREFIX + previous + link.digest).digest():
            yield BrokenLink(practice_id, number, "the link does not continue the one before")
        previous = link.link
    head = session.get(AuditHead, practice_id)
    if (head.link_no, head.link) != (number, previous) if head else number:
        yield BrokenLink(practice_id, number, "the head does not match the last link")
    for orphan in bodies:
        yield BrokenLink(practice_id, orphan, "entries without a link")


def _bodies(session: Session, practice_id: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(AuditEntry.link_no, AuditEntry.body)
        .where(AuditEntry.practice_id == practice_id)
        .order_by(AuditEntry.link_no, AuditEntry.place)
    )
    for number, body in rows:
        found.setdefault(number, []).append(body)
    return found


def genesis(practice_id: int) -> bytes:
    """The link before the first one."""
    return hashlib.sha256(f"countersign audit chain of practice {practice_id}".encode()).digest()
