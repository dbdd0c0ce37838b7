"""The instance's task tree: our workflow classes and the walks over it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from workflows.engine.index import ACTIVE, OPEN, Index
from workflows.engine.lineage import changed, together
from workflows.engine.merging import branch_data
from workflows.engine.values import same

__all__ = [
    "ACTIVE",
    "OPEN",
    "Instance",
    "SubInstance",
    "enclosing",
    "find",
    "in_order",
    "is_open",
    "scopes",
    "tasks_in",
]

_ENDED = TaskState.WAITING | TaskState.CANCELLED
ENDED = "ended"
"""Internal datum of a scope's first task: what branches changed that ended long ago, see `compact`."""


class _Scope:
    """What the process and its sub-processes share.

    index:    open tasks of the whole instance.
    serial:   number of the scope in the order in which scopes began; the process itself is 0.
    finished: tasks finished since history was last put away.
    attic:    history that was put away, see `attic`.
    """

    index: Index
    serial: int

    def begin(self, index: Index, serial: int) -> None:
        """Before the library builds the first task."""
        self.index, self.serial = index, serial
        self.finished = 0
        self.attic: list[tuple[int, bytes]] = []

    def _task_removed_notify(self, task: Any) -> None:
        self.index.forget(task)
        super()._task_removed_notify(task)  # type: ignore[misc]

    def update_waiting_tasks(self) -> None:
        """Joins look again when something completes; catching events only when something happens to them."""
        waiting = [task for task in self.index.read_joining() if task.workflow is self]
        for task in in_order(waiting):
            if task._state == TaskState.WAITING and task.id in task.workflow.tasks:
                task.task_spec._update(task)


class Instance(_Scope, BpmnWorkflow):
    """A running process. It is never without our engine: the library's default one runs Python.

    stalled: whether it was told that nothing can happen any more.
    """

    parent_task = None

    def __init__(self, spec: Any, parts: Any, engine: Any, deserializing: bool = False) -> None:
        if not getattr(engine, "is_ours", False):
            raise TypeError("An instance runs with our own engine only.")
        self.engine = engine
        self.begin(Index(), 0)
        self.begun = 0
        self.stalled = False
        super().__init__(spec, parts, script_engine=engine, deserializing=deserializing)

    @property
    def script_engine(self) -> Any:
        return self.engine

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        sub = SubInstance(self.subprocess_specs[spec_name], my_task, self)
        for name in sub.spec.data_objects:
            sub.data["data_objects"][name] = None
        self.subprocesses[my_task.id] = sub
        return sub


class SubInstance(_Scope, BpmnSubWorkflow):
    """An embedded sub-process or a called process. parent_task: the activity that it belongs to."""

    def __init__(self, spec: Any, parent_task: Any, top: Instance, deserializing: bool = False) -> None:
        self.parent_task = parent_task
        top.begun += 1
        self.begin(top.index, top.begun)
        super().__init__(spec, parent_task.id, top, deserializing=deserializing)

    @property
    def parent_workflow(self) -> Any:
        return self.parent_task.workflow

    def _calculate_depth(self) -> int:
        return int(self.parent_task.workflow.depth) + 1


def scopes(instance: Any) -> Iterator[Any]:
    """The instance and its open sub-processes, outermost first. What belongs to a finished activity is not open."""
    yield instance
    known: dict[int, bool] = {}
    for sub in instance.subprocesses.values():
        if is_open(sub, known):
            yield sub


def is_open(scope: Any, known: dict[int, bool] | None = None) -> bool:
    """Whether a scope, its activity and everything around it still run. known: answers so far, to be filled."""
    parent = scope.parent_task
    if parent is None:
        return True
    if known is not None and id(scope) in known:
        return known[id(scope)]
    found = (
        not scope.completed
        and bool(parent._state & ACTIVE)
        and scope.top_workflow.subprocesses.get(parent.id) is scope
        and parent.workflow.tasks.get(parent.id) is parent
        and is_open(parent.workflow, known)
    )
    if known is not None:
        known[id(scope)] = found
    return found


def tasks_in(instance: Any, mask: int, wanted: Callable[[Any], bool] | None = None) -> list[Any]:
    """Open or stopped tasks in these states, innermost scope first, in the order of the tree.

    The order is the same before and after storing, so that an instance runs the same whether it was stored or not.
    """
    return in_order(list(_open_tasks(instance, mask, wanted)))


def has_tasks(instance: Any, mask: int, wanted: Callable[[Any], bool] | None = None) -> bool:
    """Whether there are such tasks."""
    return next(_open_tasks(instance, mask, wanted), None) is not None


