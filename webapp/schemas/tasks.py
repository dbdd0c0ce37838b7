"""Tasks, their forms and their completion."""

from marshmallow import fields, validate

from tasks.inbox import QUEUES, VIEWS
from webapp.schemas.base import (
    Base,
    Body,
    Named,
    Practice,
    Query,
    Text,
    next_cursor,
    page_size,
    practice,
    refuse_unstorable,
)

TASK_STATUSES = ("open", "completed", "withdrawn")


class TaskQuery(Query):
    """Which tasks to list."""

    view = fields.String(
        load_default=QUEUES,
        validate=validate.OneOf(VIEWS),
        metadata={"description": "`mine`: claimed by me; `queues`: open and workable by me; others as in the inbox."},
    )
    queue = Text(metadata={"description": "Key of one queue, e.g. denial_specialist."})
    practice = practice()
    limit = page_size()
    after = Text(metadata={"description": "`next` of the page before."})


class TaskSummary(Base):
    """One human task."""

    id = fields.UUID()
    name = fields.String()
    element_id = fields.String(metadata={"description": "Id of the task in the process model."})
    status = fields.String(validate=validate.OneOf(TASK_STATUSES))
    clinical = fields.Boolean(metadata={"description": "Completing it is a decision of a licensed signer."})
    decision_type = fields.String(allow_none=True)
    queue = fields.String(allow_none=True)
    practice = fields.Nested(Practice)
    case = fields.Nested(lambda: TaskCase(), allow_none=True)
    assignee = fields.Nested(Named, allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()
    completed_at = fields.AwareDateTime(allow_none=True)
    completed_by = fields.Nested(Named, allow_none=True)
    outcome = fields.String(allow_none=True)
    version = fields.Integer()


class TaskCase(Base):
    """The case a task belongs to."""

    id = fields.UUID()
    number = fields.String()


class TaskPage(Base):
    """A page of tasks, the most urgent first."""

    items = fields.List(fields.Nested(TaskSummary))
    next = next_cursor()


class ShownFact(Base):
    """A fact as people read it; sub: where it comes from."""

    label = fields.String()
    value = fields.String()
    sub = fields.String()


class Code(Base):
    """A payer's code with our words for it."""

    code = fields.String()
    text = fields.String()


class ShownLine(Base):
    """A denied line, without amounts."""

    service = fields.String()
    reasons = fields.List(fields.Nested(Code))
    remarks = fields.List(fields.Nested(Code))


class ShownDocument(Base):
    """A document by its title and the hash of its bytes."""

    title = fields.String()
    sha256 = fields.String()


class Shown(Base):
    """What the task page shows. On a clinical task the signature covers exactly this, and no amount is in it."""

    facts = fields.List(fields.Nested(ShownFact))
    lines = fields.List(fields.Nested(ShownLine))
    documents = fields.List(fields.Nested(ShownDocument))
    texts = fields.Dict(keys=fields.String(), metadata={"description": "Texts to attest, e.g. the letter."})
    meaning = fields.String(allow_none=True, metadata={"description": "The sentence a signer signs under."})


class GateReason(Base):
    """One failing check, said to you."""

    code = fields.String(metadata={"description": "Stable, e.g. WRONG_STATE."})
    sentence = fields.String()
    remedy = fields.String()


class Gate(Base):
    """Who may sign a clinical task now."""

    eligible = fields.Boolean(metadata={"description": "Whether you may."})
    reasons = fields.List(fields.Nested(GateReason))
    who_may_sign = fields.String()
    state = fields.String(allow_none=True, metadata={"description": "State whose license is needed."})
    unstaffed = fields.Boolean(metadata={"description": "Nobody qualifies today; nobody stands in."})


class TaskDetail(TaskSummary):
    """A task with its form and what it shows."""

    instructions = fields.String(allow_none=True)
    form = fields.Dict(keys=fields.String(), metadata={"description": "The form-js schema, as published."})
    initial = fields.Dict(keys=fields.String(), metadata={"description": "Answers that stand in the form at first."})
    outcomes = fields.List(fields.String(), metadata={"description": "Of a clinical task: what can be decided."})
    shown = fields.Nested(Shown)
    digest = fields.String(metadata={"description": "Fingerprint of `shown`; send it back as `seen`."})
    gate = fields.Nested(Gate, allow_none=True)


class Completion(Body):
    """Answers to a task. A clinical one needs outcome, seen and the person's password: a token alone never signs."""

    values = fields.Dict(
        keys=Text(), required=True, validate=refuse_unstorable, metadata={"description": "Field key -> answer."}
    )
    outcome = Text(load_default=None, allow_none=True, metadata={"description": "One of the task's `outcomes`."})
    seen = Text(load_default=None, allow_none=True, metadata={"description": "`digest` of the task as you read it."})
    password = Text(
        load_default=None,
        allow_none=True,
        load_only=True,
        metadata={"description": "Of the person whose token this is."},
    )
