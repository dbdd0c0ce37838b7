"""One execution of a process: the verbs that move it, each running the engine to rest.

A verb either refuses (nothing happened) or is carried out. What the engine cannot do afterwards stops that branch
with an incident; the verb's own effect stays.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import clockwork, codec, errors, handlers, messages, signals, tree, waiting
from workflows.engine.checking import checked, checked_value, require_writable
from workflows.engine.definitions import Error, Message, Signal
from workflows.engine.environment import Host
from workflows.engine.faults import (
    CorrelationMissing,
    EngineFault,
    MessageNotWaiting,
    OutcomeNotExpected,
    OutcomeRequired,
    OutcomeUnknown,
    ServiceCallNotWaiting,
    StartUnknown,
    UserTaskNotReady,
)
from workflows.engine.journal import OutgoingMessage
from workflows.engine.listening import FeelEngine
from workflows.engine.moving import Moves
from workflows.engine.run import attempt, run_to_rest
from workflows.engine.specs import CompiledProcess


class Execution(Moves):
    """A process instance in memory. Not for two threads at once; the caller holds the instance's row lock."""

    @classmethod
    def start(
        cls,
        process: CompiledProcess,
        variables: Mapping[str, Any],
        *,
        host: Host,
        now: datetime,
        begin_at: str | None = None,
    ) -> "Execution":
        """Start an instance. begin_at: id of the start event that has happened, of those in `process.starts`.

        Without it the process begins at its plain start event; if it has none, at the first of its events that happens
        to the instance. A timer's start goes on at once; a message or signal is delivered afterwards, like any other.
        Raises VariableRefused or DecisionsReadOnly for variables that cannot be, StartUnknown.
        """
        starts = [one.element_id for one in process.starts]
        if begin_at is not None and begin_at not in starts:
            raise StartUnknown(element=begin_at, starts=", ".join(starts))
        data = checked(variables)
        engine = engine_for(process, host, now)
        engine.begin_at = begin_at
        instance = tree.Instance(process.spec, process.parts, engine)
        instance.task_tree.data = data
        execution = cls(process, engine, instance)
        run_to_rest(instance)
        return execution

    @classmethod
    def load(cls, process: CompiledProcess, blob: bytes, *, host: Host, now: datetime) -> "Execution":
        """The instance as dumped. Raises StateUnreadable."""
        engine = engine_for(process, host, now)
        loaded = codec.load(process, blob, engine)
        engine.decisions = dict(loaded.extras["decisions"])
        engine.end_events = list(loaded.extras["end_events"])
        engine.passes = dict(loaded.extras["passes"])
        return cls(process, engine, loaded.instance, loaded.extras["cancelled"])

    def dump(self) -> bytes:
        """The state as bytes."""
        extras = {
            "decisions": self._engine.decisions,
            "end_events": self._engine.end_events,
            "passes": self._engine.passes,
            "cancelled": self._is_cancelled,
        }
        return codec.dump(self.process, self._instance, extras)

    def complete_user_task(self, task_id: UUID, answers: Mapping[str, Any], outcome: str | None = None) -> None:
        """Complete a user task that is READY. The answers replace its variable as a whole.

        A clinical element needs one of its declared outcomes; it is the only thing that writes a decision. Raises
        UserTaskNotReady, OutcomeRequired, OutcomeUnknown, OutcomeNotExpected, VariableRefused, DecisionsReadOnly.
        """
        task = tree.find(self._instance, task_id)
        if task is None or not waiting.is_user_task(task):
            raise UserTaskNotReady()
        element = task.task_spec.element
        decided = _decided(element, outcome)
        variable = element.properties.get("variable") or element.id
        require_writable([variable])
        value = checked_value(variable, dict(answers))
        task.data[variable] = value
        item = getattr(task.parent.task_spec, "output_item", None) if task.task_spec.is_child else None
        if item is not None:
            task.data[item.bpmn_id] = value
        if decided is not None:
            task.internal_data["decided"] = list(decided)
        attempt(task, task.run)
        run_to_rest(self._instance)

    def deliver_message(self, name: str, payload: Mapping[str, Any], task_id: UUID) -> None:
        """Hand a message to the event that waits for it. Raises MessageNotWaiting, VariableRefused."""
        value = checked_value(name, dict(payload))
        task = tree.find(self._instance, task_id)
        place = waiting.branch_for(task, name) if task is not None else None
        if place is None:
            self._wake_handler(Message, name, value, task_id)
        else:
            definition, catcher = place
            definition.catch(catcher, BpmnEvent(definition, payload=value))
            task.task_spec._update(task)
        self._engine.carry()
        run_to_rest(self._instance)

    def deliver_signal(self, name: str, payload: Any, task_id: UUID) -> None:
        """Hand a signal from outside to one that waits for it. Raises MessageNotWaiting, VariableRefused."""
        value = checked_value(name, payload)
        task = tree.find(self._instance, task_id)
        if task is None or not signals.catch(task, name, value):
            self._wake_handler(Signal, name, value, task_id)
        self._engine.carry()
        run_to_rest(self._instance)

    def fire_timers(self, now: datetime) -> None:
        """Let everything happen that is due at this time, in the order in which it was due."""
        self._engine.now, self._engine.timestamp = now, now.timestamp()
        clockwork.fire_due(self._instance)

    def finish_service_call(self, task_id: UUID, result: Any) -> None:
        """Answer a parked service task; the result replaces its variable as a whole. Raises ServiceCallNotWaiting."""
        task = self._service_call(task_id)
        variable = task.task_spec.element.operator.result_variable
        if variable:
            attempt(task, lambda: self._engine.assign(task, variable, result))
        if task.state == TaskState.STARTED:
            attempt(task, task.complete)
        run_to_rest(self._instance)

    def throw_error(self, task_id: UUID, code: str, payload: Mapping[str, Any]) -> None:
        """Let a service task that is parked or stopped end in a BPMN error; uncaught, it stops there.

        Raises ServiceCallNotWaiting.
        """
        task = self._service_call(task_id, also_stopped=True)
        value = checked_value(code, dict(payload))
        catch = errors.catcher(task, Error, code, beside=True)
        if catch is None:
            self._engine.stop(task, errors.uncaught_error(code))
        else:
            catch(value)
        self._engine.carry()
        run_to_rest(self._instance)

    def fail_service_call(self, task_id: UUID, fault: EngineFault) -> None:
        """Stop at a parked service task that cannot be answered. Raises ServiceCallNotWaiting."""
        self._engine.stop(self._service_call(task_id), fault)
        run_to_rest(self._instance)

    def cancel(self) -> None:
        """End the instance without reaching an end event."""
        self._instance.cancel()
        self._is_cancelled = True

    def _service_call(self, task_id: UUID, *, also_stopped: bool = False) -> Any:
        task = tree.find(self._instance, task_id)
        if task is not None and waiting.is_service_call(task, also_stopped=also_stopped):
            return task
        raise ServiceCallNotWaiting()

    def _wake_handler(self, kind: type[Message | Signal], name: str, payload: Any, listener_id: UUID) -> None:
        """Start the event sub-process that listens under this id. Raises MessageNotWaiting."""
        listener = handlers.find(self._instance, listener_id)
        definition: Any = listener.definition if listener is not None else None
        if listener is None or type(definition) is not kind or definition.name != name:
            raise MessageNotWaiting()
        handlers.wake(listener, payload)


