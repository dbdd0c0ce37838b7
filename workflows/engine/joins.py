"""When does a join fire, and with which data?

Each arrival at a join is one token on the flow it came by. Internal "arrival" is its number; "joined" the number of the
arrival at work when it was used (True or 0 when it was used up otherwise); "took" how many were used then. The library
counts arrivals of earlier rounds of a loop again, and overwrites what one branch wrote with what another one saw
before; here an arrival is used once, and each branch contributes what it changed since the branches parted (see
merging.py).
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.util.task import TaskState

from workflows.engine import merging

_TOKEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.ERROR
_ARRIVED = TaskState.WAITING | TaskState.CANCELLED


def arrive(my_task: Any) -> None:
    """Number a token in the order in which tokens come to joins; the scope's first task counts them."""
    if "arrival" not in my_task.internal_data:
        counting = my_task.workflow.task_tree.internal_data
        counting["arrivals"] = my_task.internal_data["arrival"] = counting.get("arrivals", 0) + 1


def arrivals(join: Any, my_task: Any) -> list[Any]:
    """The arrivals that no firing has used yet, in order, with the one at work."""
    arrive(my_task)
    found = [
        task
        for task in my_task.workflow.tasks.values()
        if task.task_spec is join
        and task is not my_task
        and task._state & _ARRIVED
        and task.parent.state == TaskState.COMPLETED
        and "joined" not in task.internal_data
    ]
    return sorted([*found, my_task], key=_number)


def _number(task: Any) -> tuple[int, float]:
    return task.internal_data.get("arrival", 0), task.last_state_change


def all_filled(join: Any, my_task: Any) -> bool:
    """Parallel join: one token on each incoming flow."""
    if len(join._inputs) == 1:
        return True
    return _filled(join, my_task).issuperset(join._inputs)


def none_to_come(join: Any, my_task: Any) -> bool:
    """Inclusive join (BPMN 2.0.2, 13.4.3): no token elsewhere can still fill an empty incoming flow.

    A token that can also reach a filled flow does not count; one that would have to pass the join itself neither.
    """
    if len(join._inputs) == 1:
        return True
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


def fire(join: Any, my_task: Any) -> None:
    """Use the arrivals of this firing. Raises EngineFault, using none, when their data contradict each other."""
    if join.element is not None and len(join._inputs) == 1:
        my_task.data = merging.branch_data(my_task)
        return
    taken = _take(join, my_task)
    my_task.data = merging.merge(taken)
    for task in taken:
        task.internal_data["joined"] = my_task.internal_data["arrival"]
    my_task.internal_data["took"] = len(taken)
    left = [task for task in arrivals(join, my_task) if task is not my_task and task not in taken]
    if left and left[-1].state == TaskState.CANCELLED:
        left[-1]._set_state(TaskState.WAITING)  # Its turn comes when nothing else can arrive any more.


def _take(join: Any, my_task: Any) -> list[Any]:
    """The first on each flow of a gateway, the one at work on its own; all of them at the end of a process."""
    waiting = arrivals(join, my_task)
    if join.element is None:
        return waiting
    first: dict[str, Any] = {}
    for task in waiting:
        first.setdefault(task.parent.task_spec.name, task)
    first[my_task.parent.task_spec.name] = my_task
    return sorted(first.values(), key=_number)


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
