"""Cases: the list, and one with everything a page shows of it."""

from marshmallow import fields, validate

from mso.cases import CLOSED, OPEN
from webapp.schemas.base import Base, Money, Named, Practice, Query, Text, next_cursor, page_size, practice
from webapp.schemas.tasks import Code, ShownFact, TaskSummary

CASE_STATUSES = (OPEN, CLOSED)


class CaseQuery(Query):
    """Which cases to list."""

    process = Text(metadata={"description": "Key of the process, e.g. denial_appeal."})
    status = fields.String(validate=validate.OneOf(CASE_STATUSES))
    practice = practice()
    q = Text(
        metadata={"description": "A case number, a payer's claim number, or the beginning of a payer's name."},
    )
    limit = page_size()
    after = fields.UUID(metadata={"description": "`next` of the page before."})


class Payer(Base):
    """Who denied."""

    id = fields.String(allow_none=True)
    name = fields.String(allow_none=True)


class CaseSummary(Base):
    """One case. Amounts are left out for people who decide medicine."""

    id = fields.UUID()
    number = fields.String()
    process = fields.String()
    title = fields.String()
    status = fields.String(validate=validate.OneOf(CASE_STATUSES))
    outcome = fields.String(allow_none=True)
    practice = fields.Nested(Practice)
    payer = fields.Nested(Payer)
    claim = fields.String(allow_none=True, metadata={"description": "The payer's claim control number (CLP07)."})
    route = fields.String(allow_none=True)
    deadline_on = fields.Date(allow_none=True, metadata={"description": "Last day to file."})
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    amount = Money(allow_none=True, metadata={"description": "In dispute, USD."})


class CasePage(Base):
    """A page of cases, newest first."""

    items = fields.List(fields.Nested(CaseSummary))
    next = next_cursor()


class LineReason(Code):
    """One adjustment of a line."""

    amount = Money()


class CaseLine(Base):
    """One denied line with the payer's codes."""

    service = fields.String()
    charge = Money(allow_none=True)
    paid = Money(allow_none=True)
    reasons = fields.List(fields.Nested(LineReason))
    remarks = fields.List(fields.Nested(Code))
    policies = fields.List(fields.String())


class CaseDocument(Base):
    """One document."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    media_type = fields.String()
    sha256 = fields.String()
    size = fields.Integer(metadata={"description": "Bytes."})
    created_at = fields.AwareDateTime()


class TimelineEntry(Base):
    """Something that happened to the case."""

    at = fields.AwareDateTime()
    kind = fields.String()
    text = fields.String()
    by = fields.Nested(Named, allow_none=True)


class Deadline(Base):
    """The filing deadline as it was computed."""

    level = fields.Integer()
    pathway = fields.String()
    file_by = fields.Date()
    target_on = fields.Date(metadata={"description": "Our own, earlier target."})
    rule = fields.String(allow_none=True, metadata={"description": "Row of the appeal rules; null when none held."})
    provisional = fields.Boolean()
    explanation = fields.List(fields.Raw(), metadata={"description": "The counted steps."})


class CaseDetail(CaseSummary):
    """A case with its facts, lines, documents, tasks, story and clock."""

    facts = fields.List(fields.Nested(ShownFact))
    lines = fields.List(fields.Nested(CaseLine))
    documents = fields.List(fields.Nested(CaseDocument))
    tasks = fields.List(fields.Nested(TaskSummary))
    timeline = fields.List(fields.Nested(TimelineEntry))
    deadline = fields.Nested(Deadline, allow_none=True)
