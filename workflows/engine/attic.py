"""History that no join can ask for any more: put away as bytes, and taken out again only to go back to it.

The library walks its whole tree again and again, so finished tasks cost at every step. What is put away here costs
nothing but its bytes. Each pass is undone exactly, newest first, so that the tree becomes what it was.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task

from workflows.engine import values
from workflows.engine.index import DONE

KEPT = 100
"""Tasks of a scope that can be taken out again; older ones are given up."""


def put_away(scope: Any, kept: Mapping[UUID, Any]) -> None:
    """Take everything out of a scope that is not kept. The kept tasks stay below their nearest kept ancestor."""
    places = {child: (task.id, place) for task in scope.tasks.values() for place, child in enumerate(task._children)}
    gone = _downwards(scope.task_tree, kept)
    numbers = {task.id: number for number, task in enumerate(gone)}
    rows = [[*_place(task, places, numbers), *_row(task)] for task in gone]
    moved = [[task.id.bytes, *_place(task, places, numbers)] for task in kept.values() if task._parent in numbers]
    _join_kept(scope.task_tree, kept)
    scope.tasks = {task_id: task for task_id, task in scope.tasks.items() if task_id in kept}
    if rows:
        scope.attic.append((len(rows), values.pack([rows, moved])))
    while sum(count for count, _ in scope.attic[1:]) >= KEPT:
        scope.attic.pop(0)


def take_out(scope: Any) -> None:
    """Bring back all history of a scope that is still there."""
    while scope.attic:
        _, packed = scope.attic.pop()
        _undo(scope, *values.unpack(packed))
    scope.finished = sum(1 for task in scope.tasks.values() if task._state & DONE)


def _undo(scope: Any, rows: list[Any], moved: list[Any]) -> None:
    """Undo one pass. What was removed from the tree since then does not come back, nor what came from it."""
    places: dict[UUID, list[tuple[int, UUID]]] = {}
    for parent, place, *row in rows:
        parent_id = _parent_id(parent, rows)
        if parent_id in scope.tasks:
            task = _restored(scope, parent_id, row)
            places.setdefault(parent_id, []).append((place, task.id))
    for task_id, parent, place in moved:
        task, parent_id = scope.tasks.get(UUID(bytes=task_id)), _parent_id(parent, rows)
        if task is not None and parent_id in scope.tasks:
            task.parent._children.remove(task.id)
            task._parent = parent_id
            places.setdefault(parent_id, []).append((place, task.id))
    for parent_id, children in places.items():
        for place, child in sorted(children):
            scope.tasks[parent_id]._children.insert(place, child)


def _downwards(root: Any, kept: Mapping[UUID, Any]) -> list[Any]:
    """All tasks that are not kept, parents before their children."""
    found, stack = [], [root]
    while stack:
        task = stack.pop()
        if task.id not in kept:
            found.append(task)
        stack.extend(reversed(task.children))
    return found


def _place(task: Any, places: Mapping[UUID, tuple[UUID, int]], numbers: Mapping[UUID, int]) -> list[Any]:
    """The parent (its number when it goes too) and the place among its children."""
    parent_id, place = places[task.id]
    return [numbers.get(parent_id, parent_id.bytes), place]


def _parent_id(parent: int | bytes, rows: list[Any]) -> UUID:
    return UUID(bytes=rows[parent][2] if isinstance(parent, int) else parent)


def _row(task: Any) -> list[Any]:
    return [
        task.id.bytes,
        task.task_spec.name,
        task._state,
        task.last_state_change,
        task.triggered,
        task.internal_data or None,
        values.delta(task.data, task.parent.data),
    ]


def _restored(scope: Any, parent_id: UUID, row: list[Any]) -> Any:
    task_id, name, state, changed, triggered, internal, delta = row
    task = Task(scope, scope.spec.task_specs[name], state=state, id=UUID(bytes=task_id))
    task._parent = parent_id
    task.last_state_change, task.triggered, task.internal_data = changed, triggered, internal or {}
    task.data = values.with_delta(scope.tasks[parent_id].data, delta)
    return task


def _join_kept(root: Any, kept: Mapping[UUID, Any]) -> None:
    """Make the nearest kept descendants of each kept task its children, in order."""
    stack = [root]
    while stack:
        task = stack.pop()
        nearest, inner = [], task.children[::-1]
        while inner:
            one = inner.pop()
            if one.id in kept:
                nearest.append(one)
            else:
                inner.extend(one.children[::-1])
        for one in nearest:
            one._parent = task.id
        task._children = [one.id for one in nearest]
        stack.extend(nearest)
