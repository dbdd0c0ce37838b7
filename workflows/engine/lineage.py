"""Where tasks come from, and what branches that come from one task know together."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from workflows.engine import values

Known = tuple[Any, dict[str, Any]]
"""A task and data."""
Branch = tuple[list[Known], dict[str, Any]]
"""The tips of a branch, in order, and what it knows as a whole."""
Combine = Callable[[Any, list[Branch]], dict[str, Any]]
"""From the task where branches parted, and from the branches, to what they know together."""


def ancestors(task: Any) -> Iterator[Any]:
    """What a task came from, nearest first."""
    parent = task.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def together(known: list[Known], combine: Combine | None = None) -> dict[str, Any]:
    """What branches of one scope know together, from the task at the tip of each and its data, in order.

    Where branches parted, each contributes what it changed since, so that none hides with old values what another one
    changed; and so on up to where all of them parted. combine: how to do it at one parting; else the later ones count.
    """
    if len(known) == 1:
        return dict(known[0][1])
    family = _Family(combine or _later_ones_count)
    for number, (task, data) in enumerate(known):
        family.add(task, data, number)
    return family.branch(family.root)[1]


class _Family:
    """The part of a scope's tree that leads to some of its tasks."""

    def __init__(self, combine: Combine) -> None:
        self.combine = combine
        self.tips: dict[Any, tuple[int, Known]] = {}
        self.below: dict[Any, dict[Any, int]] = {}
        self.root: Any = None

    def add(self, task: Any, data: dict[str, Any], number: int) -> None:
        """A tip. What it lies below is known by the highest number."""
        self.tips[task] = number, (task, data)
        for parent in ancestors(task):
            self.below.setdefault(parent, {})[task] = number
            task = parent
        self.root = task

    def branch(self, task: Any) -> tuple[list[tuple[int, Known]], dict[str, Any]]:
        """All tips at a task and below it, with their numbers, and what they know together."""
        while task not in self.tips and len(self.below[task]) == 1:
            task = next(iter(self.below[task]))
        children = self.below.get(task, {})
        found = [self.branch(child) for child in sorted(children, key=lambda one: children[one])]
        if task in self.tips:
            found.insert(0, ([self.tips[task]], self.tips[task][1][1]))
        if len(found) == 1:
            return found[0]
        tips = sorted((tip for mine, _ in found for tip in mine), key=itemgetter(0))
        return tips, self.combine(task, [([tip for _, tip in mine], data) for mine, data in found])


def _later_ones_count(start: Any, branches: list[Branch]) -> dict[str, Any]:
    value = dict(start.data)
    for _, data in branches:
        value.update(changed(data, start.data))
    return value


def changed(data: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """What is new or different."""
    return {
        name: value
        for name, value in data.items()
        if name not in base or (base[name] is not value and not values.same(base[name], value))
    }
