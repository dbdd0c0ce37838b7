"""What is kept of remittances and denials. Patient data is sealed; codes, amounts and claim numbers stand in clear."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base
from store.types import TENANT, Protection

ACCEPTED, QUARANTINED, UNKNOWN_PAYEE, RELEASED, REJECTED = (
    "accepted",
    "quarantined",
    "unknown_payee",
    "released",
    "rejected",
)


class RemittanceTransactionRow(Base):
    """One ST of a remittance and what became of it.

    key:           payer id, TRN02, TRN03, ISA13 and ST02: the same transaction in another file is this one.
    body_hash:     SHA-256 (hex) of the file; its bytes are a blob of the MSO.
    place:         1-based ordinal of the ST in that file.
    exception_case_id: the case of finance when it was not accepted.
    """

    __tablename__ = "remittance_transaction"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (
        UniqueConstraint("practice_id", "key"),
        Index("ix_remittance_transaction_delivery", "practice_id", "delivery_id"),
    )
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    delivery_id: Mapped[UUID]
    body_hash: Mapped[str]
    place: Mapped[int]
    status: Mapped[str]
    payer_id: Mapped[str]
    payer_name: Mapped[str]
    payee_npi: Mapped[str]
    payee_tin: Mapped[str]
    trace_number: Mapped[str]
    total_paid: Mapped[Decimal | None]
    claims: Mapped[int]
    diagnostics: Mapped[list[Any]]
    exception_case_id: Mapped[UUID | None]
    produced_on: Mapped[date | None]
    received_at: Mapped[datetime]


class ClaimPaymentRow(Base):
    """One CLP as read. patient: sealed JSON (name, member id). states: line states in order, line 0 first if any."""

    __tablename__ = "claim_payment"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (
        Index("ix_claim_payment_claim", "practice_id", "payer_id", "payer_claim_control_number"),
        UniqueConstraint("practice_id", "transaction_id", "ordinal"),
    )
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID]
    ordinal: Mapped[int]
    payer_id: Mapped[str]
    payer_claim_control_number: Mapped[str]
    patient_control_number: Mapped[str]
    status: Mapped[str]
    charge: Mapped[Decimal]
    paid: Mapped[Decimal]
    states: Mapped[list[Any]]
    case_id: Mapped[UUID | None]
    service_on: Mapped[date | None]
    patient: Mapped[bytes | None]


class DenialRow(Base):
    """One non-benign adjustment of a line, as a case knows it. segments: the payer's own text.

    key: payer, CLP07, line key, group, CARC. Unique within a case: a claim may be denied anew after its case closed.
    """

    __tablename__ = "denial"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (UniqueConstraint("practice_id", "case_id", "key"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    claim_payment_id: Mapped[UUID]
    key: Mapped[str]
    line: Mapped[int]
    line_key: Mapped[str]
    state: Mapped[str]
    group_code: Mapped[str]
    carc: Mapped[str]
    category: Mapped[str]
    amount: Mapped[Decimal]
    line_charge: Mapped[Decimal | None]
    line_paid: Mapped[Decimal | None]
    procedure: Mapped[str | None]
    modifiers: Mapped[list[Any]]
    rarcs: Mapped[list[Any]]
    policy_ids: Mapped[list[Any]]
    nsa_flag: Mapped[bool]
    service_on: Mapped[date | None]
    segment_index: Mapped[int]
    segments: Mapped[list[Any]]
    route: Mapped[str | None]
    clinical: Mapped[str | None]
    reason: Mapped[str | None]

    @property
    def reason_code(self) -> str:
        """The CARC, as mso.denials.triage names it."""
        return self.carc

    @property
    def remark_codes(self) -> tuple[str, ...]:
        """RARC of line and claim, without repetition."""
        return tuple(self.rarcs)


class FilingDeadline(Base):
    """A deadline as it was computed; never edited. A new fact makes a new row that supersedes it.

    explanation: the counted steps, for the evidence; rule_id: row of the appeal rules, None when no rule was in force.
    """

    __tablename__ = "filing_deadline"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (Index("ix_filing_deadline_case", "practice_id", "case_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    level: Mapped[int] = mapped_column(SmallInteger)
    pathway: Mapped[str]
    rule_id: Mapped[str | None]
    external_on: Mapped[date]
    internal_on: Mapped[date]
    decision_due_days: Mapped[int | None]
    provisional: Mapped[bool]
    explanation: Mapped[list[Any]]
    computed_at: Mapped[datetime]


class PayerProfile(Base):
    """What a practice knows about a payer. contracted, managed_care: yes, no or unknown; capacity: who files.

    dispute_days: days that the contract gives for a dispute; None when nobody looked it up.
    """

    __tablename__ = "payer_profile"
    __protection__: ClassVar[Protection] = TENANT
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    payer_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    contracted: Mapped[str]
    managed_care: Mapped[str]
    capacity: Mapped[str]
    funding: Mapped[str]
    plan_class: Mapped[str | None]
    dispute_days: Mapped[int | None]
    source: Mapped[str]


class Submission(Base):
    """An appeal that went out: by which channel, with which proof, of which packet. Append-only."""

    __tablename__ = "appeal_submission"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (Index("ix_appeal_submission_case", "practice_id", "case_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    level: Mapped[int] = mapped_column(SmallInteger)
    channel: Mapped[str]
    proof_id: Mapped[str]
    sent_on: Mapped[date]
    packet_sha256: Mapped[str | None]
    recorded_at: Mapped[datetime]
