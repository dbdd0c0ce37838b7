"""How was it decided? Every evaluation of a decision is kept with its case, in the transaction of the step that asked.

Which rows matched and why parts are null stands in clear: ids and names, never values. Inputs and results are case
data and sealed as a whole, bound to their row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import audit, crypto, ids, rows
from store.db import Base
from store.errors import NotFound
from store.types import TENANT_APPEND_ONLY, Protection
from workflows.decisions import DecisionModel, DecisionResult
from workflows.engine import pack, unpack
from workflows.events import InstanceRef
from workflows.feel import Function, Value, to_text


class DecisionRecord(Base):
    """One evaluation of a decision.

    definition_id: the version of the process whose file was asked; digest: SHA-256 of that file, hexadecimal.
    element_id:    the element that asked; None when nothing of the model did (a denial that joined later).
    matched:       [{"decision", "table", "rules"}], one per table that was run, in order.
    problems:      [{"kind", "message"}]: why parts of the result are null.
    content:       sealed; see `Content`.
    """

    __tablename__ = "decision_record"
    __protection__: ClassVar[Protection] = TENANT_APPEND_ONLY
    __table_args__ = (Index(None, "practice_id", "instance_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    definition_id: Mapped[UUID]
    element_id: Mapped[str | None]
    decision_id: Mapped[str]
    digest: Mapped[str]
    matched: Mapped[list[Any]]
    problems: Mapped[list[Any]]
    content: Mapped[bytes]
    at: Mapped[datetime]


class UnknownRecord(NotFound):
    """The case has no such decision."""

    code = "decision_record.unknown"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A decision that was evaluated while a verb ran. context: names that cells read besides their own input."""

    element_id: str | None
    result: DecisionResult
    context: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class TableValues:
    """What one table was given and what it gave. inputs: column name to value."""

    inputs: Mapping[str, Value]
    output: Value


@dataclass(frozen=True, slots=True)
class Content:
    """The case data of a record.

    inputs:  of the decision itself. tables: one per entry of `matched`.
    context: what cells read besides their own input.
    """

    value: Value
    inputs: Mapping[str, Value]
    tables: tuple[TableValues, ...]
    context: Mapping[str, Value]


def evaluated(
    model: DecisionModel, result: DecisionResult, given: Mapping[str, Value], element_id: str | None
) -> Evaluated:
    """What has to be kept of an evaluation. given: the context that it was given."""
    run = {trace.table_id for trace in result.trace}
    cells = (cell for table in model.tables if table.id in run for rule in table.rules for cell in rule.cells)
    names = {name for cell in cells for name in cell.names}
    return Evaluated(element_id, result, {name: given[name] for name in sorted(names) if name in given})


def keep(session: Session, ref: InstanceRef, made: Sequence[Evaluated], *, at: datetime) -> None:
    """Write what a verb decided, with one audit entry: which decisions and rows, no values."""
    if not made:
        return
    records = [_record(ref, one, at) for one in made]
    rows.insert(session, *records)
    facts = {"subject": ref.subject_id, "decisions": [_named(one) for one in records]}
    audit.record("process:decided", by="system", on=f"instance/{ref.id}", facts=facts)


def _named(record: DecisionRecord) -> dict[str, Any]:
    return {
        "record": record.id,
        "element": record.element_id,
        "decision": record.decision_id,
        "version": record.digest,
        "rows": {one["table"]: one["rules"] for one in record.matched},
    }


def _record(ref: InstanceRef, made: Evaluated, at: datetime) -> DecisionRecord:
    result, record_id = made.result, ids.new()
    return rows.record_of(
        DecisionRecord,
        practice_id=ref.practice_id,
        id=record_id,
        instance_id=ref.id,
        definition_id=ref.definition_id,
        element_id=made.element_id,
        decision_id=result.decision_id,
        digest=result.digest,
        matched=[
            {"decision": one.decision_id, "table": one.table_id, "rules": list(one.matched)} for one in result.trace
        ],
        problems=[{"kind": one.kind, "message": one.message} for one in result.problems],
        content=crypto.seal(pack(_content(made)), **_place(ref.practice_id, record_id)),
        at=at,
    )


def _content(made: Evaluated) -> Any:
    result = made.result
    tables = [[trace.inputs, trace.output] for trace in result.trace]
    # The inputs of a decision that is a table are those of its table.
    own = {} if result.trace else dict(result.inputs)
    return _storable([result.value, own, tables, dict(made.context)])


def _storable(value: Any) -> Any:
    """A function cannot be kept; its text stands for it."""
    if isinstance(value, Function):
        return to_text(value)
    if isinstance(value, Mapping):
        return {name: _storable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    return value


def content(record: DecisionRecord) -> Content:
    """Inputs and results of a record. Raises SealBroken or KeyDestroyed."""
    value, own, tables, context = unpack(crypto.unseal(record.content, **_place(record.practice_id, record.id)))
    runs = tuple(TableValues(inputs, output) for inputs, output in tables)
    return Content(value, own or (runs[-1].inputs if runs else {}), runs, context)


def _place(practice_id: int, record_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "decision_record", "column": "content", "row_id": record_id}


def of_instance(
    session: Session, instance_id: UUID, *, limit: int, after: UUID | None = None
) -> Sequence[DecisionRecord]:
    """What was decided in an instance, newest first. after: id of the last record of the page before."""
    query = select(DecisionRecord).where(DecisionRecord.instance_id == instance_id)
    if after is not None:
        query = query.where(DecisionRecord.id < after)
    return session.scalars(query.order_by(DecisionRecord.id.desc()).limit(limit)).all()


def get(session: Session, instance_id: UUID, record_id: UUID) -> DecisionRecord:
    """One record of an instance. Raises UnknownRecord."""
    query = select(DecisionRecord).where(DecisionRecord.instance_id == instance_id, DecisionRecord.id == record_id)
    found = session.scalars(query).first()
    if found is None:
        raise UnknownRecord()
    return found
