"""Deliveries: what arrived by webhook or file, and what became of it."""

from marshmallow import fields, validate

from webapp.schemas.base import Base, Body, Query, Text, next_cursor, page_size
from workflows.webhooks.models import STATUSES


class DeliveryQuery(Query):
    """Which deliveries to list."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    limit = page_size()
    after = fields.UUID(metadata={"description": "`next` of the page before."})


class DeliveryCase(Base):
    """A case that a delivery opened or joined."""

    id = fields.UUID()
    number = fields.String()


class DeliveryDiagnostic(Base):
    """What the reader had to say: where, how bad, and in a sentence."""

    code = fields.String()
    severity = fields.String()
    path = fields.String()
    segment = fields.Integer(allow_none=True, metadata={"description": "1-based place of the segment in the file."})
    sentence = fields.String()
    transaction = fields.String(metadata={"description": "ST02 of the transaction."})


class DeliveryDetail(Base):
    """One delivery."""

    id = fields.UUID()
    source = fields.String()
    message_id = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    received_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    attempts = fields.Integer()
    content_type = fields.String()
    size = fields.Integer(metadata={"description": "Bytes."})
    sha256 = fields.String()
    error = fields.String(allow_none=True, metadata={"description": "Kind of the last technical error."})
    cases = fields.List(fields.Nested(DeliveryCase))
    diagnostics = fields.List(fields.Nested(DeliveryDiagnostic))


class DeliveryPage(Base):
    """A page of deliveries, newest first."""

    items = fields.List(fields.Nested(DeliveryDetail))
    next = next_cursor()


class Replay(Body):
    """Why a delivery is processed again."""

    reason = Text(required=True, validate=validate.Length(max=500))
