"""Running an instance until nothing is left that needs nobody."""

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import errors, handlers, tree
from workflows.engine.compact import compact
from workflows.engine.definitions import Conditional, FirstOf
from workflows.engine.faults import EngineFault
from workflows.engine.watch import watch

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
    instance.index.changes += 1
    watch(instance)
    compact(instance)


def attempt(task: Any, act: Callable[[], Any]) -> None:
    """Do one thing to a task; whatever goes wrong stops its branch and nothing else."""
    engine = task.workflow.top_workflow.script_engine
    try:
        act()
    except errors.Thrown as thrown:
        catch = errors.catcher(task, thrown.kind, thrown.code)
        if catch is None:
            engine.stop(task, errors.uncaught(thrown))
        else:
            task._set_state(TaskState.COMPLETED)
            catch(thrown.payload)
    except Exception as error:
        engine.stop(task, error)
    engine.carry()


def _next(instance: Any) -> Any:
    """The next step: boundary events first, since they take the activity away; then innermost scope first."""
    ready = [task for task in instance.index.read_ready() if tree.is_open(task.workflow)]
    if not ready:
        return _fired_condition(instance)
    first = [task for task in ready if isinstance(task.task_spec, BoundaryEvent)]
    return tree.in_order(first or _latest(ready))[0]


def _latest(ready: list[Any]) -> list[Any]:
    """Those of the latest scope; the others come later, so their place need not be known."""
    latest = max(task.workflow.serial for task in ready)
    return [task for task in ready if task.workflow.serial == latest]


def _fired_condition(instance: Any) -> Any:
    """Conditional events are looked at whenever nothing else moves."""
    for task in tree.tasks_in(instance, TaskState.WAITING, _is_conditional):
        task.task_spec._update(task)
        if task.state == TaskState.READY:
            return task
    return _next(instance) if handlers.fire_condition(instance) else None


def _is_conditional(task: Any) -> bool:
    return isinstance(getattr(task.task_spec, "event_definition", None), Conditional | FirstOf)
