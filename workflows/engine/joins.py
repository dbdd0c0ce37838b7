"""When does a join fire, and with which data?

Each arrival at a join is one token on the flow it came by. The library counts arrivals of earlier rounds of a loop
again, and overwrites what one branch wrote with what another one saw before; here an arrival is used once, and each
branch contributes what it changed since the branches parted.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.util.task import TaskState

from workflows.engine.lineage import parting

_TOKEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.ERROR
_ARRIVED = TaskState.WAITING | TaskState.CANCELLED


def arrivals(join: Any, my_task: Any) -> list[Any]:
    """The arrivals that no firing has used yet, in order, the one at work last."""
    found = [
        task
        for task in my_task.workflow.tasks.values()
        if task.task_spec is join
        and task is not my_task
        and task._state & _ARRIVED
        and task.parent.state == TaskState.COMPLETED
        and "joined" not in task.internal_data
    ]
    return [*sorted(found, key=lambda task: task.last_state_change), my_task]


def all_filled(join: Any, my_task: Any) -> bool:
    """Parallel join: one token on each incoming flow."""
    return _filled(join, my_task).issuperset(join._inputs)


def none_to_come(join: Any, my_task: Any) -> bool:
    """Inclusive join (BPMN 2.0.2, 13.4.3): no token elsewhere can still fill an empty incoming flow.

    A token that can also reach a filled flow does not count; one that would have to pass the join itself neither.
    """
    filled = _filled(join, my_task)
    empty = set(join._inputs) - filled
    if not empty:
        return True
    for task in my_task.workflow.tasks.values():
        if task.task_spec is join or not _is_token(task):
            continue
        reach = _reach(task.task_spec, join)
        if reach & empty and not reach & filled:
            return False
    return True


def take(join: Any, my_task: Any) -> list[Any]:
    """Use the arrivals of this firing: the first on each flow of a gateway, all of them at the end of a process."""
    waiting = arrivals(join, my_task)
    if join.element is not None:
        first: dict[str, Any] = {}
        for task in waiting:
            first.setdefault(task.parent.task_spec.name, task)
        waiting = list(first.values())
    for task in waiting:
        task.internal_data["joined"] = True
    return waiting


def merge(taken: list[Any]) -> dict[str, Any]:
    """The data of the branches together: what each changed since they parted, later arrivals over earlier ones."""
    if len(taken) == 1:
        return dict(taken[0].parent.data)
    base = parting(taken).data
    merged = dict(base)
    for task in taken:
        branch = task.parent.data
        merged.update({name: value for name, value in branch.items() if _is_changed(base, name, value)})
        for name in base.keys() - branch.keys():
            merged.pop(name, None)
    return merged


class Parallel(ParallelGateway):
    """A parallel gateway that counts each arrival once."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return all_filled(self, my_task)


def _filled(join: Any, my_task: Any) -> set[str]:
    return {task.parent.task_spec.name for task in arrivals(join, my_task)}


def _is_token(task: Any) -> bool:
    """Open work, or a step that its finished predecessor is just about to start."""
    if task._state & _TOKEN:
        return True
    return bool(
        task._state == TaskState.FUTURE and task.parent is not None and task.parent.state == TaskState.COMPLETED
    )


def _reach(spec: Any, join: Any) -> set[str]:
    """Names of what can be reached from a specification without passing the join, itself included."""
    seen: set[str] = set()
    stack = [spec]
    while stack:
        one = stack.pop()
        if one is join or one.name in seen:
            continue
        seen.add(one.name)
        stack.extend(one.outputs)
    return seen


def _is_changed(base: dict[str, Any], name: str, value: Any) -> bool:
    return name not in base or (base[name] is not value and base[name] != value)
