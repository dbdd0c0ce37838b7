"""One verb at work on one instance: locked, loaded, changed in memory, not yet saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from store.transaction import require_transaction
from workflows import definitions, instances
from workflows.deciding import Host
from workflows.definitions import Definition
from workflows.engine import Business, Execution, weekdays_after
from workflows.events import Event, Listener
from workflows.feel import Value
from workflows.instances import Held, ProcessInstance

_listeners: list[Listener] = []
_zone_of: list[Callable[[Session, int], tzinfo]] = []
_business_of: list[Callable[[Session, int], Business]] = []


def listen(listeners: Sequence[Listener]) -> None:
    """Set who hears the runtime's events, in this order. Called once by the composition root."""
    _listeners[:] = listeners


def keep_time_by(
    zone_of: Callable[[Session, int], tzinfo], business_of: Callable[[Session, int], Business] | None = None
) -> None:
    """Set what knows in which zone a practice's days begin and end, and which of them are business days.

    Called once by the composition root.
    """
    _zone_of[:] = [zone_of]
    _business_of[:] = [business_of] if business_of is not None else []


def zone(session: Session, practice_id: int) -> tzinfo:
    """Where a practice's days begin and end."""
    return _zone_of[0](session, practice_id) if _zone_of else UTC


def host_of(session: Session, definition: Definition, practice_id: int, now: datetime) -> Host:
    """What answers an instance of a version in a practice."""
    business = _business_of[0](session, practice_id) if _business_of else weekdays_after
    return Host(definition, now, zone(session, practice_id), business=business)


def announce(event: Event, variables: Mapping[str, Any]) -> None:
    """Tell every listener, in their order."""
    for listener in _listeners:
        listener(event, variables)


@dataclass
class Run:
    """What a verb holds.

    held:  the instance's row and what stands beside it, as read under the lock; for a new instance the row alone.
    by:    person id or the name of a machine actor, for the history.
    tasks, calls: what the instance waited for before the verb; before: its variables then.
    """

    session: Session
    held: Held
    definition: Definition
    host: Host
    execution: Execution
    by: UUID | str | None
    now: datetime
    is_new: bool = False
    tasks: frozenset[UUID] = frozenset()
    calls: frozenset[UUID] = frozenset()
    before: Mapping[str, Value] = field(default_factory=dict)

    @property
    def row(self) -> ProcessInstance:
        """The instance's row."""
        return self.held.row


def open_run(instance_id: UUID, *, by: UUID | str | None, now: datetime) -> Run:
    """Lock and load a running instance. Raises UnknownInstance, InstanceEndedAlready, InstanceSuspended."""
    session = require_transaction()
    return open_held(session, instances.hold(session, instance_id), by=by, now=now)


def open_held(session: Session, held: Held, *, by: UUID | str | None, now: datetime) -> Run:
    """Load an instance that is locked already. Raises InstanceEndedAlready, InstanceSuspended."""
    if held.row.ended_at is not None:
        raise instances.InstanceEndedAlready()
    if held.row.suspended_at is not None:
        raise instances.InstanceSuspended()
    return load(session, held, by=by, now=now)


def load(session: Session, held: Held, *, by: UUID | str | None, now: datetime) -> Run:
    """An instance in memory as it was saved."""
    row = held.row
    definition = definitions.get(session, row.definition_id)
    host = host_of(session, definition, row.practice_id, now)
    execution = Execution.load(definition.process, instances.unseal(row), host=host, now=now)
    waiting = execution.waiting()
    return Run(
        session,
        held,
        definition,
        host,
        execution,
        by,
        now,
        tasks=frozenset(one.id for one in waiting.user_tasks),
        calls=frozenset(one.id for one in waiting.service_calls),
        before=execution.variables,
    )
