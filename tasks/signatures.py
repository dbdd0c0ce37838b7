"""Signed decisions: what a licensed person decided, bound to exactly what they saw.

`sign` is the only maker of the value that opens a clinical element. The row is append-only, and the database checks on
its own that the license carries it (store/sql/guards.sql).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import audit, canonical, crypto, ids, rows
from store.db import Base
from store.errors import Invalid, Refused
from store.transaction import require_transaction
from store.types import Protection
from tasks.models import Task
from workflows import passage
from workflows.passage import SignedDecision

FRESH = timedelta(minutes=5)
"""Longest time between re-authentication and signature."""

MEANINGS = {
    "medical_necessity": "I reviewed the facts and records named here and decide on my own clinical judgment.",
    "medical_necessity_attestation_for_our_appeal": (
        "I read this letter as it stands, its clinical statements are mine or are true to my judgment, and I sign it."
    ),
    "diagnostic_coding_decision": "I answer for the diagnosis and procedure as they are documented.",
    "peer_to_peer": "I spoke with the payer's physician myself and record what was decided.",
    "do_not_appeal": "I reviewed this denial and decide on clinical grounds whether we stop.",
}
DEFAULT_MEANING = "I reviewed what is shown here and decide on my own professional judgment."


class SignedDecisionRow(Base):
    """One signature. content: sealed canonical JSON of what was signed; content_hash: its SHA-256."""

    __tablename__ = "signed_decision"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True, guarded=True)
    __table_args__ = (
        UniqueConstraint("practice_id", "task_id"),
        ForeignKeyConstraint(["practice_id", "task_id"], ["task.practice_id", "task.id"]),
    )
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    instance_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    printed_name: Mapped[str]
    decision_type: Mapped[str]
    outcome: Mapped[str]
    meaning: Mapped[str]
    state_code: Mapped[str]
    license_fact_id: Mapped[UUID]
    license_snapshot: Mapped[dict[str, Any]]
    verdict: Mapped[dict[str, Any]]
    content: Mapped[bytes]
    content_hash: Mapped[bytes]
    definition_digest: Mapped[str]
    method: Mapped[str]
    reauthenticated_at: Mapped[datetime]
    signed_at: Mapped[datetime]


class OutcomeMissing(Invalid):
    """No outcome, or one that the task does not declare."""

    code = "signature.outcome"
    message = "Choose one of the outcomes: {choices}."


class ReauthenticationStale(Refused):
    """The proof of identity is older than five minutes, or belongs to somebody else."""

    code = "signature.reauthentication_stale"
    message = "Enter your password again: a signature needs it within five minutes."


@dataclass(frozen=True)
class Reauthentication:
    """Proof that the person was there: who, how ("password") and when."""

    person_id: UUID
    method: str
    at: datetime


@dataclass(frozen=True)
class Signer:
    """Who signs, with the license the verdict rests on (a snapshot without secrets) and the verdict's checks."""

    person_id: UUID
    printed_name: str
    license_fact_id: UUID
    license_snapshot: Mapping[str, Any]
    verdict: Mapping[str, Any]


@dataclass(frozen=True)
class Signed:
    """A signature that was made: the value that opens the element, and the row that proves it."""

    decision: SignedDecision
    row: SignedDecisionRow


@dataclass(frozen=True)
class Content:
    """What is signed. shown: what stood on the page (facts, documents by hash, form and model version)."""

    outcome: str
    answers: Mapping[str, Any]
    shown: Mapping[str, Any]
    definition_digest: str


def meaning_of(decision_type: str) -> str:
    """The sentence a signer puts their name under."""
    return MEANINGS.get(decision_type, DEFAULT_MEANING)


def require_outcome(task: Task, outcome: str | None) -> str:
    """The chosen outcome, if the task declares it. Raises OutcomeMissing."""
    if outcome is None or outcome not in task.outcomes:
        choices = ", ".join(str(one).replace("_", " ") for one in task.outcomes)
        raise OutcomeMissing(fields={"outcome": ["Choose one outcome."]}, choices=choices)
    return outcome


def sign(task: Task, signer: Signer, content: Content, proof: Reauthentication, *, now: datetime) -> Signed:
    """Write the signature and make the value that opens the element. Inside the completing transaction.

    Raises ReauthenticationStale, OutcomeMissing.
    """
    outcome = require_outcome(task, content.outcome)
    if proof.person_id != signer.person_id or not timedelta(0) <= now - proof.at <= FRESH:
        raise ReauthenticationStale(by=signer.person_id, on=task.reference)
    assert task.decision_type is not None and task.state_code is not None
    signature_id = ids.new()
    meaning = meaning_of(task.decision_type)
    body = canonical.dumps(
        plain(
            {
                "task": task.id,
                "decision_type": task.decision_type,
                "outcome": outcome,
                "meaning": meaning,
                "signer": {"id": signer.person_id, "name": signer.printed_name},
                "license": signer.license_snapshot,
                "answers": content.answers,
                "shown": content.shown,
                "definition": content.definition_digest,
                "signed_at": now,
            }
        )
    )
    digest = hashlib.sha256(body).digest()
    row = _row(task, signer, content, proof)
    row.id, row.outcome, row.meaning, row.signed_at = signature_id, outcome, meaning, now
    row.content_hash, row.content = digest, crypto.seal(body, **_place(task.practice_id, signature_id))
    rows.insert(require_transaction(), row)
    facts = {"decision_type": task.decision_type, "outcome": outcome, "content": digest.hex()}
    audit.record("signature:made", by=signer.person_id, on=task.reference, facts={**facts, "signature": signature_id})
    return Signed(passage.issue(signature_id, task.engine_task_id, task.decision_type, outcome), row)


def _row(task: Task, signer: Signer, content: Content, proof: Reauthentication) -> SignedDecisionRow:
    """What the row takes over from task, signer, content and proof of identity."""
    return SignedDecisionRow(
        practice_id=task.practice_id,
        task_id=task.id,
        instance_id=task.instance_id,
        case_id=task.case_id,
        person_id=signer.person_id,
        printed_name=signer.printed_name,
        decision_type=task.decision_type,
        state_code=task.state_code,
        license_fact_id=signer.license_fact_id,
        license_snapshot=plain(signer.license_snapshot),
        verdict=plain(signer.verdict),
        definition_digest=content.definition_digest,
        method=proof.method,
        reauthenticated_at=proof.at,
    )


def of_case(session: Session, case_id: UUID) -> list[SignedDecisionRow]:
    """The signed decisions of a case, oldest first."""
    query = select(SignedDecisionRow).where(SignedDecisionRow.case_id == case_id)
    return list(session.scalars(query.order_by(SignedDecisionRow.signed_at)))


def content_of(row: SignedDecisionRow) -> bytes:
    """The canonical JSON that was signed."""
    return crypto.unseal(row.content, **_place(row.practice_id, row.id))


def plain(value: Any) -> Any:
    """Canonical JSON values: Decimal, ids and times as text (RFC 8785 numbers are doubles, which lose money)."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _place(practice_id: int, signature_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "signed_decision", "column": "content", "row_id": str(signature_id)}
