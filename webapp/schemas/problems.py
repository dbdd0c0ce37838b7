"""The one shape of every error (RFC 9457)."""

from marshmallow import fields

from webapp.schemas.base import Base


class ProblemReason(Base):
    """Why somebody may not decide: a stable code and a sentence."""

    code = fields.String()
    detail = fields.String()


class Problem(Base):
    """A refusal or a fault. `code` is stable; `detail` says in a sentence what to do."""

    type = fields.String(metadata={"description": "Address of the code's explanation."})
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    detail = fields.String()
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "With 422: the fields in error, dotted, with sentences."},
    )
    reasons = fields.List(
        fields.Nested(ProblemReason), metadata={"description": "With 403 of a clinical decision: every failing check."}
    )
    reference = fields.String(metadata={"description": "With 500: what to tell support."})
