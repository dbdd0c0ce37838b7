"""Keeps an instance small: finished history is dropped from the tree once no join can ask for it any more.

The library walks its whole tree again and again and recurses along it, so a loop would get slower with each round. What
happened is in the instance's events; the tree only has to know what can still happen.
"""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows.engine import tree
from workflows.engine.lineage import parting

LIMIT = 120
"""Tasks in a scope before it is worth while."""


def compact(instance: Any) -> None:
    """Drop finished sub-processes, and in large scopes all that came before the open branches parted."""
    _drop_finished_scopes(instance)
    for scope in list(tree.scopes(instance)):
        if len(scope.tasks) > LIMIT:
            _shorten(scope)


def _drop_finished_scopes(instance: Any) -> None:
    open_scopes = {id(scope) for scope in tree.scopes(instance)}
    for task_id in [task_id for task_id, sub in instance.subprocesses.items() if id(sub) not in open_scopes]:
        del instance.subprocesses[task_id]


def _shorten(scope: Any) -> None:
    """Keep the start, the parting point with its parent (whose data it inherits) and everything below."""
    still_open = [task for task in scope.tasks.values() if task._state & (tree.OPEN | TaskState.ERROR)]
    if not still_open:
        return
    first = parting(still_open)
    before, start = first.parent, scope.task_tree
    if before is None or before is start or before.parent is start:
        return
    known = first.data.keys() | before.data.keys()
    scope.data.update({name: value for name, value in tree.left_behind(scope).items() if name not in known})
    kept = {start.id, before.id, *_below(first)}
    before._parent, before._children, start._children = start.id, [first.id], [before.id]
    scope.tasks = {task_id: task for task_id, task in scope.tasks.items() if task_id in kept}
    if scope.last_task is not None and scope.last_task.id not in kept:
        scope.last_task = before


def _below(task: Any) -> set[Any]:
    found, stack = set(), [task]
    while stack:
        one = stack.pop()
        found.add(one.id)
        stack.extend(one.children)
    return found
