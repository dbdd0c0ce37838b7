"""Deliveries, for programs: what arrived, what became of it, and processing it again."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.cases import Case
from store import ids
from store.practice import viewing
from store.transaction import reading
from webapp.blueprints.api.base import next_of, operation
from webapp.schemas.deliveries import DeliveryDetail, DeliveryPage, DeliveryQuery, Replay
from webapp.security import me
from workflows.webhooks import inbound
from workflows.webhooks.inbound import DeliveryNotFound, DeliveryStillWaiting, ReasonMissing
from workflows.webhooks.log import LARGEST_PAGE, DeliveryEntry


@operation("GET /deliveries", "delivery:read", DeliveryPage, takes=DeliveryQuery)
def list_deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """List deliveries, newest first."""
    limit = min(query["limit"], LARGEST_PAGE - 1)
    with viewing(me().practices), reading() as session:
        found = inbound.list_deliveries(limit + 1, query.get("after"), status=query.get("status"))
        return {"items": _all(session, found[:limit]), "next": next_of(found, limit)}


@operation("GET /deliveries/<uuid:delivery_id>", "delivery:read", DeliveryDetail, refuses=(DeliveryNotFound,))
def delivery(delivery_id: UUID) -> dict[str, Any]:
    """One delivery with its cases and diagnostics."""
    with viewing(me().practices), reading() as session:
        return _all(session, [inbound.get_delivery(delivery_id)])[0]


@operation(
    "POST /deliveries/<uuid:delivery_id>/replay",
    "delivery:replay",
    DeliveryDetail,
    takes=Replay,
    refuses=(DeliveryNotFound, DeliveryStillWaiting, ReasonMissing),
)
def replay_delivery(body: dict[str, Any], delivery_id: UUID) -> dict[str, Any]:
    """Process a finished delivery again. What is done already is found done; nothing starts twice."""
    inbound.replay(delivery_id, body["reason"], me().person_id, now=g.now)
    return delivery(delivery_id)


def _all(session: Session, found: Iterable[DeliveryEntry]) -> list[dict[str, Any]]:
    entries = list(found)
    numbers = _numbers(session, entries)
    return [_one(one, numbers) for one in entries]


def _one(one: DeliveryEntry, numbers: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "source": one.source_key,
        "message_id": one.message_id,
        "status": one.status,
        "received_at": one.received_at,
        "finished_at": one.finished_at,
        "attempts": one.attempts,
        "content_type": one.content_type,
        "size": one.body_size,
        "sha256": one.body_hash,
        "error": one.error,
        "cases": [{"id": case, "number": numbers[case]} for case in one.cases if case in numbers],
        "diagnostics": one.diagnostics,
    }


def _numbers(session: Session, entries: list[DeliveryEntry]) -> dict[str, str]:
    """Numbers of the cases this person may see; others are not even counted."""
    wanted = {ids.parse(case) for one in entries for case in one.cases} - {None}
    query = select(Case.id, Case.number).where(Case.id.in_(wanted))
    return {str(case_id): number for case_id, number in session.execute(query)}
