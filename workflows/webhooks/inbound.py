"""How does a call become a delivery, exactly once? Verify, store, and only then answer.

`accept` stores receipt, encrypted body, delivery, job and audit entry in one transaction, so that what was
acknowledged can never be lost. The unique (source, message id) of the receipt makes copies of a call one delivery,
however many arrive at once and whenever. What then becomes of it is in `deliveries`; the verbs of both are here.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import audit, blobs, crypto, ids, jobs, rows, sending
from store.errors import Conflict, Invalid
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from workflows.webhooks import signature, sources
from workflows.webhooks.deliveries import (
    ATTEMPTS,
    DELIVER_JOB,
    AttemptOvertaken,
    DeliveryStillWaiting,
    ReasonMissing,
    actor,
    deliver,
    payload_bytes,
    replay,
    require_current,
    wake_waiting,
)
from workflows.webhooks.log import DeliveryNotFound, get_delivery, list_deliveries, list_refusals
from workflows.webhooks.models import WebhookDelivery, WebhookReceipt, WebhookRefusal
from workflows.webhooks.signature import Headers, NotVerified
from workflows.webhooks.sources import Delivery, Handler, Result, UnknownSource

__all__ = [
    "ATTEMPTS",
    "DELIVER_JOB",
    "Accepted",
    "AttemptOvertaken",
    "Delivery",
    "DeliveryNotFound",
    "DeliveryStillWaiting",
    "Handler",
    "MessageIdReused",
    "NotVerified",
    "ReasonMissing",
    "Result",
    "TooLarge",
    "UnknownSource",
    "accept",
    "deliver",
    "get_delivery",
    "list_deliveries",
    "list_refusals",
    "payload_bytes",
    "receive_file",
    "replay",
    "require_current",
    "wake_waiting",
]

EDI = "application/edi-x12"
FILE_PREFIX = "file:"
KEPT_HEADERS = frozenset({"content-length", "content-type", "user-agent", signature.ID, signature.TIMESTAMP})


class TooLarge(Invalid):
    """The body is larger than the source's limit."""

    code = "webhook.too_large"
    message = "The body has {size} bytes and this source accepts {limit}. Split the file and send the parts."


class MessageIdReused(Conflict):
    """The same message id came with another body: an error of the sender, or an attack."""

    code = "webhook.message_id_reused"
    message = "This webhook-id was used for another body. Send new content under a new webhook-id."


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to a call. replayed: this call had been accepted before and started nothing now."""

    delivery_id: UUID
    replayed: bool


@dataclass(frozen=True, slots=True)
class _Arrival:
    source_key: str
    message_id: str
    content_type: str
    body: bytes
    at: datetime
    secret_id: UUID | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body_hash(self) -> bytes:
        return hashlib.sha256(self.body).digest()


def accept(source_key: str, headers: Headers, body: bytes, *, now: datetime) -> Accepted:
    """Verify a call and store it durably.

    Raises UnknownSource, TooLarge, NotVerified (one text for every reason) or MessageIdReused; each but the first
    leaves a line in the refusal log and an audit entry, and nothing else.
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    with as_practice(MSO):
        try:
            verified = _verify(source_key, pairs, body, now)
        except (NotVerified, TooLarge) as refusal:
            reason = refusal.reason if isinstance(refusal, NotVerified) else "too_large"
            claimed = _Arrival(source_key, signature.claimed_id(pairs), "", body, now)
            with transaction() as session:
                _remember_refusal(session, claimed, reason)
            raise
        kept = {name.lower(): _printable(value) for name, value in pairs if name.lower() in KEPT_HEADERS}
        content_type = kept.get("content-type", "application/octet-stream")
        arrival = _Arrival(source_key, verified.message_id, content_type, body, now, verified.secret_id, kept)
        return _store(arrival)


def receive_file(source_key: str, body: bytes, *, now: datetime) -> Accepted:
    """Take a file from the operator's own disk, without signature; the same file again is the same delivery."""
    message_id = FILE_PREFIX + hashlib.sha256(body).hexdigest()
    with as_practice(MSO):
        return _store(_Arrival(source_key, message_id, EDI, body, now))


