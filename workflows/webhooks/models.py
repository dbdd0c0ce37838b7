"""The rows behind incoming calls: sources, their secrets, receipts, deliveries, refusals.

None of them belongs to a practice: nobody knows whose file it is before it is read. They hold ids, hashes, times and
codes; the body itself is an encrypted blob of the MSO, and secrets are sealed with its key.
"""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base
from store.types import SHARED, SHARED_APPEND_ONLY, Protection

Status = Literal["received", "processed", "quarantined", "failed"]
STATUSES: tuple[Status, ...] = ("received", "processed", "quarantined", "failed")


class WebhookSource(Base):
    """Where calls come from; `key` is the last part of the URL.

    tolerance_seconds: how far a call's timestamp may be from our clock, either way.
    size_cap:          largest accepted body, in bytes.
    """

    __tablename__ = "webhook_source"
    __protection__: ClassVar[Protection] = SHARED
    key: Mapped[str] = mapped_column(primary_key=True)
    tolerance_seconds: Mapped[int]
    size_cap: Mapped[int]
    enabled: Mapped[bool]
    created_at: Mapped[datetime]


class WebhookSecret(Base):
    """One secret of a source; several are active during a rotation.

    sealed:     `whsec_…` (shared secret) or `whpk_…` (the sender's Ed25519 public key), encrypted.
    expires_at: first instant at which it is refused; None = until rotated.
    """

    __tablename__ = "webhook_secret"
    __protection__: ClassVar[Protection] = SHARED
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_key: Mapped[str] = mapped_column(ForeignKey("webhook_source.key"), index=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class WebhookReceipt(Base):
    """One accepted call or file, once: (source, message id) is unique for as long as receipts are kept.

    headers:   the call's headers without signatures and credentials.
    body_hash: SHA-256 of the raw body; also the name of its blob in the MSO's tenant.
    secret_id: the secret that matched; None for a file that came without HTTP.
    result:    what the sender was told first, e.g. "accepted".
    """

    __tablename__ = "webhook_receipt"
    __protection__: ClassVar[Protection] = SHARED_APPEND_ONLY
    __table_args__ = (UniqueConstraint("source_key", "message_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_key: Mapped[str] = mapped_column(ForeignKey("webhook_source.key"))
    message_id: Mapped[str]
    received_at: Mapped[datetime]
    body_hash: Mapped[bytes]
    body_size: Mapped[int]
    content_type: Mapped[str]
    headers: Mapped[dict[str, Any]]
    secret_id: Mapped[UUID | None] = mapped_column(ForeignKey("webhook_secret.id"))
    result: Mapped[str]


class WebhookDelivery(Base):
    """How far we are with a receipt.

    attempts:         how often work on it began; also the fence: only the newest attempt may report.
    attempts_allowed: after that many it fails; a replay allows more.
    diagnostics:      codes and positions, no content.
    cases:            ids of the cases that it opened or joined.
    error:            kind of the last technical error; None after a result.
    """

    __tablename__ = "delivery"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (
        CheckConstraint("status in ('received', 'processed', 'quarantined', 'failed')", name="status"),
        Index("ix_delivery_received", "id", postgresql_where="status = 'received'"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_receipt.id"), unique=True)
    status: Mapped[str]
    attempts: Mapped[int]
    attempts_allowed: Mapped[int]
    diagnostics: Mapped[list[Any]]
    cases: Mapped[list[Any]]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class WebhookRefusal(Base):
    """One call that was not accepted, and why; the caller was told less.

    message_id: as claimed by the caller, shortened; nothing about it is verified.
    """

    __tablename__ = "webhook_refusal"
    __protection__: ClassVar[Protection] = SHARED_APPEND_ONLY
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_key: Mapped[str]
    refused_at: Mapped[datetime]
    reason: Mapped[str]
    message_id: Mapped[str]
    body_hash: Mapped[bytes]
    body_size: Mapped[int]


class WebhookReplay(Base):
    """One decision to process a delivery again: who, when and why."""

    __tablename__ = "webhook_replay"
    __protection__: ClassVar[Protection] = SHARED_APPEND_ONLY
    id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), index=True)
    by: Mapped[UUID]
    at: Mapped[datetime]
    reason: Mapped[str]
