"""What operators did to instances: added, never changed. Who, when and which step stand in clear; the reason and the
values are sealed, because people write names into reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import crypto, ids
from store.db import Base
from store.types import TENANT_APPEND_ONLY, Protection
from workflows.engine import pack, unpack
from workflows.events import InstanceRef
from workflows.feel import Value


class InstanceOperation(Base):
    """One operation.

    kind: see `kinds`. element_id: the step it worked on. facts: ids and names. content: sealed; see `Content`.
    """

    __tablename__ = "instance_operation"
    __protection__: ClassVar[Protection] = TENANT_APPEND_ONLY
    __table_args__ = (Index(None, "practice_id", "instance_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID]
    kind: Mapped[str]
    element_id: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    content: Mapped[bytes]
    by: Mapped[UUID]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Content:
    """The case data of an operation. before, after: the variables it changed; a name that is missing was not there."""

    reason: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]


def write(
    session: Session, ref: InstanceRef, done: Mapping[str, Any], content: Content, *, at: datetime
) -> InstanceOperation:
    """Add a row. done: kind, element_id, facts and by."""
    operation_id = ids.new()
    packed = pack([content.reason, dict(content.before), dict(content.after)])
    row = InstanceOperation(
        practice_id=ref.practice_id,
        id=operation_id,
        instance_id=ref.id,
        content=crypto.seal(packed, **_place(ref.practice_id, operation_id)),
        at=at,
        **done,
    )
    session.add(row)
    return row


def of_instance(session: Session, instance_id: UUID, *, limit: int = 50) -> Sequence[InstanceOperation]:
    """What was done to an instance, newest first."""
    query = select(InstanceOperation).where(InstanceOperation.instance_id == instance_id)
    return session.scalars(query.order_by(InstanceOperation.id.desc()).limit(limit)).all()


def content(row: InstanceOperation) -> Content:
    """Reason and values. Raises SealBroken or KeyDestroyed."""
    return Content(*unpack(crypto.unseal(row.content, **_place(row.practice_id, row.id))))


def _place(practice_id: int, operation_id: UUID) -> dict[str, Any]:
    return {"practice_id": practice_id, "table": "instance_operation", "column": "content", "row_id": operation_id}
