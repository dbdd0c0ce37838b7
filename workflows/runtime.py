"""The verbs of a process instance: start, complete a user task, deliver a message, fire timers, cancel.

Each runs inside its caller's transaction: lock the instance, load the state, change, run the engine to rest, save, and
announce. The engine never does input or output; local service tasks run here, between two steps of the engine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store import ids
from store.errors import Conflict
from store.transaction import require_transaction
from workflows import definitions, instances, messages, service_tasks, timers
from workflows.deciding import Host
from workflows.definitions import Definition
from workflows.engine import (
    EngineFault,
    EngineIncident,
    Execution,
    WaitingMessage,
    WaitingServiceCall,
    WaitingUserTask,
)
from workflows.events import (
    Event,
    IncidentOpened,
    InstanceEnded,
    InstanceRef,
    Listener,
    StepTaken,
    UserTaskOpened,
    UserTaskWithdrawn,
)
from workflows.instances import Incident, InstanceStep, MessageSubscription, ProcessInstance
from workflows.passage import SignedDecision

MAX_ROUNDS = 500
"""How often one verb may go from the engine to local service tasks and back before it counts as an endless loop."""

_listeners: list[Listener] = []
_zone_of: list[Callable[[Session, int], tzinfo]] = []


class UserTaskNotWaiting(Conflict):
    """The user task was completed or withdrawn meanwhile."""

    code = "task.not_waiting"
    message = "This task is no longer open. Reload to see what happened; your text is kept as a draft."


class EndlessModel(RuntimeError):
    """A model went round local service tasks without end; the verb was rolled back."""


def listen(listeners: Sequence[Listener]) -> None:
    """Set who hears the runtime's events, in this order. Called once by the composition root."""
    _listeners[:] = listeners


def keep_time_by(zone_of: Callable[[Session, int], tzinfo]) -> None:
    """Set what knows in which zone a practice's days begin and end. Called once by the composition root."""
    _zone_of[:] = [zone_of]


def _zone(session: Session, practice_id: int) -> tzinfo:
    return _zone_of[0](session, practice_id) if _zone_of else UTC


@dataclass
class _Run:
    """One verb at work on one instance."""

    session: Session
    row: ProcessInstance
    definition: Definition
    host: Host
    execution: Execution
    now: datetime
    known_tasks: frozenset[UUID] = frozenset()
    is_new: bool = False


def start(
    process_key: str, variables: Mapping[str, Any], *, practice_id: int, subject_id: UUID | None, now: datetime
) -> UUID:
    """Start the newest version of a process. Returns the instance id; the first tasks are open when it returns."""
    session = require_transaction()
    definition = definitions.current(session, process_key)
    row = ProcessInstance(
        practice_id=practice_id,
        id=ids.new(),
        definition_id=definition.id,
        process_key=process_key,
        subject_id=subject_id,
        started_at=now,
        updated_at=now,
        ended_at=None,
        end_events=[],
    )
    host = Host(definition, now, _zone(session, practice_id))
    execution = Execution.start(definition.process, variables, host=host, now=now)
    _settle(_Run(session, row, definition, host, execution, now, is_new=True))
    return row.id


def complete_user_task(
    instance_id: UUID, engine_task_id: UUID, answers: Mapping[str, Any], signed: SignedDecision | None, *, now: datetime
) -> None:
    """Complete a user task with validated answers.

    A clinical element passes with the SignedDecision of exactly this task and with nothing else; any other
    element takes none. Raises UserTaskNotWaiting when it no longer waits.
    """
    run = _open(instance_id, now)
    task = _waiting_task(run.execution, engine_task_id)
    decision_type = task.properties.get("clinicalDecision")
    if (signed and (signed.decision_type, signed.engine_task_id)) != (
        (decision_type, engine_task_id) if decision_type else None
    ):
        raise TypeError("A clinical element takes the signed decision of its own task; another element takes none.")
    run.execution.complete_user_task(engine_task_id, answers, signed.outcome if signed else None)
    _settle(run, completed=engine_task_id)


def deliver_message(practice_id: int, message: str, payload: Mapping[str, Any], *, now: datetime) -> list[UUID]:
    """Hand a message to the instances of a practice whose correlation key it carries. Returns their ids."""
    session = require_transaction()
    reached = []
    for subscription in messages.find_subscribers(session, practice_id, message, payload, now=now):
        run = _open(subscription.instance_id, now)
        waiting = _waiting_message(run.execution, subscription.engine_task_id)
        if waiting is None:
            continue  # Another message won the instance's row lock first.
        run.execution.deliver_message(message, payload, waiting.id)
        _settle(run)
        reached.append(subscription.instance_id)
    return reached