def _verify(source_key: str, headers: list[tuple[str, str]], body: bytes, now: datetime) -> signature.Verified:
    with reading():
        source, secrets = sources.at_the_door(source_key, now)
    if len(body) > source.size_cap:
        raise TooLarge(size=len(body), limit=source.size_cap)
    if not source.enabled:
        raise NotVerified("source_disabled")
    verified = signature.verify(headers, body, secrets, tolerance=source.tolerance, now=now)
    if verified.message_id.startswith(FILE_PREFIX):
        raise NotVerified("reserved_id")
    return verified


def _store(arrival: _Arrival) -> Accepted:
    with transaction() as session:
        if arrival.secret_id is None:  # A call proved that its source has a row: the secret belongs to it.
            sources.ensure(arrival.source_key, arrival.at)
        receipt_id = _insert_receipt(session, arrival)
        if receipt_id is not None:
            return Accepted(_open_delivery(session, arrival, receipt_id), replayed=False)
        first = _first(session, arrival)
        if first is not None:
            audit.record("webhook:repeated", by=actor(arrival.source_key), on=f"delivery/{first}")
            return Accepted(first, replayed=True)
        _remember_refusal(session, arrival, "message_id_reused")
    raise MessageIdReused()


def _insert_receipt(session: Session, arrival: _Arrival) -> UUID | None:
    """The new receipt's id, or None when there is one. A copy in flight is waited for: its commit decides."""
    receipt = rows.record_of(
        WebhookReceipt,
        id=ids.new(),
        source_key=arrival.source_key,
        message_id=arrival.message_id,
        received_at=arrival.at,
        body_hash=arrival.body_hash,
        body_size=len(arrival.body),
        content_type=arrival.content_type,
        headers=dict(arrival.headers),
        secret_id=arrival.secret_id,
        result="accepted",
    )
    unless_known = "on conflict (source_key, message_id) do nothing returning id"
    made, data_key = sending.ask(session, rows.insertion(receipt, unless_known), crypto.key_question(MSO))
    crypto.take_keys(session, MSO, data_key)
    return receipt.id if made else None


def _open_delivery(session: Session, arrival: _Arrival, receipt_id: UUID) -> UUID:
    blobs.put(arrival.body, arrival.content_type, MSO)
    delivery = rows.record_of(
        WebhookDelivery,
        id=ids.new(),
        receipt_id=receipt_id,
        status="received",
        attempts=0,
        attempts_allowed=ATTEMPTS,
        diagnostics=[],
        cases=[],
        created_at=arrival.at,
    )
    rows.insert(session, delivery)
    jobs.defer(DELIVER_JOB, delivery_id=str(delivery.id))
    facts = {"receipt": receipt_id, "sha256": arrival.body_hash.hex(), "size": len(arrival.body)}
    audit.record("webhook:accepted", by=actor(arrival.source_key), on=f"delivery/{delivery.id}", facts=facts)
    return delivery.id


def _first(session: Session, arrival: _Arrival) -> UUID | None:
    """The delivery that this message id opened with this very body; None when the body differs."""
    return session.scalar(
        select(WebhookDelivery.id)
        .join(WebhookReceipt, WebhookReceipt.id == WebhookDelivery.receipt_id)
        .where(WebhookReceipt.source_key == arrival.source_key, WebhookReceipt.message_id == arrival.message_id)
        .where(WebhookReceipt.body_hash == arrival.body_hash)
    )


def _remember_refusal(session: Session, arrival: _Arrival, reason: str) -> None:
    refusal = WebhookRefusal(
        id=ids.new(),
        source_key=arrival.source_key,
        refused_at=arrival.at,
        reason=reason,
        message_id=arrival.message_id,
        body_hash=arrival.body_hash,
        body_size=len(arrival.body),
    )
    session.add(refusal)
    facts = {"reason": reason, "sha256": arrival.body_hash.hex(), "refusal": refusal.id}
    audit.record("webhook:refused", by=None, on=f"webhook_source/{arrival.source_key}", facts=facts)


def _printable(text: str) -> str:
    return re.sub(r"[^ -~]", "?", text[:256])
