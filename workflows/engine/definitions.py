"""Event definitions with our clock, our keys and our scopes instead of the library's.

A definition keeps what it knows about a waiting token in the task's internal data: "event_value" (due time), "key"
(correlation key text), "payload", "event_fired", "held" (a condition that holds since it fired). What is thrown is
handed to the engine, which looks for who hears it when the throwing step is over (see throwing.py).
"""

from datetime import datetime, tzinfo
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import (
    CancelEventDefinition,
    ConditionalEventDefinition,
    CycleTimerEventDefinition,
    MultipleEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.specs.event_definitions import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.util.task import TaskState

from workflows.engine.timers import Business, Cycle, cycle_of, due_at, parse_duration


def engine(task: Any) -> Any:
    """The engine of the task's instance."""
    return task.workflow.top_workflow.script_engine


class _Payload:
    """Catching with a payload that goes to a variable, whole and through the engine's door."""

    variable: str | None

    def catch(self, my_task: Any, event: Any = None) -> None:
        my_task._set_internal_data(event_fired=True, payload=event.payload if event is not None else None)

    def update_task_data(self, my_task: Any) -> None:
        payload = my_task.internal_data.pop("payload", None)
        if self.variable:
            engine(my_task).assign(my_task, self.variable, payload)

    def reset(self, my_task: Any) -> None:
        for name in ("payload", "key"):
            my_task.internal_data.pop(name, None)
        my_task._set_internal_data(event_fired=False)


class Message(_Payload, MessageEventDefinition):
    """A message. Caught only by the task it is delivered to; thrown into the outbox, never inside the instance."""

    def __init__(self, name: str, ref: str | None, payload: str | None, variable: str | None) -> None:
        super().__init__(name)
        self.ref, self.payload_expression, self.variable = ref, payload, variable
        self.needs_key = True

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def update_task(self, my_task: Any) -> None:
        if self.needs_key and "key" not in my_task.internal_data:
            my_task.internal_data["key"] = engine(my_task).waiting_key(my_task, self)

    def throw(self, my_task: Any) -> None:
        engine(my_task).send(my_task, self)


class _Heard(_Payload):
    """What the engine carries to its catchers itself; the library never does."""

    expression: str | None

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def throw(self, my_task: Any) -> None:
        payload = engine(my_task).evaluate(my_task, self.expression) if self.expression else None
        engine(my_task).throw(my_task, self, payload)


class Signal(_Heard, SignalEventDefinition):
    """A signal: every catcher of the instance hears it, and other instances by way of the runtime."""


class Error(_Heard, ErrorEventDefinition):
    """An error: caught by the nearest event in scope only."""


class Escalation(_Heard, EscalationEventDefinition):
    """An escalation: as an error, but the thrower goes on."""


class Cancel(_Heard, CancelEventDefinition):
    """Cancelling a transaction: caught by the boundary event of the nearest one."""

    expression = variable = code = None


class Terminate(TerminateEventDefinition):
    """The end of everything in a scope. The end event itself does it (see events.py)."""

    def throw(self, my_task: Any) -> None:
        """Nobody has to hear of it."""


class Conditional(ConditionalEventDefinition):
    """Fires when its condition comes to hold; looked at again whenever the instance comes to rest."""

    def has_fired(self, my_task: Any) -> bool:
        if my_task._get_internal_data("event_fired", False):
            return True
        holds = bool(engine(my_task).holds(my_task, self.expression))
        fired = holds and not my_task._get_internal_data("held", False)
        if fired or not holds:
            my_task.internal_data.pop("held", None)
        my_task._set_internal_data(event_fired=fired)
        return fired


class Once(TimerEventDefinition):
    """A date or duration timer. The due time is computed once, when the token arrives."""

    def has_fired(self, my_task: Any) -> bool:
        clock = engine(my_task)
        due = my_task._get_internal_data("event_value")
        if due is None:
            due = due_at(self.expression, *_surroundings(my_task)).isoformat()
            my_task._set_internal_data(event_value=due)
        if datetime.fromisoformat(due) <= clock.now:
            my_task._set_internal_data(event_fired=True)
        return bool(my_task._get_internal_data("event_fired", False))

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop("event_value", None)
        super().reset(my_task)


class Repeating(CycleTimerEventDefinition):
    """A cycle timer. Internal "event_value": {"cycles": left or -1, "next": due time, "every": ISO duration}."""

    def cycle_complete(self, my_task: Any) -> bool:
        clock = engine(my_task)
        state = my_task._get_internal_data("event_value")
        if state is None:
            state = _begun(cycle_of(self.expression, *_surroundings(my_task)))
        due = datetime.fromisoformat(state["next"])
        fires = bool(state["cycles"] != 0 and due <= clock.now)
        if fires:
            state = _next_round(state, due, clock.host)
        my_task._set_internal_data(event_value=state, event_fired=state["cycles"] == 0)
        return fires

    def update_task(self, my_task: Any) -> None:
        """Start one more round of the handler; the stock join that closes a boundary is none."""
        if not self.cycle_complete(my_task):
            return
        for output in my_task.task_spec.outputs:
            if output.name.endswith(".BoundaryEventJoin"):
                continue
            child = my_task._add_child(output, TaskState.FUTURE)
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            child.task_spec._update(child)


def _surroundings(my_task: Any) -> tuple[Any, datetime, tzinfo, Business]:
    """What the due time of a timer is computed with."""
    clock = engine(my_task)
    host = clock.host
    return lambda text: clock.required(my_task, text), clock.now, host.zone, lambda *day: host.business_day(*day)


def _begun(cycle: Cycle) -> dict[str, Any]:
    """A cycle before its first round. One on the calendar remembers where it began, so that its time does not drift."""
    count = -1 if cycle.count is None else cycle.count
    state = {"cycles": count, "next": cycle.first.isoformat(), "every": cycle.every}
    span = parse_duration(cycle.every)
    return {**state, "first": state["next"], "round": 1} if span is not None and (span.months or span.days) else state


def _next_round(state: dict[str, Any], due: datetime, host: Any) -> dict[str, Any]:
    """A cycle after a round that was due then."""
    state = {**state, "cycles": state["cycles"] - (1 if state["cycles"] > 0 else 0)}
    span = parse_duration(state["every"])
    if span is None:
        return state
    if "first" not in state:
        return {**state, "next": span.after(due, host.zone, lambda *day: host.business_day(*day)).isoformat()}
    following = span.times(state["round"]).after(datetime.fromisoformat(state["first"]), host.zone)
    return {**state, "next": following.isoformat(), "round": state["round"] + 1}


class Branch:
    """One event of an event-based gateway, with internal data of its own inside the gateway's task."""

    def __init__(self, task: Any, index: int) -> None:
        self.task = task
        self.internal_data: dict[str, Any] = task.internal_data.setdefault(f"branch {index}", {})
        self.data, self.workflow, self.task_spec, self.id = task.data, task.workflow, task.task_spec, task.id

    def _get_internal_data(self, name: str, default: Any = None) -> Any:
        return self.internal_data.get(name, default)

    def _set_internal_data(self, **values: Any) -> None:
        self.internal_data.update(values)


class FirstOf(MultipleEventDefinition):
    """The events behind an event-based gateway: the first to happen wins. Internal "winner": its index."""

    def branches(self, my_task: Any) -> list[tuple[Any, Branch]]:
        """Each event definition with its own view of the gateway's task."""
        return [(one, Branch(my_task, index)) for index, one in enumerate(self.event_definitions)]

    def has_fired(self, my_task: Any) -> bool:
        """What was delivered comes first, then the timer that was due first, then the first condition that holds."""
        if "winner" not in my_task.internal_data:
            fired = [
                (_rank(definition, branch), index)
                for index, (definition, branch) in enumerate(self.branches(my_task))
                if definition.has_fired(branch)
            ]
            if fired:
                my_task.internal_data["winner"] = min(fired)[1]
        return "winner" in my_task.internal_data

    def update_task(self, my_task: Any) -> None:
        for definition, branch in self.branches(my_task):
            if isinstance(definition, Message):
                definition.update_task(branch)

    def catches(self, my_task: Any, event: Any = None) -> bool:
        return False

    def reset(self, my_task: Any) -> None:
        for name in [key for key in my_task.internal_data if key == "winner" or key.startswith("branch ")]:
            my_task.internal_data.pop(name)


def _rank(definition: Any, branch: Branch) -> tuple[int, float]:
    if isinstance(definition, Once):
        return 1, datetime.fromisoformat(branch.internal_data["event_value"]).timestamp()
    return (2, 0) if isinstance(definition, Conditional) else (0, 0)
