"""What becomes of a delivery? A worker lets its source's handler do the work, as often as it takes.

A delivery may be worked on twice, and its worker may be killed at any point. So each attempt is counted before it
begins, the handler works in transactions of its own and finds what an attempt before it has done, and only the newest
attempt may report a result: a newer one fences the older off.
"""

import json
import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store import audit, blobs, ids, jobs
from store.errors import Conflict, Invalid
from store.practice import MSO, as_practice
from store.transaction import require_transaction, transaction
from workflows.webhooks import sources
from workflows.webhooks.log import DeliveryNotFound
from workflows.webhooks.models import WebhookDelivery, WebhookReceipt, WebhookReplay
from workflows.webhooks.sources import Delivery, Result

ATTEMPTS = 5
DELIVER_JOB = "workflows:webhook.deliver"
WAKE_AFTER = timedelta(minutes=15)
WAKE_BATCH = 100


class DeliveryStillWaiting(Conflict):
    """The delivery is queued or being worked on already."""

    code = "webhook.delivery_waiting"
    message = "This delivery is still waiting to be processed. Look at it again when it has a result."


class AttemptOvertaken(Conflict):
    """A newer attempt works on the delivery; this one stops and changes nothing more."""

    code = "webhook.attempt_overtaken"
    message = "A newer attempt works on this delivery. Nothing needs to be done."


class ReasonMissing(Invalid):
    """A replay needs a reason."""

    code = "webhook.reason_missing"
    message = "Say in a few words why this delivery is processed again."


def deliver(delivery_id: UUID | str, *, now: datetime) -> None:
    """Work on a delivery. Quiet when there is nothing left to do; raises what the handler raised, to be tried again."""
    begun = _begin(UUID(str(delivery_id)), now)
    if begun is None:
        return
    delivery, body = begun
    try:
        handler = sources.get_handler(delivery.source_key)
        result = handler(delivery, payload_bytes(delivery.content_type, body), now)
    except AttemptOvertaken:
        return
    except Exception as error:
        if _note_error(delivery, error, now):
            raise
        return
    _finish(delivery, result, now)


def require_current(delivery: Delivery) -> None:
    """Fence: in a handler's transaction, go on only while no newer attempt began. Raises AttemptOvertaken.

    Locks the delivery's row, so a newer attempt cannot begin before the handler's transaction ends.
    """
    if _lock_attempt(require_transaction(), delivery) is None:
        raise AttemptOvertaken()


def replay(delivery_id: UUID, reason: str, by: UUID, *, now: datetime) -> None:
    """Process a finished delivery again. Handlers find what is done already and do only the rest.

    Raises DeliveryNotFound, DeliveryStillWaiting or ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    with as_practice(MSO), transaction() as session:
        row = _lock(session, delivery_id)
        if row is None:
            raise DeliveryNotFound()
        if row.status == "received":
            raise DeliveryStillWaiting()
        entry = WebhookReplay(id=ids.new(), delivery_id=delivery_id, by=by, at=now, reason=reason.strip())
        session.add(entry)
        facts = {"replay": entry.id, "from": row.status}
        row.status, row.error, row.finished_at = "received", None, None
        row.attempts_allowed = row.attempts + ATTEMPTS
        jobs.defer(DELIVER_JOB, delivery_id=str(delivery_id))
        audit.record("webhook:replayed", by=by, on=f"delivery/{delivery_id}", facts=facts)


def wake_waiting(*, now: datetime) -> int:
    """Queue deliveries again that wait for long without an attempt: their job was lost. Returns how many."""
    since = now - WAKE_AFTER
    with as_practice(MSO), transaction() as session:
        waiting = session.scalars(
            select(WebhookDelivery.id)
            .where(WebhookDelivery.status == "received", WebhookDelivery.created_at < since)
            .where(or_(WebhookDelivery.attempted_at.is_(None), WebhookDelivery.attempted_at < since))
            .order_by(WebhookDelivery.id)
            .limit(WAKE_BATCH)
        ).all()
        for delivery_id in waiting:
            jobs.defer(DELIVER_JOB, merge=f"delivery:{delivery_id}", delivery_id=str(delivery_id))
    return len(waiting)


def payload_bytes(content_type: str, body: bytes) -> bytes:
    """The content of a body: the text under "remittance" of a JSON envelope, anything else as it is."""
    if not re.match(r"\s*application/([\w.-]+\+)?json\b", content_type, re.IGNORECASE):
        return body
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return body
    content = envelope.get("remittance") if isinstance(envelope, dict) else None
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else body


def _begin(delivery_id: UUID, now: datetime) -> tuple[Delivery, bytes] | None:
    """Mark a new attempt, which overtakes any older one; None when the delivery needs none."""
    with as_practice(MSO), transaction() as session:
        row = _lock(session, delivery_id)
        if row is None or row.status != "received":
            return None
        receipt = session.get_one(WebhookReceipt, row.receipt_id)
        if row.attempts >= row.attempts_allowed:
            # The attempts before were killed without a word: a body that fells the worker must not do so forever.
            _close(row, Result("failed"), now, error=row.error or "WorkerLost", actor=actor(receipt.source_key))
            return None
        row.attempts, row.attempted_at = row.attempts + 1, now
        begun = Delivery(
            id=row.id,
            source_key=receipt.source_key,
            message_id=receipt.message_id,
            content_type=receipt.content_type,
            received_at=receipt.received_at,
            body_hash=receipt.body_hash.hex(),
            attempt=row.attempts,
        )
        return begun, blobs.get(MSO, begun.body_hash)


def _note_error(delivery: Delivery, error: Exception, now: datetime) -> bool:
    """Record a technical error; True when the delivery is to be tried again."""
    kind = type(error).__name__  # The text of an exception may quote the file.
    with as_practice(MSO), transaction() as session:
        row = _lock_attempt(session, delivery)
        if row is None:
            return False
        row.error = kind
        if row.attempts < row.attempts_allowed:
            return True
        _close(row, Result("failed"), now, error=kind, actor=actor(delivery.source_key))
        return False


def _finish(delivery: Delivery, result: Result, now: datetime) -> None:
    with as_practice(MSO), transaction() as session:
        row = _lock_attempt(session, delivery)
        if row is not None:
            _close(row, result, now, error=None, actor=actor(delivery.source_key))


def _close(row: WebhookDelivery, result: Result, now: datetime, *, error: str | None, actor: str) -> None:
    row.status, row.error, row.finished_at = result.status, error, now
    row.diagnostics = [dict(one) for one in result.diagnostics]
    row.cases = [str(one) for one in result.cases]
    facts = {"cases": len(row.cases), "diagnostics": len(row.diagnostics), "attempt": row.attempts, "error": error}
    audit.record(f"webhook:{result.status}", by=actor, on=f"delivery/{row.id}", facts=facts)


def _lock(session: Session, delivery_id: UUID) -> WebhookDelivery | None:
    return session.get(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)


def _lock_attempt(session: Session, delivery: Delivery) -> WebhookDelivery | None:
    row = _lock(session, delivery.id)
    return row if row is not None and (row.status, row.attempts) == ("received", delivery.attempt) else None


def actor(source_key: str) -> str:
    """The name under which a source acts in the audit log."""
    return f"webhook:{source_key}"
