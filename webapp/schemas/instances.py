"""Process instances and their incidents, and what is done to them."""

from marshmallow import fields, validate

from webapp.schemas.base import Base, Body, Practice, Query, Text, next_cursor, page_size
from workflows.operations import KINDS, STATUSES


class InstanceQuery(Query):
    """Which instances to list; without a status those that have not ended."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    process = Text(metadata={"description": "Key of the process, e.g. denial_appeal."})
    limit = page_size()
    after = fields.UUID(metadata={"description": "`next` of the page before."})


class IncidentQuery(Query):
    """Which open incidents to list."""

    kind = Text(metadata={"description": "E.g. service-failed; see the kinds that an answer names."})
    limit = page_size()
    after = fields.UUID(metadata={"description": "`next` of the page before."})


class InstanceCase(Base):
    """The case an instance is about."""

    id = fields.UUID()
    number = fields.String()


class InstanceSummary(Base):
    """One instance."""

    id = fields.UUID()
    process = fields.String()
    version = fields.Integer()
    status = fields.String(validate=validate.OneOf(STATUSES))
    practice = fields.Nested(Practice)
    case = fields.Nested(InstanceCase, allow_none=True)
    started_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()
    suspended_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class InstancePage(Base):
    """A page of instances, newest first."""

    items = fields.List(fields.Nested(InstanceSummary))
    next = next_cursor()


class ServiceCallShown(Base):
    """The call that a service task waits for or failed with. `input` is there for those who may operate."""

    operator = fields.String()
    status = fields.String()
    attempts = fields.Integer()
    next_at = fields.AwareDateTime(allow_none=True)
    error = fields.String(allow_none=True)
    input = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "FEEL texts by name."})


class InstanceToken(Base):
    """Where the instance stands: one step."""

    step = fields.UUID(metadata={"description": "Name the step by it in an operation."})
    element_id = fields.String()
    name = fields.String()
    state = fields.String(validate=validate.OneOf(("open", "waiting", "started", "stopped")))
    operations = fields.List(fields.String(), metadata={"description": "Kinds that make sense for it."})
    call = fields.Nested(ServiceCallShown, allow_none=True)


class InstanceTimer(Base):
    """A timer that runs."""

    element_id = fields.String()
    due_at = fields.AwareDateTime()


class RewindTo(Base):
    """A passed step that the instance can go back to."""

    step = fields.UUID()
    element_id = fields.String()
    at = fields.AwareDateTime()


class IncidentShown(Base):
    """One open incident. No case data stands in `message`."""

    id = fields.UUID()
    instance = fields.UUID()
    kind = fields.String()
    element_id = fields.String(allow_none=True)
    message = fields.String()
    opened_at = fields.AwareDateTime()
    step = fields.UUID(allow_none=True, metadata={"description": "The step to retry; null when none stopped."})


class InstanceDetail(InstanceSummary):
    """An instance with its steps, timers and incidents; `variables` for those who may operate."""

    tokens = fields.List(fields.Nested(InstanceToken))
    timers = fields.List(fields.Nested(InstanceTimer))
    messages = fields.List(fields.String(), metadata={"description": "Elements that wait for a message."})
    rewind_to = fields.List(fields.Nested(RewindTo))
    incidents = fields.List(fields.Nested(IncidentShown))
    variables = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "FEEL texts by name."}
    )


class IncidentPage(Base):
    """A page of open incidents, newest first."""

    items = fields.List(fields.Nested(IncidentShown))
    next = next_cursor()


class OperationBody(Body):
    """An operation. Which fields it takes depends on its kind."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    step = fields.UUID(metadata={"description": "retry, answer, skip, throw, move, rewind."})
    changes = fields.Dict(
        keys=Text(), values=Text(), metadata={"description": 'set: variable to FEEL literal, e.g. "12.50".'}
    )
    removed = fields.List(Text(), metadata={"description": "set: variables to take away."})
    result = Text(metadata={"description": "answer: a FEEL literal that the operator's schema accepts."})
    code = Text(metadata={"description": "throw: a BPMN error that the operator declares."})
    element = Text(metadata={"description": "move: id of the element to put the token before."})
    version = fields.Integer(metadata={"description": "migrate: a published version."})
    mapping = fields.Dict(
        keys=Text(), values=Text(), metadata={"description": "migrate: element ids of this version to those there."}
    )


class ConfirmedOperation(OperationBody):
    """An operation that was previewed."""

    digest = Text(required=True, metadata={"description": "Of the preview."})
    reason = Text(required=True, validate=validate.Length(max=1000))


class OperationLine(Base):
    """Something that begins or ends."""

    what = fields.String(metadata={"description": "task, call, message, step or stopped."})
    element_id = fields.String()


class VariableChange(Base):
    """A variable that differs; null where it is not there. FEEL texts."""

    name = fields.String()
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class PreviewShown(Base):
    """What an operation would do. Send `digest` back to have exactly that done."""

    kind = fields.String()
    digest = fields.String()
    status = fields.String(metadata={"description": "Afterwards."})
    version = fields.Integer(metadata={"description": "Afterwards."})
    begun = fields.List(fields.Nested(OperationLine))
    gone = fields.List(fields.Nested(OperationLine))
    timers_set = fields.List(fields.Nested(InstanceTimer))
    timers_dropped = fields.List(fields.Nested(InstanceTimer))
    variables = fields.List(fields.Nested(VariableChange))
    warnings = fields.List(fields.String())


class RetryBody(Body):
    """Retry open incidents of a kind, each in a transaction of its own."""

    kind = Text(required=True)
    reason = Text(required=True, validate=validate.Length(max=1000))
    incidents = fields.List(fields.UUID(), metadata={"description": "Only these; without it the newest 200."})


class RetryResult(Base):
    """What came of one incident."""

    incident = fields.UUID()
    instance = fields.UUID()
    done = fields.Boolean()
    detail = fields.String(allow_none=True, metadata={"description": "Why not."})


class RetryResults(Base):
    """What came of each."""

    items = fields.List(fields.Nested(RetryResult))
