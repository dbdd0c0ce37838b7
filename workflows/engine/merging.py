"""What do branches that come together know?

Each contributes what it changed since the branches parted. No update is lost:

- a value that only one branch changed, or that all changed alike, is taken;
- lists that branches appended to are the list from before, then what each branch appended, in order of arrival;
- lists that multi-instance activities collected are put one behind the other, in order of arrival;
- tokens of one and the same element (a reminder that fires again, a loop) follow each other: the last arrival counts;
- anything else stops at the join, and an operator says which value holds.

Lint refuses models that could come to that, as far as it can see (rule parallel-write-conflict).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.engine import values
from workflows.engine.faults import EngineFault
from workflows.engine.lineage import Branch, Known, ancestors, together

_FOLDED = "ended"
"""Internal datum of a scope's start: what branches changed that ended long ago, see compact.py."""


@dataclass(frozen=True)
class _Change:
    """A branch's value of one variable. task: its arrival at the join."""

    task: Any
    value: Any


def merge(taken: list[Any]) -> dict[str, Any]:
    """The data of branches that join, from their arrivals in order. Raises the "parallel-write-conflict" fault.

    Where branches parted more than once, those that parted last come together first: what they found there is nothing
    that they changed.
    """
    scope = taken[0].workflow
    merged = together([(task, branch_data(task)) for task in taken], _combined)
    folded = scope.task_tree.internal_data.get(_FOLDED, {}) if taken[0].task_spec is scope.spec.end else {}
    for name, (had, old, new) in folded.items():
        if (name in merged) == had and (not had or values.same(merged[name], old)):
            merged[name] = new
    return merged


def _combined(start: Any, branches: list[Branch]) -> dict[str, Any]:
    """The data of branches that parted at one task."""
    merged = dict(start.data)
    for _, branch in branches:
        for name in start.data.keys() - branch.keys():
            merged.pop(name, None)
    clashes = {}
    for name, found in _changes(start.data, branches).items():
        settled = _settle(found, start, name)
        if settled is None:
            clashes[name] = found
        else:
            merged[name] = settled.value
    if clashes:
        raise _conflict(clashes, start)
    return merged


def rebased(base: Any, before: Any, after: Any) -> Any:
    """What a branch that began later appended to a list, as if it had begun where the others did.

    base: the list where the branches parted; before, after: what the branch found and what it left.
    """
    lists = isinstance(before, list) and isinstance(after, list) and (base is None or isinstance(base, list))
    if not lists or after[: len(before)] != before:
        return after
    return [*(base or []), *after[len(before) :]]


def branch_data(arrival: Any) -> dict[str, Any]:
    """What a branch brings to a join; what an operator set afterwards counts."""
    return amended(arrival, arrival.parent.data)


def amended(task: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as an operator has amended them for a task (internal "set" and "unset")."""
    known = task.internal_data
    found = {**data, **known.get("set", {})}
    for name in known.get("unset", ()):
        found.pop(name, None)
    return found


def _changes(base: Mapping[str, Any], branches: list[Branch]) -> dict[str, list[_Change]]:
    found: dict[str, list[_Change]] = {}
    for tips, branch in branches:
        for name, value in branch.items():
            if is_changed(base, name, value):
                found.setdefault(name, []).append(_Change(_bringer(tips, name, value), value))
    return found


def _bringer(tips: list[Known], name: str, value: Any) -> Any:
    """The arrival of a branch that brought a value; of lists that were put together, the last."""
    brought = (task for task, data in reversed(tips) if name in data and values.same(data[name], value))
    return next(brought, tips[-1][0])


def _settle(changes: list[_Change], start: Any, name: str) -> _Change | None:
    """The change that holds, None when they contradict each other."""
    last = changes[-1]
    if len(changes) == 1:
        return last
    is_collected = name in getattr(start.workflow.spec, "collected", ())
    listed = _appended(start.data.get(name), [one.value for one in changes], is_collected)
    if listed is not None:
        return _Change(last.task, listed)
    if all(one.value is last.value or _is_alike(one.value, last.value) for one in changes):
        return last
    writers = {_writer(one.task, start, name) for one in changes}
    return last if len(writers) == 1 else None


def _appended(before: Any, lists: list[Any], is_collected: bool) -> list[Any] | None:
    """is_collected: a multi-instance activity begins the list anew; else it must go on from what was there."""
    base = [] if before is None else before
    if not all(isinstance(one, list) for one in (base, *lists)):
        return None
    if all(one[: len(base)] == base for one in lists):
        return [*base, *(item for one in lists for item in one[len(base) :])]
    return [item for one in lists for item in one] if is_collected else None


def _writer(arrival: Any, start: Any, name: str) -> str | None:
    """Name of the specification that changed a variable last on the way of a branch."""
    return next((one.task_spec.name for one in _line(arrival, start) if _wrote(one, name)), None)


def _line(arrival: Any, start: Any) -> Iterator[Any]:
    for one in ancestors(arrival):
        if one is start:
            return
        yield one


def _wrote(task: Any, name: str) -> bool:
    before = task.parent.data if task.parent is not None else {}
    return name in task.data and is_changed(before, name, task.data[name])


def is_changed(base: Mapping[str, Any], name: str, value: Any) -> bool:
    """Whether a value is another one than before, be it in its digits only."""
    return name not in base or not values.same(base[name], value)


def _is_alike(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _conflict(clashes: Mapping[str, list[_Change]], start: Any) -> EngineFault:
    names = sorted(clashes)
    tasks = [one.task for name in names for one in clashes[name]]
    elements = sorted({_element_of(task, start, name) for task in tasks for name in names} - {""})
    who = " and ".join(elements) or "the branches"
    text = (
        f"{who} wrote different values to {', '.join(names)} at the same time. "
        "Set the variable to the value that holds, then retry here."
    )
    last = _element_of(tasks[-1], start, names[-1]) or None
    return EngineFault("parallel-write-conflict", text, {"names": names, "elements": elements, "element_id": last})


def _element_of(arrival: Any, start: Any, name: str) -> str:
    """The element that wrote, else the last one of the branch."""
    line = [one for one in _line(arrival, start) if getattr(one.task_spec, "element", None) is not None]
    found = next((one for one in line if _wrote(one, name)), line[0] if line else None)
    return str(found.task_spec.element.id) if found is not None else ""
