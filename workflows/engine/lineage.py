"""Walks along the ancestors of a task, without recursion."""

from collections.abc import Iterator
from typing import Any


def ancestors(task: Any) -> Iterator[Any]:
    """What a task came from, nearest first."""
    parent = task.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def parting(tasks: list[Any]) -> Any:
    """The last task that all of them come from; a single task is its own."""
    lines = [[task, *ancestors(task)][::-1] for task in tasks]
    common = lines[0][0]
    for level in zip(*lines, strict=False):
        if any(one is not level[0] for one in level):
            break
        common = level[0]
    return common
