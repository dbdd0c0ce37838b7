"""What has to be looked at again, and when: a job that is lost for good costs time, never a message.

Rows hold ids and times only, because a worker reads them before it knows the practice. Each is about one row of
another table and is gone when nothing is left to be done about that.
"""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import jobs, rows, sending
from store.db import Base
from store.transaction import require_transaction
from store.types import SHARED, Protection

MESSAGE, SIGNAL = "message", "signal"
JOBS = {MESSAGE: "workflows:message.deliver", SIGNAL: "workflows:signal.broadcast"}
"""Kind -> the job that looks."""
LOST_AFTER = timedelta(minutes=1)
"""A job that did nothing for so long is taken for lost."""
BATCH = 200


class WakeUp(Base):
    """id: of the message or signal."""

    __tablename__ = "wake_up"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (Index(None, "look_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    kind: Mapped[str]
    look_at: Mapped[datetime]


_SET = """insert into wake_up (id, practice_id, kind, look_at) values (%s, %s, %s, %s)
    on conflict (id) do update set look_at = excluded.look_at"""


def plan(session: Session, kind: str, practice_id: int, row_id: UUID, look_at: datetime | None) -> None:
    """When a row has to be looked at; None: never again."""
    if look_at is None:
        rows.delete(session, WakeUp, id=row_id)
    else:
        sending.later(session, _SET, (row_id, practice_id, kind, look_at))


def work_on(session: Session, kind: str, practice_id: int, row_id: UUID, *, now: datetime) -> None:
    """Queue the job of a row, and look again in case it is lost."""
    plan(session, kind, practice_id, row_id, now + LOST_AFTER)
    _defer(kind, practice_id, row_id)


def claim_due(now: datetime) -> int:
    """Queue the jobs of what has to be looked at now. Returns how many."""
    session = require_transaction()
    query = select(WakeUp).where(WakeUp.look_at <= now).order_by(WakeUp.look_at).limit(BATCH)
    due = session.scalars(query.with_for_update(skip_locked=True)).all()
    if due:
        later = update(WakeUp).where(WakeUp.id.in_([one.id for one in due])).values(look_at=now + LOST_AFTER)
        session.execute(later.execution_options(synchronize_session=False))
    for one in due:
        _defer(one.kind, one.practice_id, one.id)
    return len(due)


def _defer(kind: str, practice_id: int, row_id: UUID) -> None:
    # One waiting job is enough, however often the row is found due before a worker comes to it.
    jobs.defer(JOBS[kind], merge=f"{kind}:{row_id}", practice_id=practice_id, row_id=str(row_id))
