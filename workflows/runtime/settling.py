"""Bringing a verb to its end: run what needs only our database, save, and tell what happened.

The engine never does input or output; local service tasks run here, between two steps of the engine.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from store import ids, rows
from workflows import history, incidents, instances, local_calls, messages, service_tasks, signals, timers
from workflows.engine import EngineFault, EngineIncident, WaitingServiceCall, WaitingUserTask, same
from workflows.events import (
    Event,
    IncidentOpened,
    InstanceEnded,
    InstanceRef,
    MessageThrown,
    ServiceCallRequested,
    ServiceCallWithdrawn,
    SignalThrown,
    StepTaken,
    UserTaskOpened,
    UserTaskWithdrawn,
)
from workflows.feel import Value
from workflows.history import Changes, Entry
from workflows.instances import Incident
from workflows.runtime.run import Run, announce

MAX_ROUNDS = 500
"""How often one verb may go from the engine to local service tasks and back before it counts as an endless loop."""


class EndlessModel(RuntimeError):
    """A model went round local service tasks without end; the verb was rolled back."""


def settle(run: Run, *, completed: UUID | None = None, note: str | None = None) -> None:
    """Run local service tasks and kept messages until only the outside world can move the instance, save, announce.

    completed: the user task that the verb completed, which is therefore not withdrawn. note: a line of the history
    about the verb itself.
    """
    for _ in range(MAX_ROUNDS):
        if not (_answer_local_calls(run) or _take_kept_message(run)):
            break
    else:
        raise EndlessModel(f"{run.definition.key} v{run.definition.version} does not come to rest.")
    was_stopped = not run.is_new and run.row.status == instances.STOPPED
    _save(run)
    variables = run.execution.variables
    for event in _news(run, completed, note, variables):
        announce(event, variables)
    if was_stopped:
        end = incidents.End(incidents.PASSED, None, run.now)
        incidents.close_gone(incidents.open_of(run.session, run.row.id), run.execution, end)


def report(session: Session, ref: InstanceRef, found: EngineIncident, now: datetime) -> IncidentOpened:
    """Write an incident; what listeners hear of it."""
    row = rows.record_of(
        Incident,
        practice_id=ref.practice_id,
        id=ids.new(),
        instance_id=ref.id,
        kind=found.kind,
        element_id=found.element_id,
        message=found.message,
        facts=dict(found.facts),
        opened_at=now,
    )
    rows.insert(session, row)
    return IncidentOpened(ref, row.id, row.kind, row.element_id, row.message, now)


def _answer_local_calls(run: Run) -> bool:
    answered = False
    for call in run.execution.waiting().service_calls:
        operator = service_tasks.find(call.operator)
        if operator is None or not operator.local:
            continue
        answered = True
        try:
            result = local_calls.invoke(_call(run, call), may_refuse=run.by is None or isinstance(run.by, UUID))
        except service_tasks.BusinessError as error:
            run.execution.throw_error(call.id, error.code, {"code": error.code, "message": error.text})
        except EngineFault as fault:
            run.execution.fail_service_call(call.id, fault)
        else:
            run.execution.finish_service_call(call.id, result)
    return answered


def _call(run: Run, call: WaitingServiceCall) -> service_tasks.ServiceCall:
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


def _take_kept_message(run: Run) -> bool:
    for waiting in run.execution.waiting().messages:
        if waiting.name not in run.held.kept:
            continue
        payload = messages.take_buffered(run.session, run.row, waiting.name, now=run.now)
        if payload is not None:
            run.execution.deliver_message(waiting.name, payload, waiting.id)
            return True
    return False


def _save(run: Run) -> None:
    row, execution = run.row, run.execution
    state = {
        "state": instances.seal(row.practice_id, row.id, execution.dump()),
        "status": execution.status,
        "end_events": list(execution.end_events),
        "updated_at": run.now,
        "ended_at": run.now if execution.status in instances.ENDED else None,
    }
    if run.is_new:
        row.__dict__.update(state, version=1)
        rows.insert(run.session, row)
    else:
        rows.update(run.session, row, **state)
    run.host.keep(run.session, row.ref)
    waiting = execution.waiting()
    timers.plan(run.session, row, waiting.timers, run.held.timers)
    messages.subscribe(run.session, row, waiting.messages, run.held.subscriptions)
    signals.subscribe(run.session, row, waiting.signals, run.held.signals)
    if row.ended_at is not None and run.held.kept:
        messages.instance_ended(run.session, row, now=run.now)


def _news(run: Run, completed: UUID | None, note: str | None, variables: Mapping[str, Value]) -> list[Event]:
    """What changed, in the order in which listeners should hear it. Writes the rows that belong to the runtime."""
    ref, now = run.row.ref, run.now
    steps = run.execution.drain_steps()
    _write_history(run, history.entries(steps), note, variables)
    news: list[Event] = [
        StepTaken(ref, step.element_id, step.name or "", step.kind, now) for step in steps if step.what == "completed"
    ]
    waiting = run.execution.waiting()
    open_tasks = {task.id: task for task in waiting.user_tasks}
    calls = {call.id: call for call in waiting.service_calls}
    news += [UserTaskWithdrawn(ref, gone, "", now) for gone in sorted(run.tasks - open_tasks.keys() - {completed})]
    news += [ServiceCallWithdrawn(ref, gone, now) for gone in sorted(run.calls - calls.keys())]
    news += [_opened(run, task) for task_id, task in open_tasks.items() if task_id not in run.tasks]
    news += [_requested(run, call) for call_id, call in calls.items() if call_id not in run.calls]
    news += [
        MessageThrown(ref, one.element_id, one.name, one.payload, one.key, now)
        for one in run.execution.drain_messages()
    ]
    news += [SignalThrown(ref, one.element_id, one.name, one.payload, now) for one in run.execution.drain_signals()]
    news += [report(run.session, ref, found, now) for found in run.execution.drain_incidents()]
    if run.row.ended_at is not None:
        news.append(InstanceEnded(ref, tuple(run.execution.end_events), now))
    return news


def _write_history(run: Run, lines: list[Entry], note: str | None, variables: Mapping[str, Value]) -> None:
    if run.is_new:
        lines.insert(0, Entry(history.STARTED))
    if note is not None:
        lines.insert(0, Entry(note))
    changes = _changes(run.before, variables)
    if changes:
        lines.append(Entry(history.DATA, changes=changes))
    if run.row.ended_at is not None:
        lines.append(Entry(history.ENDED))
    history.write(run.session, run.row.ref, lines, by=run.by, at=run.now)


def _changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> Changes:
    changed = {name: value for name, value in after.items() if name not in before or not same(before[name], value)}
    return Changes(changed, tuple(name for name in before if name not in after))


def _opened(run: Run, task: WaitingUserTask) -> UserTaskOpened:
    return UserTaskOpened(
        run.row.ref, task.id, task.element_id, task.name or task.element_id, task.lane, task.properties, run.now
    )


def _requested(run: Run, call: WaitingServiceCall) -> ServiceCallRequested:
    return ServiceCallRequested(run.row.ref, call.id, call.element_id, call.operator, call.parameters, run.now)
