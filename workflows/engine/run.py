"""Running an instance until nothing is left that needs nobody."""

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import errors, tree, waiting
from workflows.engine.compact import compact
from workflows.engine.definitions import Conditional, Error, FirstOf
from workflows.engine.faults import EngineFault

MAX_STEPS = 10_000
"""Engine steps in one verb before it counts as an endless loop."""


def run_to_rest(instance: Any) -> None:
    """Run everything that needs nobody, one step at a time, until the instance rests."""
    engine = instance.script_engine
    for _ in range(MAX_STEPS):
        task = _next(instance)
        if task is None:
            break
        attempt(task, task.run)
    else:
        stuck = _next(instance)
        if stuck is not None:
            text = f"More than {MAX_STEPS} steps without a pause: the model loops. Add a condition that ends it."
            engine.stop(stuck, EngineFault("endless-loop", text))
    instance.bpmn_events = []
    if is_stalled(instance):
        text = "Nothing is left that could happen, and no end was reached. Look at the joins of the model."
        engine.report("stalled", None, text)
    compact(instance)


def attempt(task: Any, act: Callable[[], Any]) -> None:
    """Do one thing to a task; whatever goes wrong stops its branch and nothing else."""
    engine = task.workflow.top_workflow.script_engine
    try:
        act()
    except errors.Thrown as thrown:
        if errors.raise_from(tree.enclosing(task), Error, thrown.code, thrown.payload):
            task._set_state(TaskState.COMPLETED)
        else:
            engine.stop(task, errors.uncaught(thrown.code))
    except Exception as error:
        engine.stop(task, error)


def is_stalled(instance: Any) -> bool:
    """Whether an open instance waits for nothing that could ever happen."""
    if instance.completed:
        return False
    return not any(_can_move(task) for scope in tree.scopes(instance) for task in scope.tasks.values())


def _can_move(task: Any) -> bool:
    if task._state == TaskState.ERROR or waiting.is_user_task(task) or waiting.is_service_call(task):
        return True
    return bool(task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent))


def _next(instance: Any) -> Any:
    """The next step: boundary events first, since they take the activity away; then innermost scope first."""
    ready = tree.tasks_in(instance, TaskState.READY, lambda task: not task.task_spec.manual)
    first = next((task for task in ready if isinstance(task.task_spec, BoundaryEvent)), None)
    if first is not None:
        return first
    return ready[0] if ready else _fired_condition(instance)


def _fired_condition(instance: Any) -> Any:
    """Conditional events are looked at whenever nothing else moves."""
    for task in tree.tasks_in(instance, TaskState.WAITING, _is_conditional):
        task.task_spec._update(task)
        if task.state == TaskState.READY:
            return task
    return None


def _is_conditional(task: Any) -> bool:
    return isinstance(getattr(task.task_spec, "event_definition", None), Conditional | FirstOf)
