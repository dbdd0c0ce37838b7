"""What would happen? An operation is done to a copy, compared, held against the rules, and thrown away."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from store import canonical
from store.transaction import reading, transaction
from workflows import instances, service_tasks
from workflows.instances import Held, ProcessInstance
from workflows.operations import picture, rules
from workflows.operations.kinds import Cancel, Migrate, Operation, Resume, SetVariables, Suspend
from workflows.operations.performing import element_of, perform
from workflows.operations.picture import Difference, Picture
from workflows.operations.rules import After, Before, OperationRefused
from workflows.runtime import Run
from workflows.runtime.run import load


@dataclass(frozen=True)
class Preview:
    """What an operation would do.

    digest:   of the state it rests on and of the operation; `apply` refuses when either is another.
    warnings: sentences: what else will happen, and what cannot be told before.
    """

    operation: Operation
    digest: str
    before: Picture = field(repr=False)
    after: Picture = field(repr=False)
    difference: Difference = field(repr=False)
    element_id: str | None
    warnings: tuple[str, ...]


def plan(session: Session, instance_id: UUID, operation: Operation, *, now: datetime) -> Preview:
    """The preview of an operation. Nothing is kept. Raises what `apply` would refuse with."""
    row = instances.find(session, instance_id)
    if row.ended_at is not None:
        raise instances.InstanceEndedAlready()
    copy = load(session, Held(row), by=None, now=now)
    element = element_of(copy, operation.task_id) if _stands_at(copy, operation) else None
    before = of(copy)
    perform(copy, operation)
    after = of(copy, operation)
    require_proven(Before(before, operation), After(after), on=f"instance/{row.id}")
    return Preview(
        operation=operation,
        digest=digest(row, operation),
        before=before,
        after=after,
        difference=picture.compare(before, after),
        element_id=element.id if element is not None else None,
        warnings=tuple(_warnings(operation, before, after)),
    )


def preview(instance_id: UUID, operation: Operation, *, by: UUID, now: datetime) -> Preview:
    """The same in a reading block of its own. A refusal on clinical grounds leaves an audit entry."""
    try:
        with reading() as session:
            return plan(session, instance_id, operation, now=now)
    except OperationRefused as refused:
        refused.by = by
        with transaction():  # Raised in one, so that it leaves its entry.
            raise


def of(run: Run, operation: Operation | None = None) -> Picture:
    """The picture of a run, after an operation."""
    suspended = run.row.suspended_at is not None
    if isinstance(operation, Suspend | Resume):
        suspended = isinstance(operation, Suspend)
    return picture.take(run.execution, run.definition.version, is_suspended=suspended)


def require_proven(before: Before, after: After, *, on: str, by: UUID | None = None) -> None:
    """Hold a result against every rule. Raises OperationRefused, which leaves an audit entry."""
    found = rules.refusal(before, after)
    if found is not None:
        facts = {"rule": found.rule, "operation": before.operation.kind, "element": found.element_id, **found.facts}
        raise OperationRefused(by=by, on=on, audit_facts=facts, reason=found.reason)


def digest(row: ProcessInstance, operation: Operation) -> str:
    """The fingerprint of an instance as it is stored, and of what is to be done to it."""
    state: Any = [
        str(row.id), str(row.definition_id), row.version, hashlib.sha256(row.state).hexdigest(),
        row.suspended_at.isoformat() if row.suspended_at else None, operation.canonical,
    ]  # fmt: skip
    return hashlib.sha256(canonical.dumps(state)).hexdigest()


def _stands_at(run: Run, operation: Operation) -> bool:
    """Whether the operation names a token; a rewind names a step of the past."""
    return any(one.id == operation.task_id for one in run.execution.tokens())


def _warnings(operation: Operation, before: Picture, after: Picture) -> list[str]:
    found = []
    if not isinstance(operation, Suspend | Cancel | SetVariables) or isinstance(operation, Resume | Migrate):
        found += _calls(before, after)
    if isinstance(operation, Suspend):
        found.append("Timers stay due and messages are kept until the instance is resumed.")
    if isinstance(operation, Cancel):
        found.append("This cannot be undone. Everything that is open is withdrawn.")
    found += [
        f"The decision {one} becomes void and has to be signed again."
        for one in sorted(set(before.decisions) - set(after.decisions))
    ]
    if after.status == "stopped" and before.status != "stopped":
        found.append("The instance would stop at once; the step that stops is named below.")
    return found


def _calls(before: Picture, after: Picture) -> list[str]:
    found = []
    for task_id, element_id in after.calls.items():
        element = after.element(element_id)
        if task_id in before.calls or element is None or element.operator is None:
            continue
        operator = service_tasks.find(element.operator.id)
        if operator is not None and operator.local:
            found.append(f"“{element.name or element.id}” runs at once; what comes after it is not shown here.")
        else:
            found.append(f"“{element.name or element.id}” is called by a worker after this.")
    return found
