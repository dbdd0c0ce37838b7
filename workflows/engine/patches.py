"""The places where SpiffWorkflow 3.2.0 itself has to change, all in one file.

Each patch names the defect it removes. They are applied once, when the engine package is imported; `apply` refuses
another version of the library, because each patch would have to be judged again.
"""

import logging
import sys
from importlib.metadata import version
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskIterator, TaskState

from workflows.engine import joins
from workflows.engine.lineage import ancestors

VERSION = "3.2.0"
UNLIMITED = 10**9
DEEP = 20_000
"""Frames the parser and the prediction may use; both recurse once per flow node of a straight line."""

_stock_update = TaskSpec._update
_stock_ready = Task._ready
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
    engine = getattr(task.workflow.top_workflow, "script_engine", None)
    return engine if getattr(engine, "is_ours", False) else None


def _merge(a: dict[str, Any], b: dict[str, Any], path: Any = None) -> dict[str, Any]:
    """Stock merging corrupts lists and mixes contexts: values are replaced whole."""
    a.update(b)
    return a


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


def _set_state(self: Any, value: int) -> None:
    """Stock logging walks the tree at each change; here the engine's journal hears of it instead."""
    if value == self._state:
        return
    before, self._state = self._state, value
    engine = engine_of(self)
    if engine is not None:
        self.last_state_change = engine.timestamp
        engine.observe(self, before, value)


def _update(self: Any, my_task: Any) -> None:
    """A fault while a token arrives stops that token only, and a guarded element is checked first."""
    engine = engine_of(my_task)
    if engine is None:
        _stock_update(self, my_task)
        return
    if my_task.has_state(TaskState.FINISHED_MASK | TaskState.READY | TaskState.STARTED):
        return  # The token is already there; the stock update would start it a second time.
    try:
        engine.arriving(my_task)
        _stock_update(self, my_task)
    except Exception as error:
        engine.stop(my_task, error)


def _ready(self: Any) -> None:
    engine = engine_of(self)
    if engine is not None:
        engine.becoming_ready(self)
    _stock_ready(self)


def _complete(self: Any) -> None:
    """A guarded element is checked again before its token may leave."""
    engine = engine_of(self)
    if engine is not None:
        engine.leaving(self)
    _stock_complete(self)


def _cancel(self: Any) -> None:
    """Stock cancelling drops open children (multi-instance) without telling them, so their events stay registered."""
    if not self.has_state(TaskState.FINISHED_MASK):
        for child in self.children:
            if child.has_state(TaskState.WAITING | TaskState.READY | TaskState.STARTED):
                child.cancel()
    _stock_cancel(self)


def _join_branches(self: Any, my_task: Any) -> bool:
    """Stock joining overwrites what one branch wrote with the old values of the other."""
    my_task.data = joins.merge(joins.take(self, my_task))
    return True


def _end_may_fire(self: Any, my_task: Any) -> bool:
    """The process ends when nothing but its end is left; a stopped branch keeps it open."""
    ends = (self.name, "End")
    open_mask = TaskState.NOT_FINISHED_MASK | TaskState.ERROR
    return not any(
        task.has_state(open_mask) and task.task_spec.name not in ends for task in my_task.workflow.tasks.values()
    )


def _refuse_python(self: Any, *args: Any, **kwargs: Any) -> Any:
    """The library's default engine would evaluate Python from a model or from stored state."""
    raise RuntimeError("No model runs Python. Build instances with workflows.engine only.")


_PATCHES: tuple[tuple[Any, str, Any], ...] = (
    (DeepMerge, "merge", staticmethod(_merge)),
    (DeepMerge, "merge_array", staticmethod(_merge_array)),
    (Task, "is_descendant_of", _is_descendant_of),
    (Task, "find_ancestor", _find_ancestor),
    (Task, "_set_state", _set_state),
    (Task, "_ready", _ready),
    (Task, "complete", _complete),
    (Task, "cancel", _cancel),
    (TaskSpec, "_update", _update),
    (UnstructuredJoin, "_run_hook", _join_branches),
    (_EndJoin, "_check_threshold_unstructured", _end_may_fire),
    (TaskDataEnvironment, "evaluate", _refuse_python),
    (TaskDataEnvironment, "execute", _refuse_python),
)
