"""Half-written answers: saved as they are, shown to their writer only, never a decision."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store import crypto, rows
from store.errors import Invalid
from store.transaction import require_transaction
from tasks.models import Task, TaskDraft

MAX_BYTES = 200_000


class DraftTooLarge(Invalid):
    """More text than a draft may hold."""

    code = "draft.too_large"
    message = "This draft is too long to keep. Attach long text as a document instead."


def save(task: Task, person_id: UUID, values: Mapping[str, Any], *, now: datetime) -> None:
    """Keep a person's draft of a task, ignoring validation."""
    data = json.dumps(dict(values)).encode()
    if len(data) > MAX_BYTES:
        raise DraftTooLarge()
    sealed = crypto.seal(data, **_place(task, person_id))
    row = {"practice_id": task.practice_id, "task_id": task.id, "person_id": person_id}
    statement = insert(TaskDraft).values(**row, values=sealed, saved_at=now)
    require_transaction().execute(
        statement.on_conflict_do_update(index_elements=list(row), set_={"values": sealed, "saved_at": now})
    )


def find(session: Session, task: Task, person_id: UUID) -> tuple[dict[str, Any], datetime] | None:
    """A person's own draft of a task and when it was saved."""
    row = session.get(TaskDraft, (task.practice_id, task.id, person_id))
    if row is None:
        return None
    values: dict[str, Any] = json.loads(crypto.unseal(row.values, **_place(task, person_id)))
    return values, row.saved_at


def drop(task: Task, person_id: UUID) -> None:
    """Forget a person's draft, once the task is completed."""
    rows.delete(require_transaction(), TaskDraft, practice_id=task.practice_id, task_id=task.id, person_id=person_id)


def _place(task: Task, person_id: UUID) -> dict[str, Any]:
    return {
        "practice_id": task.practice_id,
        "table": "task_draft",
        "column": "values",
        "row_id": f"{task.id}/{person_id}",
    }
