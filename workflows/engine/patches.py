"""The places where SpiffWorkflow 3.2.0 itself has to change, all in one file.

Each patch names the defect it removes. They are applied once, when the engine package is imported; `apply` refuses
another version of the library, because each patch would have to be judged again.
"""

import logging
import sys
from importlib.metadata import version
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskIterator, TaskState

from workflows.engine import joins
from workflows.engine.index import ACTIVE, DONE
from workflows.engine.lineage import ancestors

VERSION = "3.2.0"
UNLIMITED = 10**9
DEEP = 20_000
"""Frames the parser may use; it recurses once per flow node of a straight line."""
_PREDICTED = TaskState.PREDICTED_MASK
_THERE = TaskState.FINISHED_MASK | TaskState.READY | TaskState.STARTED

_stock_predict = TaskSpec._predict
_stock_update = TaskSpec._update
_stock_add_child = Task._add_child
_stock_ready = Task._ready
_stock_run = Task.run
_stock_complete = Task.complete
_stock_cancel = Task.cancel


def apply() -> None:
    """Put all patches in place."""
    if version("SpiffWorkflow") != VERSION:
        raise RuntimeError(f"The engine is written for SpiffWorkflow {VERSION}. Judge every patch before an upgrade.")
    for owner, name, replacement in _PATCHES:
        setattr(owner, name, replacement)
    for iterator in (TaskIterator, BpmnTaskIterator):
        _unlimit(iterator)
    for noisy in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEP))


def engine_of(task: Any) -> Any:
    """Our engine of the task's instance, or None in a stock workflow."""
    return getattr(task.workflow.top_workflow, "engine", None)


def foresee(task: Any) -> None:
    """See to it that what comes after a task is there before the task is left. Gateways that choose see to it alone."""
    spec = task.task_spec
    if spec._outputs and not task._children and not isinstance(spec, MultiChoice | EventBasedGateway):
        spec._predict_hook(task)


def _merge(a: dict[str, Any], b: dict[str, Any], path: Any = None) -> dict[str, Any]:
    """Stock merging corrupts lists and mixes contexts: values are replaced whole."""
    a.update(b)
    return a


def _inherit_data(task: Any) -> None:
    """What an operator set at a stopped step counts when the step is tried again, see amending.py."""
    task.data.update(task.parent.data)
    task.data.update(task.internal_data.get("set", {}))
    for name in task.internal_data.get("unset", ()):
        task.data.pop(name, None)


def _merge_array(a: list[Any], b: list[Any], path: Any = None) -> None:
    a[:] = b


def _unlimit(iterator: Any) -> None:
    """Stock iterators stop silently at depth 1000."""
    defaults = list(iterator.__init__.__defaults__)
    defaults[defaults.index(1000) if 1000 in defaults else defaults.index(UNLIMITED)] = UNLIMITED
    iterator.__init__.__defaults__ = tuple(defaults)


def _is_descendant_of(self: Any, task: Any) -> bool:
    """Stock recursion fails in deep trees."""
    return any(one is task for one in ancestors(self))


def _find_ancestor(self: Any, spec_name: str) -> Any:
    """Stock recursion fails in deep trees."""
    return next((one for one in ancestors(self) if one.task_spec.name == spec_name), None)


def _predict(self: Any, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = _PREDICTED) -> None:
    """Stock prediction draws the whole rest of a process; one step ahead is all that is ever read."""
    if engine_of(my_task) is None:
        _stock_predict(self, my_task, seen, looked_ahead, mask)
    elif my_task._state & mask:
        self._predict_hook(my_task)


def _add_child(self: Any, task_spec: Any, state: int = TaskState.MAYBE) -> Any:
    """A task that begins its life open is noted too."""
    child = _stock_add_child(self, task_spec, state)
    if state & ACTIVE and engine_of(self) is not None:
        self.workflow.index.note(child)
    return child


def _set_state(self: Any, value: int) -> None:
    """Stock logging walks the tree at each change; here the index and the engine's journal hear of it instead."""
    if value == self._state:
        return
    before, self._state = self._state, value
    engine = engine_of(self)
    if engine is not None:
        self.last_state_change = engine.timestamp
        self.workflow.index.note(self)
        engine.observe(self, before, value)


