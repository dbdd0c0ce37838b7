"""The instance's task tree: our workflow classes and the walks over it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

_ENDED = TaskState.WAITING | TaskState.CANCELLED
OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class _Refreshing:
    """Joins look again when something completes; catching events only when something happens to them."""

    tasks: dict[UUID, Any]

    def update_waiting_tasks(self) -> None:
        for task in [one for one in self.tasks.values() if one._state == TaskState.WAITING]:
            if task.id in self.tasks and not isinstance(task.task_spec, CatchingEvent):
                task.task_spec._update(task)


class Instance(_Refreshing, BpmnWorkflow):
    """A running process. It is never without our engine: the library's default one runs Python."""

    def __init__(self, spec: Any, parts: Any, engine: Any, deserializing: bool = False) -> None:
        if not getattr(engine, "is_ours", False):
            raise TypeError("An instance runs with our own engine only.")
        self._engine = engine
        super().__init__(spec, parts, script_engine=engine, deserializing=deserializing)

    @property
    def script_engine(self) -> Any:
        return self._engine

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        sub = SubInstance(self.subprocess_specs[spec_name], my_task.id, self)
        for name in sub.spec.data_objects:
            sub.data["data_objects"][name] = None
        self.subprocesses[my_task.id] = sub
        return sub


class SubInstance(_Refreshing, BpmnSubWorkflow):
    """An embedded sub-process or a called process."""


def scopes(instance: Any) -> Iterator[Any]:
    """The instance and its open sub-processes, outermost first. What belongs to a finished activity is not open."""
    yield instance
    open_scopes = {id(instance)}
    for parent_id, sub in instance.subprocesses.items():
        parent = instance.get_task_from_id(parent_id) if _exists(instance, parent_id) else None
        if parent is None or id(parent.workflow) not in open_scopes or sub.completed:
            continue
        if parent.has_state(OPEN | TaskState.ERROR):
            open_scopes.add(id(sub))
            yield sub


def _exists(instance: Any, task_id: UUID) -> bool:
    return task_id in instance.tasks or any(task_id in sub.tasks for sub in instance.subprocesses.values())


def tasks_in(instance: Any, mask: int, wanted: Callable[[Any], bool] | None = None) -> list[Any]:
    """Tasks of open scopes in these states, innermost scope first, in the order of the tree.

    The order is the same before and after storing, so that an instance runs the same whether it was stored or not.
    """
    found: list[Any] = []
    for scope in reversed(list(scopes(instance))):
        tasks = [task for task in scope.tasks.values() if task._state & mask and (wanted is None or wanted(task))]
        found += sorted(tasks, key=_position) if len(tasks) > 1 else tasks
    return found


def _position(task: Any) -> list[int]:
    """The way to a task from the start of its scope: which child of which child."""
    way = []
    parent = task.parent
    while parent is not None:
        way.append(parent._children.index(task.id))
        task, parent = parent, parent.parent
    return way[::-1]


def find(instance: Any, task_id: UUID) -> Any:
    """A task of an open scope, None when there is none."""
    return next((scope.tasks[task_id] for scope in scopes(instance) if task_id in scope.tasks), None)


def enclosing(task: Any) -> Any:
    """The activity in whose sub-process or called process the task runs; None at the top."""
    parent_id = task.workflow.parent_task_id
    return task.workflow.top_workflow.get_task_from_id(parent_id) if parent_id is not None else None


def variables(instance: Any) -> dict[str, Any]:
    """Process data as of now: the freshest value of each name over the open branches outside called processes."""
    if instance.completed:
        return {name: value for name, value in instance.data.items() if name != "data_objects"}
    own = {id(instance)}
    for scope in scopes(instance):
        if scope is not instance and not getattr(scope.spec, "is_called", False):
            own.add(id(scope))
    found = [task for task in tasks_in(instance, OPEN | TaskState.ERROR) if id(task.workflow) in own]
    if instance.last_task is not None:
        found.append(instance.last_task)
    merged: dict[str, Any] = {}
    for task in sorted(found, key=lambda one: one.last_state_change):
        merged.update(task.data)
    for name, value in left_behind(instance).items():
        merged.setdefault(name, value)
    return merged


def left_behind(scope: Any) -> dict[str, Any]:
    """Data of branches that ended, also of those whose history was dropped. The open branches know better."""
    found = {name: value for name, value in scope.data.items() if name != "data_objects"}
    ended = [task for task in scope.tasks.values() if task.task_spec is scope.spec.end and task._state & _ENDED]
    for task in sorted(ended, key=lambda one: one.last_state_change):
        if task.parent.state == TaskState.COMPLETED:
            found.update(task.parent.data)
    return found
