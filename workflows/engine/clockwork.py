"""What is due happens in the order in which it was due, however late it is noticed."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import handlers, tree
from workflows.engine.definitions import FirstOf, Once, Repeating
from workflows.engine.run import run_to_rest

MAX_FIRINGS = 1_000
"""Timers in one verb; a cycle that was missed for longer goes on in the next one."""

_Due = tuple[Any, datetime, Callable[[], Any]]
"""Whose timer it is, its time, and what makes it happen."""


def fire_due(instance: Any) -> None:
    """Fire everything that is due at the engine's time, one timer after the other, each to rest."""
    done: set[tuple[Any, datetime]] = set()
    for _ in range(MAX_FIRINGS):
        due = [(at, who, act) for who, at, act in _timers(instance) if (who, at) not in done]
        if not due:
            break
        at, who, act = min(due, key=lambda one: one[0])
        done.add((who, at))
        act()
        instance.script_engine.carry()
        run_to_rest(instance)
    run_to_rest(instance)


def _timers(instance: Any) -> list[_Due]:
    """What is due now."""
    now = instance.script_engine.now
    found: list[_Due] = []
    if instance.completed:
        return []
    for task in tree.tasks_in(instance, TaskState.WAITING, lambda task: isinstance(task.task_spec, CatchingEvent)):
        times = [at for at in _times(task) if at <= now]
        if times:
            found.append((task.id, min(times), partial(task.task_spec._update, task)))
    for listener in handlers.in_instance(instance):
        at = listener.due_at
        if at is not None and at <= now:
            found.append((listener.id, at, partial(handlers.fire_timer, listener)))
    return found


def _times(task: Any) -> list[datetime]:
    definition = task.task_spec.event_definition
    places = definition.branches(task) if isinstance(definition, FirstOf) else [(definition, task)]
    found = []
    for one, place in places:
        value = place.internal_data.get("event_value")
        if isinstance(one, Repeating):
            value = value["next"] if value and value["cycles"] != 0 else None
        if isinstance(one, Once | Repeating) and value is not None:
            found.append(datetime.fromisoformat(value))
    return found