def deliver_to(instance_id: UUID, message: str, payload: Mapping[str, Any], *, now: datetime) -> bool:
    """Hand a message to one instance: at once when it waits for it, else kept until it does. True: delivered now."""
    run = _open(instance_id, now)
    waiting = next((one for one in run.execution.waiting().messages if one.name == message), None)
    if waiting is None:
        messages.buffer(run.session, run.row, message, payload, now=now)
        return False
    run.execution.deliver_message(message, payload, waiting.id)
    _settle(run)
    return True


def fire_timers(instance_id: UUID, *, now: datetime) -> None:
    """Let everything that is due happen. Quiet when nothing is due any more or the instance has ended."""
    session = require_transaction()
    row = instances.lock(session, instance_id)
    if row.ended_at is not None:
        timers.drop(session, instance_id)
        return
    run = _load(session, row, now)
    run.execution.fire_timers(now)
    _settle(run)


def cancel(instance_id: UUID, *, now: datetime) -> None:
    """End an instance without completing it: its tasks are withdrawn, its timers and messages dropped.

    Nothing is decided by it, so it needs no proof; the caller says why in the case. Quiet when it has ended already.
    """
    session = require_transaction()
    row = instances.lock(session, instance_id)
    if row.ended_at is not None:
        return
    run = _load(session, row, now)
    row.status, row.ended_at, row.updated_at = instances.CANCELLED, now, now
    timers.drop(session, instance_id)
    session.execute(delete(MessageSubscription).where(MessageSubscription.instance_id == instance_id))
    for task_id in run.known_tasks:
        _announce(UserTaskWithdrawn(row.ref, task_id, "", now), run.execution.variables)


def decider(session: Session, instance_id: UUID, *, now: datetime) -> service_tasks.Decide:
    """What answers decisions of the version that an instance is pinned to, for work beside its process.

    Nothing of the process stops at a decision without an answer: an incident is opened and the answer is null, from
    which the caller must not conclude anything.
    """
    row = instances.find(session, instance_id)
    host = Host(definitions.get(session, row.definition_id), now, _zone(session, row.practice_id))

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
    _announce(_incident(session, ref, EngineIncident(fault.kind, element_id, fault.message, fault.facts), now), {})


def look(session: Session, instance_id: UUID, *, now: datetime) -> Execution:
    """The instance as it stands, for reading. Nothing that is done to it is kept."""
    return _load(session, instances.find(session, instance_id), now).execution


def _open(instance_id: UUID, now: datetime) -> _Run:
    session = require_transaction()
    row = instances.lock(session, instance_id)
    if row.ended_at is not None:
        raise instances.InstanceEndedAlready()
    return _load(session, row, now)


def _load(session: Session, row: ProcessInstance, now: datetime) -> _Run:
    definition = definitions.get(session, row.definition_id)
    host = Host(definition, now, _zone(session, row.practice_id))
    execution = Execution.load(definition.process, instances.unseal(row), host=host, now=now)
    known = frozenset(task.id for task in execution.waiting().user_tasks)
    return _Run(session, row, definition, host, execution, now, known)


def _settle(run: _Run, completed: UUID | None = None) -> None:
    """Run local service tasks and kept messages until only the outside world can move the instance, save, announce."""
    for _ in range(MAX_ROUNDS):
        if not (_answer_local_calls(run) or (not run.is_new and _take_kept_message(run))):
            break
    else:
        raise EndlessModel(f"{run.definition.key} v{run.definition.version} does not come to rest.")
    _save(run)
    for event in _news(run, completed):
        _announce(event, run.execution.variables)


def _announce(event: Event, variables: Mapping[str, Any]) -> None:
    for listener in _listeners:
        listener(event, variables)


def _answer_local_calls(run: _Run) -> bool:
    answered = False
    for call in run.execution.waiting().service_calls:
        if not service_tasks.get_operator(call.operator).local:
            continue
        answered = True
        try:
            result = service_tasks.invoke(_call(run, call))
        except service_tasks.BusinessError as error:
            run.execution.throw_error(call.id, error.code, {"code": error.code, "message": error.text})
        except EngineFault as fault:
            run.execution.fail_service_call(call.id, fault)
        else:
            run.execution.finish_service_call(call.id, result)
    return answered


