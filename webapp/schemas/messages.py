"""Messages and signals: what is sent to waiting processes, and what became of it."""

from marshmallow import fields, validate

from webapp.schemas.base import LARGEST_ID, Base, Body, Practice, Query, Text, next_cursor, page_size
from workflows.messages import STATUSES


class MessageQuery(Query):
    """Which messages to list."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    name = Text(validate=validate.Length(1, 200))
    limit = page_size()
    after = fields.UUID(metadata={"description": "`next` of the page before."})


class MessageDetail(Base):
    """One message. Its payload is given by `GET /messages/{message_id}` to those who may see it."""

    id = fields.UUID()
    practice = fields.Nested(Practice)
    name = fields.String()
    sender = fields.String()
    message_id = fields.String(allow_none=True, metadata={"description": "The sender's own id."})
    status = fields.String(validate=validate.OneOf(STATUSES))
    received_at = fields.AwareDateTime(metadata={"description": "When it came, or was replayed last."})
    expires_at = fields.AwareDateTime(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    attempts = fields.Integer()
    error = fields.String(allow_none=True, metadata={"description": "A code, or the kind of a technical error."})
    instances = fields.List(fields.UUID(), metadata={"description": "Those that took it or were started by it."})
    payload = fields.Dict(keys=fields.String(), allow_none=True)


class MessagePage(Base):
    """A page of messages, newest first."""

    items = fields.List(fields.Nested(MessageDetail))
    next = next_cursor()


class SendMessage(Body):
    """A message for the processes of a practice. Correlation keys are computed from the payload."""

    practice = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))
    name = Text(required=True, validate=validate.Length(1, 200))
    payload = fields.Dict(keys=Text(), required=True)
    id = Text(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "An id of your own. Sent again, it gives the first answer and does nothing."},
    )


class SendSignal(Body):
    """A signal for everybody in a practice who waits for it now."""

    practice = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))
    name = Text(required=True, validate=validate.Length(1, 200))
    payload = fields.Raw(load_default=None, allow_none=True)
    id = Text(load_default=None, validate=validate.Length(1, 200))


class Sent(Base):
    """What became of what was sent, as far as it is known."""

    id = fields.UUID()
    status = fields.String()
    replayed = fields.Boolean(metadata={"description": "It had been sent before; nothing happened now."})


class Reason(Body):
    """Why an operator does something to a message."""

    reason = Text(required=True, validate=validate.Length(max=500))
