"""Keeps an instance small: finished history is put away once no join, boundary event or activity can ask for it.

The tree only has to know what can still happen. What stays: open tasks with their parents, arrivals at joins that have
not fired, the splits of boundary events that are still attached, the points where branches parted, whose data say
what each branch changed, and the task of each branch that changed a variable last.
"""

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from workflows.engine import attic, tree, values
from workflows.engine.index import DONE, Index
from workflows.engine.lineage import ancestors

LIMIT = 16
"""Finished tasks in a scope before it is worth while."""
MAX_ENDED = 20
"""Branches of a scope that ended and are kept one by one."""
_ARRIVED = TaskState.WAITING | TaskState.CANCELLED


def compact(instance: Any) -> None:
    """Drop finished sub-processes; in open scopes, put away what has become history."""
    if instance.subprocesses:
        _drop_finished_scopes(instance)
    _drop_spent(instance.index)
    if instance.completed:
        return
    for scope in list(tree.scopes(instance)):
        if scope.finished > LIMIT:
            _fold_ended(scope)
            attic.put_away(scope, _needed(scope))
            scope.finished = 0


def recall(instance: Any) -> None:
    """Take the history of all open scopes out again, for going back to it."""
    for scope in list(tree.scopes(instance)):
        attic.take_out(scope)


def _drop_finished_scopes(instance: Any) -> None:
    known: dict[int, bool] = {}
    for task_id in [task_id for task_id, sub in instance.subprocesses.items() if not tree.is_open(sub, known)]:
        del instance.subprocesses[task_id]


def _drop_spent(index: Index) -> None:
    """Finished instances of a multi-instance activity have given what they had. There may be thousands of them."""
    gone = [task for task in index.spent if task.workflow.tasks.get(task.id) is task]
    index.spent = []
    for task in gone:
        container, task_id = task.parent, task.id
        container._children = [child for child in container._children if child is not task_id]
        if task.workflow.last_task is task:
            task.workflow.last_task = task.parent
        del task.workflow.tasks[task.id]


def _needed(scope: Any) -> dict[UUID, Any]:
    """Tasks that something can still ask for, by id, in the order of the scope."""
    alive = [task for task in scope.tasks.values() if not task._state & DONE or _is_arrival(task)]
    kept = {task.id for task in alive}
    kept.update(task._parent for task in alive if task._parent is not None)
    kept.add(scope.task_tree.id)
    if scope.last_task is not None and scope.last_task.id in scope.tasks:
        kept.add(scope.last_task.id)
    kept |= _attached(alive)
    meetings = _meetings([scope.tasks[task_id] for task_id in kept])
    kept |= meetings
    if meetings:
        kept |= _writers(alive, meetings)
    return {task_id: task for task_id, task in scope.tasks.items() if task_id in kept}


def _is_arrival(task: Any) -> bool:
    """A token at a join that has not fired yet."""
    return bool(
        task._state & _ARRIVED
        and isinstance(task.task_spec, UnstructuredJoin)
        and "joined" not in task.internal_data
        and task.parent._state == TaskState.COMPLETED
    )


def _attached(alive: list[Any]) -> set[UUID]:
    """Boundary splits, with all that begins there, whose activity or events are still at work."""
    found: set[UUID] = set()
    for parent in {task._parent: task.parent for task in alive if task._parent is not None}.values():
        left: set[str] = set()
        for one in (parent, *ancestors(parent)):
            spec = one.task_spec
            if isinstance(spec, BoundaryEventJoin) and one._state == TaskState.COMPLETED:
                left.add(spec.split_task)
            elif isinstance(spec, BoundaryEventSplit):
                if spec.name in left:
                    left.discard(spec.name)
                else:
                    found.update([one.id, *one._children])
    return found


def _meetings(kept: list[Any]) -> set[UUID]:
    """Where the ways from the kept tasks to the start meet, coming from different children."""
    came_from: dict[UUID, set[UUID]] = {}
    for task in kept:
        one = task
        while one._parent is not None:
            children = came_from.setdefault(one._parent, set())
            known = bool(children)
            children.add(one.id)
            if known:
                break
            one = one.parent
    return {task_id for task_id, children in came_from.items() if len(children) > 1}


def _writers(alive: list[Any], meetings: set[UUID]) -> set[UUID]:
    """On the way from where branches parted to the end of each: the last task that changed a variable, for each one."""
    found: set[UUID] = set()
    for task in alive:
        line = list(ancestors(task))
        while line and line[-1].id not in meetings:
            line.pop()
        known: set[str] = set()
        for one in line[:-1]:
            written = _written(one) - known
            if written:
                known |= written
                found.add(one.id)
    return found


def _written(task: Any) -> set[str]:
    delta = values.delta(task.data, task.parent.data)
    return set(delta[0]) if delta is not None else set()


def _fold_ended(scope: Any) -> None:
    """Many branches may end in a loop that goes on; the oldest are remembered by what they changed."""
    ended = tree.ended(scope)
    old = ended[: len(ended) - MAX_ENDED // 2] if len(ended) > MAX_ENDED else []
    changes = scope.task_tree.internal_data.setdefault(tree.ENDED, {}) if old else {}
    for task in old:
        base, branch = _parted(task).data, task.parent.data
        changes.update(
            (name, [name in base, base.get(name), value])
            for name, value in branch.items()
            if name not in base or not values.same(base[name], value)
        )
        task.internal_data["joined"] = True


def _parted(task: Any) -> Any:
    """The nearest ancestor that others come from too."""
    for one in ancestors(task):
        if sum(1 for child in one.children if not child._state & TaskState.PREDICTED_MASK) > 1:
            return one
    return task.workflow.task_tree