def _call(run: _Run, call: WaitingServiceCall) -> service_tasks.ServiceCall:
    return service_tasks.ServiceCall(
        id=call.id,
        operator=call.operator,
        parameters=call.parameters,
        instance_id=run.row.id,
        practice_id=run.row.practice_id,
        subject_id=run.row.subject_id,
        element_id=call.element_id,
        now=run.host.local,
        decide=partial(run.host.decide, element_id=call.element_id),
    )


def _take_kept_message(run: _Run) -> bool:
    for waiting in run.execution.waiting().messages:
        payload = messages.take_buffered(run.session, run.row, waiting.name)
        if payload is not None:
            run.execution.deliver_message(waiting.name, payload, waiting.id)
            return True
    return False


def _save(run: _Run) -> None:
    row, execution = run.row, run.execution
    row.state = instances.seal(row.practice_id, row.id, execution.dump())
    row.status = execution.status
    row.end_events = list(execution.end_events)
    row.updated_at = run.now
    row.ended_at = run.now if execution.status == instances.COMPLETED else None
    if run.is_new:
        run.session.add(row)
    run.host.keep(run.session, row.ref)
    waiting = execution.waiting()
    timers.plan(run.session, row, waiting.timers, is_new=run.is_new)
    _subscribe(run, waiting.messages)


def _subscribe(run: _Run, waiting: Sequence[WaitingMessage]) -> None:
    wanted = {one.id: one for one in waiting if one.key is not None}
    if not run.is_new:
        known = select(MessageSubscription).where(MessageSubscription.instance_id == run.row.id)
        for subscription in run.session.scalars(known).all():
            if wanted.pop(subscription.engine_task_id, None) is None:
                run.session.execute(delete(MessageSubscription).where(MessageSubscription.id == subscription.id))
    run.session.add_all(
        MessageSubscription(
            id=ids.new(),
            practice_id=run.row.practice_id,
            instance_id=run.row.id,
            definition_id=run.definition.id,
            engine_task_id=one.id,
            element_id=one.element_id,
            message=one.name,
            key_digest=messages.digest(one.name, one.key or ""),
        )
        for one in wanted.values()
    )


def _news(run: _Run, completed: UUID | None) -> list[Event]:
    """What changed, in the order in which listeners should hear it. Writes the rows that belong to the runtime."""
    ref, now = run.row.ref, run.now
    news: list[Event] = []
    for step in run.execution.drain_steps():
        run.session.add(
            InstanceStep(
                practice_id=ref.practice_id,
                id=ids.new(),
                instance_id=ref.id,
                element_id=step.element_id,
                what=step.what,
                at=now,
            )
        )
        if step.what == "completed":
            news.append(StepTaken(ref, step.element_id, step.name or "", step.kind, now))
    open_tasks = {task.id: task for task in run.execution.waiting().user_tasks}
    for gone in run.known_tasks - open_tasks.keys() - {completed}:
        news.append(UserTaskWithdrawn(ref, gone, "", now))
    news += [_opened(run, task) for task_id, task in open_tasks.items() if task_id not in run.known_tasks]
    news += [_incident(run.session, ref, found, now) for found in run.execution.drain_incidents()]
    if run.row.ended_at is not None:
        news.append(InstanceEnded(ref, tuple(run.execution.end_events), now))
    return news


def _opened(run: _Run, task: WaitingUserTask) -> UserTaskOpened:
    return UserTaskOpened(
        run.row.ref, task.id, task.element_id, task.name or task.element_id, task.lane, task.properties, run.now
    )


def _incident(session: Session, ref: InstanceRef, found: EngineIncident, now: datetime) -> IncidentOpened:
    row = Incident(
        practice_id=ref.practice_id,
        id=ids.new(),
        instance_id=ref.id,
        kind=found.kind,
        element_id=found.element_id,
        message=found.message,
        facts=dict(found.facts),
        opened_at=now,
        resolved_at=None,
    )
    session.add(row)
    return IncidentOpened(ref, row.id, row.kind, row.element_id, row.message, now)


def _waiting_task(execution: Execution, engine_task_id: UUID) -> WaitingUserTask:
    for task in execution.waiting().user_tasks:
        if task.id == engine_task_id:
            return task
    raise UserTaskNotWaiting()


def _waiting_message(execution: Execution, engine_task_id: UUID) -> WaitingMessage | None:
    return next((one for one in execution.waiting().messages if one.id == engine_task_id), None)
