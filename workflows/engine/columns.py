"""The task tree of a scope as columns, and back.

Tasks are numbered from the start of the scope downwards, parents before their children. A column holds one fact about
all of them, or about those few that differ:

    names, ids, parents (as differences from one to the next), name of each, state of each, times, time of each,
    1 for triggered ones, internal data of some, data deltas of some, number of the last task, success, completed,
    data of the scope, tasks finished since history was put away, history that was put away

A delta is against the parent's data. Tasks that are merely foreseen below an open one are left out; they are foreseen
again when they are needed. Where real and foreseen children stand side by side (multi-instance) all are kept.
"""

from typing import Any
from uuid import UUID, SafeUUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine import tree, values
from workflows.engine.index import ACTIVE, DONE

_FORESEEN = TaskState.FUTURE | TaskState.LIKELY | TaskState.MAYBE
_WAITING = TaskState.WAITING


def of_scope(scope: Any, number: int, places: dict[UUID, tuple[int, int]]) -> list[Any]:
    """The columns of a scope. places: task id to (number of the scope, number of the task), to be filled."""
    names: dict[str, int] = {}
    times: dict[float, int] = {}
    ids: list[bytes] = []
    steps, kinds, states, changed, triggered = [], [], [], [], []
    internals: dict[int, Any] = {}
    deltas: dict[int, Any] = {}
    tasks = scope.tasks
    nothing: dict[str, Any] = {}
    before = 0
    stack = [(scope.task_tree, 0, nothing)]
    while stack:
        task, parent, base = stack.pop()
        row, data, state = len(ids), task.data, task._state
        places[task.id] = number, row
        ids.append(task.id.bytes)
        steps.append(parent - before)
        before = parent
        kinds.append(names.setdefault(task.task_spec.name, len(names)))
        states.append(state)
        changed.append(times.setdefault(task.last_state_change, len(times)))
        triggered.append(1 if task.triggered else 0)
        if task.internal_data:
            internals[row] = task.internal_data
        delta = values.delta(data, base)
        if delta is not None:
            deltas[row] = delta
        children = [tasks[child] for child in task._children]
        if not children or (state & tree.OPEN and all(child._state & _FORESEEN for child in children)):
            continue
        stack.extend((child, row, data) for child in reversed(children))
    last = places.get(scope.last_task.id) if scope.last_task is not None else None
    tree_columns = [
        list(names),
        b"".join(ids),
        steps,
        kinds,
        states,
        list(times),
        changed,
        triggered,
        internals,
        deltas,
    ]
    rest = [last[1] if last else None, scope.success, scope.completed, scope.data, scope.finished, scope.attic]
    return tree_columns + rest


def into_scope(scope: Any, columns: list[Any]) -> list[Any]:
    """Fill a scope with its tasks; they are returned in order."""
    (names, ids, steps, kinds, states, times, changed, triggered, internals, deltas,
     last, scope.success, scope.completed, scope.data, scope.finished, attic) = columns  # fmt: skip
    scope.attic = [(count, packed) for count, packed in attic]
    specs = [scope.spec.task_specs[name] for name in names]
    tasks: list[Any] = []
    place = 0
    for row, step in enumerate(steps):
        place += step
        parent = tasks[place] if row else None
        task = _task(scope, specs[kinds[row]], ids[row * 16 : row * 16 + 16], states[row], times[changed[row]])
        if parent is not None:
            task._parent = parent.id
            parent._children.append(task.id)
        task.triggered = bool(triggered[row])
        task.data = _data(task, parent, deltas.get(row))
        tasks.append(task)
        _note(scope, task)
    for row, internal in internals.items():
        tasks[row].internal_data = internal
    scope.tasks = {task.id: task for task in tasks}
    scope.task_tree = tasks[0]
    scope.last_task = tasks[last] if last is not None else None
    return tasks


def _data(task: Any, parent: Any, delta: Any) -> dict[str, Any]:
    """Finished tasks never change again, so they may share what they have in common."""
    if parent is None:
        return values.with_delta({}, delta)
    if delta is None and task._state & parent._state & DONE:
        shared: dict[str, Any] = parent.data
        return shared
    return values.with_delta(parent.data, delta)


def _note(scope: Any, task: Any) -> None:
    if task._state & ACTIVE:
        scope.index.note(task)
        if task._state == _WAITING and isinstance(task.task_spec, CatchingEvent):
            scope.top_workflow.event_manager.add_task(task)


def _task(scope: Any, spec: Any, task_id: bytes, state: int, changed: float) -> Any:
    """A task as the library's constructor makes it, without the looking up and the clock."""
    task = Task.__new__(Task)
    task.__dict__ = {
        "id": _uuid(task_id),
        "workflow": scope,
        "_parent": None,
        "_children": [],
        "_state": state,
        "triggered": False,
        "task_spec": spec,
        "thread_id": Task.thread_id_pool,
        "data": {},
        "internal_data": {},
        "last_state_change": changed,
    }
    return task


def _uuid(data: bytes) -> UUID:
    """As UUID(bytes=data), without its checks of text forms."""
    if len(data) != 16:
        raise ValueError("An id is cut off.")
    made = UUID.__new__(UUID)
    object.__setattr__(made, "int", int.from_bytes(data, "big"))
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made
