"""Doing what was previewed: one transaction, with a reason and a person, and only if nothing moved since.

What comes out is saved only when it loads again and is the same. The instance's row is locked throughout.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from store import audit, rows, sending
from store.errors import Conflict, Invalid
from store.practice import narrow, narrowing
from store.transaction import transaction
from workflows import history, incidents, instances, runtime, service_calls, signals
from workflows.engine import Execution
from workflows.events import InstanceMigrated, UserTaskOpened
from workflows.history import Entry
from workflows.incidents import End
from workflows.instances import MessageSubscription, SignalSubscription, Timer
from workflows.operations import picture, records
from workflows.operations.kinds import Migrate, Operation, Resume, Suspend
from workflows.operations.performing import perform
from workflows.operations.picture import Picture
from workflows.operations.previewing import digest, of, require_proven
from workflows.operations.records import Content, InstanceOperation
from workflows.operations.rules import After, Before
from workflows.runtime import Run
from workflows.runtime.run import announce, load

LONGEST_REASON = 1000


class InstanceMoved(Conflict):
    """The instance is not what the preview rests on, or the operation is another one."""

    code = "operation.moved"
    message = "The instance changed since the preview. Look at the new preview, then decide again."


class ReasonMissing(Invalid):
    """An operator says why, in at most a thousand characters."""

    code = "operation.reason"
    message = "Say in a sentence why this is done; it is kept with the instance."


class ResultUnreadable(Conflict):
    """The state that would be saved does not load again as it is."""

    code = "operation.unreadable"
    message = "The result could not be read again, so nothing was changed. Choose another way."


@dataclass(frozen=True, slots=True)
class Order:
    """An operation that somebody confirmed. digest: of the preview they saw."""

    instance_id: UUID
    operation: Operation
    digest: str
    reason: str
    by: UUID


def apply(order: Order, *, now: datetime) -> InstanceOperation:
    """Do it. Opens its own transaction; the caller's scope says which practices' instances it may touch.

    Raises UnknownInstance, InstanceEndedAlready, InstanceMoved, ReasonMissing, OperationRefused, ResultUnreadable, or
    what the engine refuses; then nothing has changed.
    """
    reason = order.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    with transaction() as session:
        if narrow(sending.ask(session, narrowing("process_instance", order.instance_id))[0]) is None:
            raise instances.UnknownInstance()
        held = instances.hold(session, order.instance_id)
        if held.row.ended_at is not None:
            raise instances.InstanceEndedAlready()
        if digest(held.row, order.operation) != order.digest:
            raise InstanceMoved()
        run = load(session, held, by=order.by, now=now)
        return _carry_out(run, order, reason)


def _carry_out(run: Run, order: Order, reason: str) -> InstanceOperation:
    operation, before = order.operation, of(run)
    open_before = incidents.open_of(run.session, run.row.id)
    token = before.token(operation.task_id)
    perform(run, operation)
    require_proven(Before(before, operation), After(of(run, operation)), on=f"instance/{run.row.id}", by=order.by)
    _settle(run, operation)
    require_loads(run)
    after = of(run, operation)
    end = End(operation.kind, order.by, run.now)
    closed = incidents.close_gone(open_before, run.execution, end, operation.task_id)
    done = {
        "kind": operation.kind,
        "element_id": token.element_id if token is not None else None,
        "facts": {**operation.facts, "incidents": [str(one.id) for one in closed]},
        "by": order.by,
    }
    row = records.write(run.session, run.row.ref, done, _content(reason, before, after), at=run.now)
    facts = {"operation": row.id, "kind": operation.kind, "element": row.element_id, "preview": order.digest}
    audit.record("instance:operated", by=order.by, on=f"instance/{run.row.id}", facts=facts)
    return row


def require_loads(run: Run) -> None:
    """The saved state, loaded again, is the state. Raises ResultUnreadable."""
    blob = run.execution.dump()
    try:
        again = Execution.load(run.definition.process, blob, host=run.host, now=run.now)
        same = again.dump() == blob and again.tokens() == run.execution.tokens()
    except Exception as error:
        raise ResultUnreadable() from error
    if not same or again.status != run.execution.status:
        raise ResultUnreadable()


def _settle(run: Run, operation: Operation) -> None:
    if run.row.suspended_at is not None and not isinstance(operation, Resume):
        run.held = replace(run.held, kept=frozenset())  # Messages stay kept until it is resumed.
    _SETTLING.get(type(operation), _settle_moved)(run, operation)


def _settle_moved(run: Run, operation: Operation) -> None:
    runtime.settle(run, note=operation.kind)


def _settle_suspended(run: Run, operation: Suspend) -> None:
    rows.update(run.session, run.row, suspended_at=run.now, updated_at=run.now)
    history.write(run.session, run.row.ref, [Entry(operation.kind)], by=run.by, at=run.now)


def _settle_resumed(run: Run, operation: Resume) -> None:
    rows.update(run.session, run.row, suspended_at=None)
    runtime.settle(run, note=operation.kind)
    signals.release(run.session, run.row.id, now=run.now)
    service_calls.wake_instance(run.session, run.row.id, run.now)


def _settle_migrated(run: Run, operation: Migrate) -> None:
    """What the instance waits for is written down anew, because it belongs to the new version."""
    session, instance_id = run.session, run.row.id
    session.execute(delete(Timer).where(Timer.instance_id == instance_id))
    session.execute(delete(MessageSubscription).where(MessageSubscription.instance_id == instance_id))
    session.execute(delete(SignalSubscription).where(SignalSubscription.instance_id == instance_id))
    run.held = replace(run.held, timers=(), subscriptions=(), signals=())
    rows.update(session, run.row, definition_id=run.definition.id)
    announce(_migrated(run), run.execution.variables)
    runtime.settle(run, note=operation.kind)


def _migrated(run: Run) -> InstanceMigrated:
    waiting, ref = run.execution.waiting(), run.row.ref
    tasks = tuple(
        UserTaskOpened(ref, one.id, one.element_id, one.name or one.element_id, one.lane, one.properties, run.now)
        for one in waiting.user_tasks
        if one.id in run.tasks
    )
    calls = {one.id: one.element_id for one in waiting.service_calls if one.id in run.calls}
    return InstanceMigrated(ref, tasks, calls, run.now)


_SETTLING: dict[type[Operation], Callable[[Run, object], None]] = {
    Suspend: _settle_suspended,  # type: ignore[dict-item]
    Resume: _settle_resumed,  # type: ignore[dict-item]
    Migrate: _settle_migrated,  # type: ignore[dict-item]
}


def _content(reason: str, before: Picture, after: Picture) -> Content:
    changes = picture.compare(before, after).variables
    return Content(
        reason,
        {one.name: one.before for one in changes if one.had},
        {one.name: one.after for one in changes if one.has},
    )
