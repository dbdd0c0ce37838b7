"""Event sub-processes: what listens beside the tokens of a scope, and what happens when it is woken.

BPMN 2.0.2, 13.5.4. As long as its scope is open and nothing has interrupted it, an event sub-process listens to its
start event. It is no token and no task: what there is to know about it (a due time, that a condition held) stands in
the internal data of the scope's start, under "handlers". When it is woken it runs as a child of the scope's start. An
interrupting one then takes everything else in its scope away, and the scope ends with it; internal "interrupted" of
the scope's start names it.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from workflows.engine import tree
from workflows.engine.definitions import Conditional, Error, Once, Repeating, engine
from workflows.engine.faults import EngineFault


class Listener:
    """An event sub-process that listens. To its event definition it looks like a task of the scope."""

    def __init__(self, scope: Any, spec: Any) -> None:
        self.workflow, self.spec = scope, spec
        self.start = scope.top_workflow.subprocess_specs[spec.spec].bpmn_start_events[0]
        self.definition, self.task_spec = self.start.event_definition, self.start

    @property
    def id(self) -> UUID:
        """The same as long as the scope lives."""
        digest = hashlib.sha256(self.workflow.task_tree.id.bytes + self.start.name.encode()).digest()
        return UUID(bytes=digest[:16])

    @property
    def element_id(self) -> str:
        """Of its start event."""
        return str(self.start.element.id)

    @property
    def code(self) -> str | None:
        """Of the error or escalation it listens to; None: of any."""
        code: str | None = self.definition.code
        return code

    @property
    def is_interrupting(self) -> bool:
        """An error always ends what it is thrown in."""
        return bool(self.start.element.interrupting or isinstance(self.definition, Error))

    @property
    def data(self) -> dict[str, Any]:
        """Process data of the scope as of now."""
        return tree.variables(self.workflow)

    @property
    def internal_data(self) -> dict[str, Any]:
        """What is known about it; a copy."""
        return dict(self.workflow.task_tree.internal_data.get("handlers", {}).get(self.spec.name, {}))

    def _get_internal_data(self, name: str, default: Any = None) -> Any:
        return self.internal_data.get(name, default)

    def _set_internal_data(self, **values: Any) -> None:
        known = self.workflow.task_tree.internal_data
        handlers = known.get("handlers", {})
        known["handlers"] = {**handlers, self.spec.name: {**handlers.get(self.spec.name, {}), **values}}

    @property
    def due_at(self) -> datetime | None:
        """Of a timer that will fire."""
        value = self._get_internal_data("event_value")
        if isinstance(self.definition, Repeating):
            value = value["next"] if value and value["cycles"] != 0 else None
        if value is None or self._get_internal_data("spent") or not isinstance(self.definition, Once | Repeating):
            return None
        return datetime.fromisoformat(value)


def all_of(scope: Any) -> Iterator[Listener]:
    """The event sub-processes of a scope."""
    return (Listener(scope, scope.spec.task_specs[name]) for name in scope.spec.start.trigger_specs)


def listening(scope: Any) -> list[Listener]:
    """Those that can be woken now."""
    if scope.completed or not scope.spec.start.trigger_specs:
        return []
    begin = scope.task_tree
    if begin.state != TaskState.COMPLETED or "interrupted" in begin.internal_data:
        return []
    return list(all_of(scope))


def in_instance(instance: Any) -> list[Listener]:
    """Those of all open scopes, outermost scope first."""
    return [one for scope in tree.scopes(instance) for one in listening(scope)]


def find(instance: Any, listener_id: UUID) -> Listener | None:
    """The one with this id, None when it listens no longer."""
    return next((one for one in in_instance(instance) if one.id == listener_id), None)


def arm(scope: Any) -> None:
    """A scope begins: compute the due times of its timers. Raises EngineFault naming the start event."""
    for listener in all_of(scope):
        if not isinstance(listener.definition, Once | Repeating):
            continue
        try:
            is_due = _timer_fires(listener)
        except EngineFault as fault:
            fault.facts.setdefault("element_id", listener.element_id)
            raise
        if is_due:
            engine(listener).pending.append(lambda listener=listener: wake(listener))


def fire_timer(listener: Listener) -> None:
    """Wake it when its timer is due."""
    if _timer_fires(listener):
        wake(listener)


def _timer_fires(listener: Listener) -> bool:
    definition = listener.definition
    if isinstance(definition, Repeating):
        return bool(definition.cycle_complete(listener))
    fires = not listener._get_internal_data("spent") and definition.has_fired(listener)
    if fires:
        listener._set_internal_data(spent=True)
    return bool(fires)


def fire_condition(instance: Any) -> bool:
    """Wake the first whose condition has come to hold. False when there is none."""
    for listener in in_instance(instance):
        if isinstance(listener.definition, Conditional) and _comes_to_hold(listener):
            wake(listener)
            return True
    return False


def _comes_to_hold(listener: Listener) -> bool:
    """A condition whose data is not there yet does not hold; one that is no condition is reported, once."""
    if listener._get_internal_data("spent"):
        return False
    clock, text = engine(listener), listener.definition.expression
    try:
        holds = bool(clock.holds(listener, text))
    except EngineFault as fault:
        listener._set_internal_data(spent=True)
        clock.report(fault.kind, listener.element_id, fault.message)
        return False
    held = bool(listener._get_internal_data("held", False))
    if holds != held:
        listener._set_internal_data(held=holds)
    return holds and not held


def catching(scope: Any, kind: type, code: str | None) -> Listener | None:
    """The event sub-process of a scope that catches an error or escalation; an exact code before none at all."""
    found = [one for one in listening(scope) if isinstance(one.definition, kind) and one.code in (None, code)]
    return min(found, key=lambda one: one.code is None, default=None)


def wake(listener: Listener, payload: Any = None) -> None:
    """Start the event sub-process with the data of its scope as of now."""
    scope = listener.workflow
    if scope.completed or "interrupted" in scope.task_tree.internal_data:
        return
    child = scope.task_tree._add_child(listener.spec, TaskState.FUTURE)
    child.triggered = True
    child.internal_data["payload"] = payload
    child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
    child.task_spec._update(child)
    if listener.is_interrupting:
        scope.task_tree.internal_data["interrupted"] = listener.spec.name
        clear(scope, child)


def clear(scope: Any, survivor: Any) -> None:
    """Take away everything open in a scope except one task. What reached a join already is used up with it."""
    for task in list(scope.tasks.values()):
        if task is survivor or scope.tasks.get(task.id) is not task:
            continue
        if task.has_state(tree.OPEN | TaskState.ERROR):
            task.cancel()
        if isinstance(task.task_spec, UnstructuredJoin) and task.state == TaskState.CANCELLED:
            task.internal_data.setdefault("joined", 0)


def interrupted_by(task: Any) -> bool:
    """Whether a task is an event sub-process that took its scope over."""
    return bool(task.workflow.task_tree.internal_data.get("interrupted") == task.task_spec.name)
