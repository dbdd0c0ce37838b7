"""Where other systems call us: signed webhooks. Nothing is parsed before the signature holds and the body is stored."""

from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from store import clock
from store.transaction import reading
from webapp.security import csrf, public
from workflows.webhooks import inbound

bp = Blueprint("receiver", __name__)


@bp.post("/webhooks/<source>")
@public
def receive(source: str) -> ResponseReturnValue:
    """Store a verified call and answer 202; a repeated one gets its first answer again with 200."""
    accepted = inbound.accept(source, list(request.headers.items()), request.get_data(), now=clock.now())
    status = _status(accepted.delivery_id) if accepted.replayed else "received"
    body = {
        "id": str(accepted.delivery_id),
        "delivery_id": str(accepted.delivery_id),
        "status": status,
        "replayed": accepted.replayed,
        "href": f"/api/v1/deliveries/{accepted.delivery_id}",
    }
    response = jsonify(body)
    response.status_code = 200 if accepted.replayed else 202
    if accepted.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _status(delivery_id: UUID) -> str:
    with reading():
        return inbound.get_delivery(delivery_id).status


csrf.exempt(receive)