def engine_for(process: CompiledProcess, host: Host, now: datetime) -> FeelEngine:
    """The engine of an instance of a process, for one verb."""
    engine = FeelEngine(host, now)
    engine.throw = errors.throw_event
    engine.waiting_key = lambda task, definition: messages.waiting_key(process, engine, task, definition)
    engine.handler_key = lambda scope, definition: messages.handler_key(process, engine, scope, definition)
    engine.send = lambda task, definition: _send(process, engine, task, definition)
    return engine


def _send(process: CompiledProcess, engine: FeelEngine, task: Any, definition: Any) -> None:
    payload = engine.evaluate(task, definition.payload_expression) if definition.payload_expression else {}
    try:
        context = payload if isinstance(payload, dict) else {}
        key = messages.message_key(process, definition.name, context, now=engine.now)
    except CorrelationMissing:
        key = None
    element = task.task_spec.element
    engine.journal.messages.append(OutgoingMessage(element.id, definition.name, payload, key))


def _decided(element: Any, outcome: str | None) -> tuple[str, str] | None:
    """(decision type, outcome) of a clinical element, None for any other."""
    decision_type = element.properties.get("clinicalDecision")
    if not decision_type:
        if outcome is not None:
            raise OutcomeNotExpected()
        return None
    if not outcome:
        raise OutcomeRequired(decision_type=decision_type)
    outcomes = element.names("outcomes")
    if outcome not in outcomes:
        raise OutcomeUnknown(outcome=outcome, outcomes=", ".join(outcomes))
    return decision_type, outcome
