"""The verbs: start, complete a user task, deliver a message, fire timers, answer a service task, cancel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from store import crypto, ids, rows, sending
from store.errors import Conflict
from store.transaction import require_transaction
from workflows import definitions, history, instances, messages, service_tasks, timers
from workflows.definitions import Definition
from workflows.engine import EngineFault, EngineIncident, Execution, WaitingUserTask
from workflows.events import InstanceRef, ServiceCallWithdrawn, UserTaskWithdrawn
from workflows.history import Entry
from workflows.instances import Held, MessageSubscription, ProcessInstance, SignalSubscription
from workflows.passage import SignedDecision
from workflows.runtime.run import Run, announce, host_of, load, open_held, open_run
from workflows.runtime.settling import report as write_incident
from workflows.runtime.settling import settle

Actor = UUID | str | None
SERVICE = "service"
"""Who acts when a service task is answered."""


@dataclass(frozen=True)
class Begun:
    """What starts a process: the event that happened. kind: "timer", "message" or "signal"; name: of the latter two."""

    element_id: str
    kind: str
    name: str = ""
    payload: Any = None

    def happen(self, execution: Execution) -> None:
        """Hand what was sent to the start event, which waits for it."""
        waiting = execution.waiting()
        deliver = execution.deliver_message if self.kind == "message" else execution.deliver_signal
        places = [(one.element_id, one.name, one.id) for one in waiting.messages]
        places += [(one.element_id, one.name, one.id) for one in waiting.signals]
        for element_id, name, task_id in places:
            if (element_id, name) == (self.element_id, self.name):
                deliver(name, self.payload, task_id)
                return


class UserTaskNotWaiting(Conflict):
    """The user task was completed or withdrawn meanwhile."""

    code = "task.not_waiting"
    message = "This task is no longer open. Reload to see what happened; your text is kept as a draft."


@dataclass(frozen=True)
class About:
    """Whose instance it is. subject_id: the id of what it is about, e.g. a case."""

    practice_id: int
    subject_id: UUID | None = None


def start(process_key: str, variables: Mapping[str, Any], about: About, *, now: datetime, by: Actor = None) -> UUID:
    """Start the newest version of a process. Returns the instance id; the first tasks are open when it returns."""
    return _start(process_key, _New(variables, about, by), now)


def begin(process_key: str, begun: Begun, *, practice_id: int, now: datetime, by: Actor = None) -> UUID:
    """Start the newest version of a process at the start event that happened. Returns the id. Raises StartUnknown."""
    return _start(process_key, _New({}, About(practice_id), by, begun), now)


@dataclass(frozen=True)
class _New:
    """An instance that is to be started. begun: None for the plain start event."""

    variables: Mapping[str, Any]
    about: About
    by: Actor
    begun: Begun | None = None


def _start(process_key: str, new: _New, now: datetime) -> UUID:
    session = require_transaction()
    definition = _read_for_start(session, process_key, new.about)
    row = rows.record_of(
        ProcessInstance,
        practice_id=new.about.practice_id,
        id=ids.new(),
        definition_id=definition.id,
        process_key=process_key,
        subject_id=new.about.subject_id,
        started_at=now,
        updated_at=now,
    )
    host = host_of(session, definition, new.about.practice_id, now)
    begin_at = new.begun.element_id if new.begun is not None else None
    execution = Execution.start(definition.process, new.variables, host=host, now=now, begin_at=begin_at)
    if new.begun is not None:
        new.begun.happen(execution)
    settle(Run(session, Held(row), definition, host, execution, new.by, now, is_new=True))
    return row.id


def _read_for_start(session: Session, process_key: str, about: About) -> Definition:
    """The version to start, with what the engine and the listeners will need, in one round trip."""
    version, key, *company = sending.ask(
        session,
        definitions.newest_question(process_key),
        crypto.key_question(about.practice_id),
        *instances.company_of(about.practice_id, about.subject_id),
    )
    crypto.take_keys(session, about.practice_id, key)
    instances.take_company(session, company)
    return definitions.take_newest(session, process_key, version)


def complete(run: Run, engine_task_id: UUID, answers: Mapping[str, Any], signed: SignedDecision | None) -> None:
    """Complete a user task of an open instance with validated answers.

    A clinical element passes with the SignedDecision of exactly this task and with nothing else; any other
    element takes none. Raises UserTaskNotWaiting when it no longer waits.
    """
    task = waiting_task(run, engine_task_id)
    decision_type = task.properties.get("clinicalDecision")
    if (signed and (signed.decision_type, signed.engine_task_id)) != (
        (decision_type, engine_task_id) if decision_type else None
    ):
        raise TypeError("A clinical element takes the signed decision of its own task; another element takes none.")
    run.execution.complete_user_task(engine_task_id, answers, signed.outcome if signed else None)
    settle(run, completed=engine_task_id)


def waiting_task(run: Run, engine_task_id: UUID) -> WaitingUserTask:
    """The user task that waits under this id. Raises UserTaskNotWaiting."""
    for task in run.execution.waiting().user_tasks:
        if task.id == engine_task_id:
            return task
    raise UserTaskNotWaiting()


def fire_timers(instance_id: UUID, *, now: datetime) -> bool:
    """Let everything happen that is due, in the order in which it was due. False when nothing is due any more.

    Those of a suspended instance are parked: they stay due, and its resume fires them.
    """
    session = require_transaction()
    held = instances.hold(session, instance_id)
    if held.row.ended_at is not None:
        timers.drop(session, instance_id)
        return False
    if held.row.suspended_at is not None:
        timers.park(session, instance_id)
        return False
    if not any(one.due_at <= now for one in held.timers):
        return False
    run = open_held(session, held, by="clock", now=now)
    run.execution.fire_timers(now)
    settle(run)
    return True


def finish_service_call(instance_id: UUID, call_id: UUID, result: Any, *, now: datetime) -> None:
    """Answer a service task that waits. Raises ServiceCallNotWaiting, InstanceEndedAlready."""
    run = open_run(instance_id, by=SERVICE, now=now)
    run.execution.finish_service_call(call_id, result)
    settle(run)


def throw_service_error(
    instance_id: UUID, call_id: UUID, code: str, payload: Mapping[str, Any], *, now: datetime
) -> None:
    """Answer a service task with a BPMN error; uncaught, it stops there. Raises ServiceCallNotWaiting."""
    run = open_run(instance_id, by=SERVICE, now=now)
    run.execution.throw_error(call_id, code, payload)
    settle(run)


def fail_service_call(instance_id: UUID, call_id: UUID, fault: EngineFault, *, now: datetime) -> None:
    """Stop at a service task that cannot be answered. Raises ServiceCallNotWaiting."""
    run = open_run(instance_id, by=SERVICE, now=now)
    run.execution.fail_service_call(call_id, fault)
    settle(run)


def cancel(instance_id: UUID, *, now: datetime, by: Actor = None) -> None:
    """End an instance without completing it: its tasks are withdrawn, its timers and messages dropped.

    Nothing is decided by it, so it needs no proof; the caller says why in the case. Quiet when it has ended already.
    """
    session = require_transaction()
    held = instances.hold(session, instance_id)
    if held.row.ended_at is not None:
        return
    run = load(session, held, by=by, now=now)
    rows.update(session, held.row, status=instances.CANCELLED, ended_at=now, updated_at=now)
    timers.drop(session, instance_id)
    rows.delete(session, MessageSubscription, instance_id=instance_id)
    rows.delete(session, SignalSubscription, instance_id=instance_id)
    messages.instance_ended(session, held.row, now=now)
    history.write(session, held.row.ref, [Entry(history.CANCELED)], by=by, at=now)
    variables = run.execution.variables
    for task_id in sorted(run.tasks):
        announce(UserTaskWithdrawn(held.row.ref, task_id, "", now), variables)
    for call_id in sorted(run.calls):
        announce(ServiceCallWithdrawn(held.row.ref, call_id, now), variables)


def decider(session: Session, instance_id: UUID, *, now: datetime) -> service_tasks.Decide:
    """What answers decisions of the version that an instance is pinned to, for work beside its process.

    Nothing of the process stops at a decision without an answer: an incident is opened and the answer is null, from
    which the caller must not conclude anything.
    """
    row = instances.find(session, instance_id)
    host = host_of(session, definitions.get(session, row.definition_id), row.practice_id, now)

    def ask(decision_id: str, context: Mapping[str, Any]) -> Any:
        try:
            return host.decide(decision_id, context, None)
        except EngineFault as fault:
            report(session, row.ref, None, fault, now=now)
            return None
        finally:
            host.keep(session, row.ref)

    return ask


def report(session: Session, ref: InstanceRef, element_id: str | None, fault: EngineFault, *, now: datetime) -> None:
    """Open an incident for what went wrong beside the engine, such as a due time without a value. Nothing stops."""
    found = EngineIncident(fault.kind, element_id, fault.message, fault.facts)
    announce(write_incident(session, ref, found, now), {})


def look(session: Session, instance_id: UUID, *, now: datetime) -> Execution:
    """The instance as it stands, for reading. Nothing that is done to it is kept."""
    row = instances.find(session, instance_id)
    return load(session, Held(row), by=None, now=now).execution