def _open_tasks(instance: Any, mask: int, wanted: Callable[[Any], bool] | None) -> Iterator[Any]:
    known: dict[int, bool] = {}
    for task in instance.index.iterate(mask):
        if (wanted is None or wanted(task)) and is_open(task.workflow, known):
            yield task


def in_order(tasks: list[Any]) -> list[Any]:
    """Latest scope first, inside a scope in the order of the tree."""
    if len(tasks) < 2:
        return tasks
    ways = _Ways()
    return sorted(tasks, key=lambda task: (-task.workflow.serial, ways.to(task)))


class _Ways:
    """The ways to tasks from the start of their scope: which child of which child. Each is found once."""

    def __init__(self) -> None:
        self.below: dict[UUID, tuple[tuple[int, ...], dict[UUID, int]]] = {}

    def to(self, task: Any) -> tuple[int, ...]:
        """The way to a task."""
        line = []
        while task._parent is not None and task._parent not in self.below:
            line.append(task)
            task = task.parent
        way: tuple[int, ...] = ()
        if task._parent is not None:
            before, places = self.below[task._parent]
            way = (*before, places[task.id])
        for child in reversed(line):
            places = {one: place for place, one in enumerate(task._children)}
            self.below[task.id] = way, places
            way, task = (*way, places[child.id]), child
        return way


def find(instance: Any, task_id: UUID) -> Any:
    """A task of an open scope, None when there is none."""
    return next((scope.tasks[task_id] for scope in scopes(instance) if task_id in scope.tasks), None)


def enclosing(task: Any) -> Any:
    """The activity in whose sub-process or called process the task runs; None at the top."""
    return task.workflow.parent_task


def abandon(task: Any) -> None:
    """Forget what is inside an activity: it will begin anew, or not at all."""
    sub = task.workflow.top_workflow.subprocesses.pop(task.id, None)
    if sub is not None:
        sub.completed = True


def variables(scope: Any) -> dict[str, Any]:
    """Data of a scope as of now: what its branches know together, with what runs embedded in their activities.

    A branch that waits at a join or has ended counts as long as others go on. Called processes keep their data to
    themselves, and so does each instance of a multi-instance activity.
    """
    if scope.completed:
        return {name: value for name, value in scope.data.items() if name != "data_objects"}
    inside = {sub.parent_task.id: sub for sub in scopes(scope.top_workflow) if sub.parent_task is not None}
    known = [(task, branch_data(task)) for task in (*arrivals(scope), *ended(scope))]
    for task in in_order([one for one in scope.index.iterate(ACTIVE) if one.workflow is scope]):
        if not task.task_spec.is_child and not isinstance(task.task_spec, UnstructuredJoin):
            known.append((task, _known_at(task, inside.get(task.id))))
    if not known and scope.last_task is not None:
        known.append((scope.last_task, scope.last_task.data))
    merged = together(sorted(known, key=lambda one: _arrival(one[0]))) if known else {}
    for name, (had, old, new) in scope.task_tree.internal_data.get(ENDED, {}).items():
        if (name in merged) == had and (not had or same(merged[name], old)):
            merged[name] = new
    for name, value in scope.data.items():
        if name != "data_objects":
            merged.setdefault(name, value)
    return merged


def _known_at(task: Any, inside: Any) -> dict[str, Any]:
    """The data of an open task, with what an embedded sub-process changed so far. inside: its open scope."""
    if inside is None or getattr(inside.spec, "is_called", False):
        data: dict[str, Any] = task.data
        return data
    return {**task.data, **changed(variables(inside), inside.task_tree.data)}


def is_within(inner: Any, scope: Any) -> bool:
    """Whether a scope is another one or embedded in it, at any depth, with no call in between."""
    while inner is not scope:
        if inner.parent_task is None or getattr(inner.spec, "is_called", False):
            return False
        inner = inner.parent_task.workflow
    return True


def arrivals(scope: Any) -> list[Any]:
    """Tokens at the gateways of a scope that join branches, not used yet."""
    return [task for task in _arrived(scope) if task.task_spec is not scope.spec.end]


def ended(scope: Any) -> list[Any]:
    """Arrivals of branches that ended while others go on, oldest first."""
    return sorted((task for task in _arrived(scope) if task.task_spec is scope.spec.end), key=_arrival)


def _arrival(task: Any) -> tuple[float, int]:
    return task.last_state_change, task.internal_data.get("arrival", 0)


def _arrived(scope: Any) -> Iterator[Any]:
    for task in scope.tasks.values():
        if (
            task._state & _ENDED
            and isinstance(task.task_spec, UnstructuredJoin)
            and "joined" not in task.internal_data
            and task.parent._state == TaskState.COMPLETED
        ):
            yield task
