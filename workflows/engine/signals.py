"""Signals: everybody in the instance who waits for one hears it at once; the runtime carries it to other instances."""

from collections.abc import Callable
from functools import partial
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import handlers, tree
from workflows.engine.definitions import FirstOf, Signal
from workflows.engine.journal import OutgoingSignal


def send(task: Any, definition: Signal, payload: Any) -> None:
    """A signal was thrown: noted for outside, heard inside."""
    instance = task.workflow.top_workflow
    instance.script_engine.journal.signals.append(OutgoingSignal(task.task_spec.element.id, definition.name, payload))
    for hear in hearers(instance, definition.name):
        hear(payload)


def hearers(instance: Any, name: str) -> list[Callable[[Any], object]]:
    """Everything that waits for the signal now: waiting events first, then event sub-processes."""
    tasks = tree.tasks_in(instance, TaskState.WAITING, lambda task: isinstance(task.task_spec, CatchingEvent))
    found: list[Callable[[Any], object]] = [partial(catch, task, name) for task in tasks if _branch(task, name)]
    found += [
        partial(handlers.wake, one)
        for one in handlers.in_instance(instance)
        if isinstance(one.definition, Signal) and one.definition.name == name
    ]
    return found


def catch(task: Any, name: str, payload: Any) -> bool:
    """A waiting event catches the signal. False when it does not wait for it any more."""
    place = _branch(task, name) if task.state == TaskState.WAITING else None
    if place is None:
        return False
    definition, branch = place
    definition.catch(branch, BpmnEvent(definition, payload=payload))
    task.task_spec._update(task)
    return True


def _branch(task: Any, name: str) -> tuple[Signal, Any] | None:
    """The definition that waits, with the task or the branch of an event-based gateway that it waits in."""
    definition = getattr(task.task_spec, "event_definition", None)
    places = definition.branches(task) if isinstance(definition, FirstOf) else [(definition, task)]
    return next(((one, place) for one, place in places if isinstance(one, Signal) and one.name == name), None)
