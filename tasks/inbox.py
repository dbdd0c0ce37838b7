"""Lists of tasks: mine, and the queues I may work. Read from partial indexes of open tasks, paged by keyset."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.cases import Case
from store.errors import Invalid
from store.once import once
from tasks import gate
from tasks.models import COMPLETED, OPEN, Task

MINE, QUEUES, CLINICAL, OVERDUE, DONE = "mine", "queues", "clinical", "overdue", "done"
VIEWS = (QUEUES, MINE, CLINICAL, OVERDUE, DONE)
COUNT_LIMIT = 1000
"""Counts are exact below this; above, the page says 999+."""


class BadCursor(Invalid):
    """A page cursor that this list did not hand out."""

    code = "page.cursor"
    message = "This place in the list cannot be found. Start again at its first page, without `after`."


@dataclass(frozen=True)
class Filter:
    """What to list. queue: group key; due_before: only tasks due by then; after: cursor of the page before."""

    view: str = QUEUES
    practice_id: int | None = None
    queue: str | None = None
    due_before: datetime | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True)
class Row:
    """A task with its case."""

    task: Task
    case: Case | None


@dataclass(frozen=True)
class Page:
    """One page. next: the cursor for the page after it, or None."""

    rows: tuple[Row, ...]
    next: str | None


def listing(session: Session, viewer: Viewer, wanted: Filter, *, now: datetime) -> Page:
    """A page of tasks: the most urgent first, by due time and id. Raises BadCursor."""
    query = _select(session, viewer, wanted, now=now)
    order = (Task.completed_at.desc(), Task.id.desc()) if wanted.view == DONE else (Task.due_at, Task.id)
    if wanted.after is not None and wanted.view != DONE:
        query = query.where(tuple_(Task.due_at, Task.id) > tuple_(*_read_cursor(wanted.after)))
    found = [Row(one[0], one[1]) for one in session.execute(query.order_by(*order).limit(wanted.limit + 1))]
    rows = tuple(found[: wanted.limit])
    more = len(found) > wanted.limit and wanted.view != DONE
    return Page(rows, _cursor(rows[-1].task) if more else None)


def counts(session: Session, viewer: Viewer, *, now: datetime) -> dict[str, int]:
    """How many tasks each view holds, each up to COUNT_LIMIT; one query."""
    parts = [
        select(func.count())
        .select_from(
            _select(session, viewer, Filter(view), now=now).with_only_columns(Task.id).limit(COUNT_LIMIT).subquery()
        )
        .scalar_subquery()
        .label(view)
        for view in VIEWS
    ]
    return dict(session.execute(select(*parts)).mappings().one())


def queue_counts(session: Session, viewer: Viewer, *, now: datetime) -> Sequence[tuple[str, int]]:
    """The open tasks of each of the viewer's queues."""
    query = (
        _select(session, viewer, Filter(QUEUES), now=now)
        .with_only_columns(Task.group_key, func.count())
        .group_by(Task.group_key)
        .order_by(Task.group_key)
    )
    return [(group or "unstaffed", count) for group, count in session.execute(query)]


def find(session: Session, task_id: UUID) -> Row | None:
    """A task of the practices in view, with its case."""
    found = session.execute(_with_case().where(Task.id == task_id)).first()
    return None if found is None else Row(found[0], found[1])


def of_case(session: Session, case: Case) -> Sequence[Task]:
    """All tasks of a case, newest first."""
    return session.scalars(select(Task).where(Task.case_id == case.id).order_by(Task.id.desc())).all()


def _with_case() -> Select[Task, Case]:
    return select(Task, Case).outerjoin(Case, and_(Case.practice_id == Task.practice_id, Case.id == Task.case_id))


def _select(session: Session, viewer: Viewer, wanted: Filter, *, now: datetime) -> Select[Task, Case]:
    query = _with_case().where(_in_view(session, viewer, wanted.view, now))
    if wanted.practice_id is not None:
        query = query.where(Task.practice_id == wanted.practice_id)
    if wanted.queue is not None:
        query = query.where(Task.group_key == wanted.queue)
    if wanted.due_before is not None:
        query = query.where(Task.due_at <= wanted.due_before)
    return query


def _in_view(session: Session, viewer: Viewer, view: str, now: datetime) -> ColumnElement[bool]:
    mine = and_(Task.status == OPEN, Task.assignee_id == viewer.person_id)
    if view == MINE:
        return mine
    if view == DONE:
        since = now - timedelta(hours=24)
        return and_(Task.status == COMPLETED, Task.completed_by == viewer.person_id, Task.completed_at >= since)
    clinical = _signable(session, viewer, now)
    if view == CLINICAL:
        return and_(Task.status == OPEN, clinical)
    ordinary = and_(Task.decision_type.is_(None), Task.group_key.in_(viewer.groups or {""}))
    workable = and_(Task.status == OPEN, or_(ordinary, clinical), _not_excluded(viewer))
    return and_(workable, Task.due_at < now) if view == OVERDUE else workable


def _signable(session: Session, viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """Clinical tasks that the register lets this person sign: never wider than the predicate's own filter."""
    # Every view and count of a page needs the same answer.
    question = ("signable", viewer.person_id, viewer.practices, now)
    able = once(session, question, lambda: gate.signable(session, viewer, now=now))
    if not able:
        return false()
    return or_(
        *(
            and_(
                Task.practice_id == practice_id,
                Task.decision_type == decision_type,
                true() if state is None else Task.state_code == state,
            )
            for practice_id, decision_type, state in sorted(able, key=str)
        )
    )


def _not_excluded(viewer: Viewer) -> ColumnElement[bool]:
    held: ColumnElement[bool] = Task.exclusions.has_key(str(viewer.person_id))
    return ~held


def _cursor(task: Task) -> str:
    return base64.urlsafe_b64encode(json.dumps([task.due_at.isoformat(), str(task.id)]).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, UUID]:
    try:
        due_at, task_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return datetime.fromisoformat(due_at).astimezone(UTC), UUID(task_id)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BadCursor() from error
