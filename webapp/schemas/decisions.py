"""What decision tables answered in a case."""

from marshmallow import fields

from webapp.schemas.base import Base, Query, next_cursor, page_size

VALUES = (
    "Column name to value, as JSON: numbers, dates, times and durations are text, as FEEL writes them. Amounts are "
    "`not shown` to people who decide medicine."
)
VALUE = "As JSON; see `inputs` for numbers and dates."


class DecisionQuery(Query):
    """Which decisions to list."""

    limit = page_size()
    after = fields.UUID(metadata={"description": "`next` of the page before."})


class DecisionRow(Base):
    """A row that matched."""

    number = fields.Integer(metadata={"description": "From 1."})
    rule = fields.String(metadata={"description": "Id of the rule in the DMN file."})
    note = fields.String(metadata={"description": "Annotation of the row; may be empty."})


class DecisionTable(Base):
    """One table that was run, those of required decisions included."""

    decision = fields.String()
    table = fields.String()
    policy = fields.String(metadata={"description": "Hit policy."})
    inputs = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), metadata={"description": VALUES})
    rows = fields.List(fields.Nested(DecisionRow), metadata={"description": "Empty when no row matched."})
    output = fields.Raw(allow_none=True, metadata={"description": VALUE})


class NamedElement(Base):
    """An element of the model."""

    id = fields.String()
    name = fields.String()


class CaseDecision(Base):
    """One evaluation of a decision."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    decision = fields.Nested(NamedElement)
    element = fields.Nested(NamedElement, allow_none=True, metadata={"description": "Who asked; null: work beside it."})
    version = fields.String(metadata={"description": "SHA-256 of the DMN file."})
    inputs = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), metadata={"description": VALUES})
    result = fields.Raw(allow_none=True, metadata={"description": VALUE})
    tables = fields.List(fields.Nested(DecisionTable), metadata={"description": "In the order of evaluation."})
    problems = fields.List(fields.String(), metadata={"description": "Why parts of the result are null."})


class CaseDecisionPage(Base):
    """A page of decisions, newest first."""

    items = fields.List(fields.Nested(CaseDecision))
    next = next_cursor()
