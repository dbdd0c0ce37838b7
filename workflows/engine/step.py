"""One execution of a process: the verbs that move it, each running the engine to rest.

A verb either refuses (nothing happened) or is carried out. What the engine cannot do afterwards stops that branch
with an incident; the verb's own effect stays.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine import codec, errors, messages, tree, waiting
from workflows.engine.definitions import Error
from workflows.engine.environment import RESERVED, Host
from workflows.engine.faults import (
    CorrelationMissing,
    DecisionsReadOnly,
    EngineFault,
    MessageNotWaiting,
    NothingStopped,
    OutcomeNotExpected,
    OutcomeRequired,
    OutcomeUnknown,
    ServiceCallNotWaiting,
    UserTaskNotReady,
    VariableRefused,
)
from workflows.engine.journal import OutgoingMessage
from workflows.engine.listening import FeelEngine
from workflows.engine.run import attempt, run_to_rest
from workflows.engine.specs import CompiledProcess
from workflows.engine.view import View
from workflows.feel import FeelError, from_python


class Execution(View):
    """A process instance in memory. Not for two threads at once; the caller holds the instance's row lock."""

    @classmethod
    def start(cls, process: CompiledProcess, variables: Mapping[str, Any], *, host: Host, now: datetime) -> "Execution":
        """Start an instance. Raises VariableRefused or DecisionsReadOnly for variables that cannot be."""
        data = _checked(variables)
        engine = _engine(process, host, now)
        instance = tree.Instance(process.spec, process.parts, engine)
        instance.task_tree.data = data
        execution = cls(process, engine, instance)
        run_to_rest(instance)
        return execution

    @classmethod
    def load(cls, process: CompiledProcess, blob: bytes, *, host: Host, now: datetime) -> "Execution":
        """The instance as dumped. Raises StateUnreadable."""
        engine = _engine(process, host, now)
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
        if variable in RESERVED:
            raise DecisionsReadOnly(name=variable)
        value = _value(variable, dict(answers))
        task.data[variable] = value
        container = task.parent.task_spec
        if isinstance(container, MultiInstanceTask) and container.output_item is not None:
            task.data[container.output_item.bpmn_id] = value
        if decided is not None:
            task.internal_data["decided"] = list(decided)
        attempt(task, task.run)
        run_to_rest(self._instance)

    def deliver_message(self, name: str, payload: Mapping[str, Any], task_id: UUID) -> None:
        """Hand a message to the event that waits for it. Raises MessageNotWaiting, VariableRefused."""
        value = _value(name, dict(payload))
        task = tree.find(self._instance, task_id) or self._start_handler(name, task_id)
        place = waiting.branch_for(task, name) if task is not None else None
        if place is None:
            raise MessageNotWaiting()
        definition, catcher = place
        definition.catch(catcher, BpmnEvent(definition, payload=value))
        task.task_spec._update(task)
        run_to_rest(self._instance)

    def fire_timers(self, now: datetime) -> None:
        """Let everything happen that is due at this time."""
        self._engine.now, self._engine.timestamp = now, now.timestamp()
        for task in tree.tasks_in(self._instance, TaskState.WAITING):
            if isinstance(task.task_spec, CatchingEvent) and task.state == TaskState.WAITING:
                task.task_spec._update(task)
        run_to_rest(self._instance)

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
        """Answer a parked service task with a BPMN error; uncaught, it stops there. Raises ServiceCallNotWaiting."""
        task = self._service_call(task_id)
        if not errors.raise_from(task, Error, code, _value(code, dict(payload))):
            self._engine.stop(task, errors.uncaught(code))
        run_to_rest(self._instance)

    def fail_service_call(self, task_id: UUID, fault: EngineFault) -> None:
        """Stop at a parked service task that cannot be answered. Raises ServiceCallNotWaiting."""
        self._engine.stop(self._service_call(task_id), fault)
        run_to_rest(self._instance)

    def retry(self, task_id: UUID) -> None:
        """Try a stopped step again with the data it has. Raises NothingStopped."""
        task = tree.find(self._instance, task_id)
        if task is None or task.state != TaskState.ERROR:
            raise NothingStopped()
        element = getattr(task.task_spec, "element", None)
        self._engine.passes.pop(element.id if element else "", None)
        self._instance.subprocesses.pop(task.id, None)
        task.internal_data = {key: task.internal_data[key] for key in ("key_or_index",) if key in task.internal_data}
        task._drop_children(force=True)
        task._set_state(TaskState.FUTURE)
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
        task.task_spec._update(task)
        run_to_rest(self._instance)

    def cancel(self) -> None:
        """End the instance without reaching an end event."""
        self._instance.cancel()
        self._is_cancelled = True

    def _service_call(self, task_id: UUID) -> Any:
        task = tree.find(self._instance, task_id)
        if task is None or not waiting.is_service_call(task):
            raise ServiceCallNotWaiting()
        return task

    def _start_handler(self, name: str, task_id: UUID) -> Any:
        """Start the event sub-process that waits under this id; its start event then catches the message."""
        for message, spec_name in waiting.handler_messages(self._instance):
            if (message.id, message.name) == (task_id, name):
                child_id = self._instance.spec.start.trigger_wf(self._instance.task_tree, spec_name)
                sub = self._instance.subprocesses[child_id]
                return next((task for task in sub.tasks.values() if waiting.branch_for(task, name)), None)
        return None


def _engine(process: CompiledProcess, host: Host, now: datetime) -> FeelEngine:
    engine = FeelEngine(host, now)
    engine.throw = errors.throw_event
    engine.waiting_key = lambda task, definition: messages.waiting_key(process, engine, task, definition)
    engine.handler_key = lambda instance, definition: messages.handler_key(process, engine, instance, definition)
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


def _checked(variables: Mapping[str, Any]) -> dict[str, Any]:
    for name in RESERVED.intersection(variables):
        raise DecisionsReadOnly(name=name)
    return {name: _value(name, value) for name, value in variables.items()}


def _value(name: str, value: Any) -> Any:
    try:
        return from_python(value)
    except (TypeError, ValueError, FeelError) as error:
        raise VariableRefused(name=name, reason=str(error)) from error
