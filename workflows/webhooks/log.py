"""What has arrived, and what became of it? The reads behind the deliveries page and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Select, select

from store.errors import NotFound
from store.transaction import require_transaction
from workflows.webhooks.models import Status, WebhookDelivery, WebhookReceipt, WebhookRefusal

LARGEST_PAGE = 200


class DeliveryNotFound(NotFound):
    """No delivery with that id."""

    code = "webhook.delivery_not_found"
    message = "There is no delivery with this id. Look it up in the list of deliveries."


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """One line of the log: a delivery with its receipt.

    body_size: bytes as received. error: kind of the last technical error, None after a result.
    """

    id: UUID
    source_key: str
    message_id: str
    received_at: datetime
    body_hash: str
    body_size: int
    content_type: str
    status: Status
    attempts: int
    diagnostics: tuple[Mapping[str, Any], ...]
    cases: tuple[str, ...]
    error: str | None
    attempted_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusalEntry:
    """One call that was not accepted. message_id is what the caller claimed."""

    id: UUID
    source_key: str
    refused_at: datetime
    reason: str
    message_id: str
    body_size: int


def list_deliveries(limit: int = 50, after: UUID | None = None, *, status: Status | None = None) -> list[DeliveryEntry]:
    """Newest first; `after` is the id of the last entry of the page before. Inside a transaction or reading block."""
    query = _query().order_by(WebhookDelivery.id.desc()).limit(max(1, min(limit, LARGEST_PAGE)))
    if after is not None:
        query = query.where(WebhookDelivery.id < after)
    if status is not None:
        query = query.where(WebhookDelivery.status == status)
    return [_entry(row) for row in require_transaction().execute(query)]


def get_delivery(delivery_id: UUID) -> DeliveryEntry:
    """Raises DeliveryNotFound. Inside a transaction or reading block."""
    row = require_transaction().execute(_query().where(WebhookDelivery.id == delivery_id)).first()
    if row is None:
        raise DeliveryNotFound()
    return _entry(row)


def list_refusals(limit: int = 50, after: UUID | None = None) -> list[RefusalEntry]:
    """Refused calls, newest first; paged like deliveries."""
    query = select(WebhookRefusal).order_by(WebhookRefusal.id.desc()).limit(max(1, min(limit, LARGEST_PAGE)))
    if after is not None:
        query = query.where(WebhookRefusal.id < after)
    return [
        RefusalEntry(one.id, one.source_key, one.refused_at, one.reason, one.message_id, one.body_size)
        for one in require_transaction().scalars(query)
    ]


def _query() -> Select[WebhookDelivery, WebhookReceipt]:
    return (
        select(WebhookDelivery, WebhookReceipt)
        .join(WebhookReceipt, WebhookReceipt.id == WebhookDelivery.receipt_id)
        .execution_options(populate_existing=True)
    )


def _entry(row: Row[WebhookDelivery, WebhookReceipt]) -> DeliveryEntry:
    delivery, receipt = row
    return DeliveryEntry(
        id=delivery.id,
        source_key=receipt.source_key,
        message_id=receipt.message_id,
        received_at=receipt.received_at,
        body_hash=receipt.body_hash.hex(),
        body_size=receipt.body_size,
        content_type=receipt.content_type,
        status=cast(Status, delivery.status),
        attempts=delivery.attempts,
        diagnostics=tuple(delivery.diagnostics),
        cases=tuple(delivery.cases),
        error=delivery.error,
        attempted_at=delivery.attempted_at,
        finished_at=delivery.finished_at,
    )