def _update(self: Any, my_task: Any) -> None:
    """A fault while a token arrives stops that token only, and a guarded element is checked first."""
    engine = engine_of(my_task)
    if engine is None:
        _stock_update(self, my_task)
        return
    if my_task._state & _THERE:
        return  # The token is already there; the stock update would start it a second time.
    try:
        foresee(my_task)
        engine.arriving(my_task)
        _stock_update(self, my_task)
    except Exception as error:
        engine.stop(my_task, error)


def _ready(self: Any) -> None:
    engine = engine_of(self)
    if engine is not None:
        engine.becoming_ready(self)
    _stock_ready(self)


def _run(self: Any) -> Any:
    if engine_of(self) is not None:
        foresee(self)
    return _stock_run(self)


def _complete(self: Any) -> None:
    """A guarded element is checked again before its token may leave."""
    engine = engine_of(self)
    if engine is not None:
        foresee(self)
        engine.leaving(self)
    _stock_complete(self)


def _cancel(self: Any) -> None:
    """Stock cancelling leaves open children (multi-instance) and stopped tasks as they are.

    What a cycle has begun goes on when it ends, like what other boundary events have begun.
    """
    if self._state == TaskState.WAITING and getattr(self.task_spec, "repeats", False):
        self._set_state(TaskState.CANCELLED)
        self.task_spec._on_cancel(self)
        return
    if self._state & (TaskState.NOT_FINISHED_MASK | TaskState.ERROR):
        for child in self.children:
            if child._state & ACTIVE:
                child.cancel()
    if self._state == TaskState.ERROR and engine_of(self) is not None:
        self._set_state(TaskState.CANCELLED)
        self._drop_children()
        self.task_spec._on_cancel(self)
    else:
        _stock_cancel(self)


def _join_branches(self: Any, my_task: Any) -> bool:
    """Stock joining overwrites what one branch wrote with the old values of the other."""
    joins.fire(self, my_task)
    return True


def _end_may_fire(self: Any, my_task: Any) -> bool:
    """The process ends when nothing but its end is left; a stopped branch keeps it open."""
    joins.arrive(my_task)
    ends = (self.name, "End")
    open_mask = TaskState.NOT_FINISHED_MASK | TaskState.ERROR
    return not any(
        task.has_state(open_mask) and task.task_spec.name not in ends for task in my_task.workflow.tasks.values()
    )


def _boundary_is_over(self: Any, my_task: Any) -> tuple[bool, list[Any]]:
    """Stock boundary events stop listening when their activity is stopped by a fault, though it may be retried."""
    beside = my_task.find_ancestor(self.split_task).children
    edges = [task for task in beside if isinstance(task.task_spec, BoundaryEvent)]
    hosts = [task for task in beside if not isinstance(task.task_spec, BoundaryEvent)]
    fired = TaskState.READY | TaskState.COMPLETED
    interrupted = any(task.task_spec.cancel_activity and task._state & fired for task in edges)
    if not interrupted and not any(task._state & DONE for task in hosts):
        return False, []
    waiting = [task for task in edges if task._state == TaskState.WAITING]
    return True, waiting + (hosts if interrupted else [])


def _refuse_python(self: Any, *args: Any, **kwargs: Any) -> Any:
    """The library's default engine would evaluate Python from a model or from stored state."""
    raise RuntimeError("No model runs Python. Build instances with workflows.engine only.")


_PATCHES: tuple[tuple[Any, str, Any], ...] = (
    (DeepMerge, "merge", staticmethod(_merge)),
    (DeepMerge, "merge_array", staticmethod(_merge_array)),
    (Task, "is_descendant_of", _is_descendant_of),
    (Task, "find_ancestor", _find_ancestor),
    (Task, "_add_child", _add_child),
    (Task, "_set_state", _set_state),
    (Task, "_inherit_data", _inherit_data),
    (Task, "_ready", _ready),
    (Task, "run", _run),
    (Task, "complete", _complete),
    (Task, "cancel", _cancel),
    (TaskSpec, "_predict", _predict),
    (TaskSpec, "_update", _update),
    (UnstructuredJoin, "_run_hook", _join_branches),
    (_EndJoin, "_check_threshold_unstructured", _end_may_fire),
    (BoundaryEventJoin, "_check_threshold_structured", _boundary_is_over),
    (TaskDataEnvironment, "evaluate", _refuse_python),
    (TaskDataEnvironment, "execute", _refuse_python),
)
