"""Variables set by an operator: whole values, wherever in the process they are seen."""

from collections.abc import Collection, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from workflows.engine import merging, tree
from workflows.engine.definitions import FirstOf, Message

_LOOKS_AGAIN = TaskState.WAITING | TaskState.ERROR
_ARRIVED = TaskState.WAITING | TaskState.CANCELLED | TaskState.ERROR


def amend(instance: Any, changes: Mapping[str, Any], removed: Collection[str]) -> None:
    """Set and remove variables of the process; called processes have variables of their own.

    A variable that is known somewhere is changed in every open branch that sees it; a new one is seen in all of them.
    """
    scopes = [scope for scope in tree.scopes(instance) if tree.is_within(scope, instance)]
    branches = _branches(instance, scopes)
    for name in (*changes, *removed):
        holders = [scope.data_objects for scope in scopes if name in scope.spec.data_objects]
        for held in holders:
            held[name] = changes.get(name)
        seen = [one for one in branches if one.knows(name)]
        for one in seen or ([] if holders else branches):
            if name in changes:
                one.set(name, changes[name])
            else:
                one.unset(name)
    instance.index.changes += 1  # What was seen before is old, although no state changed.
    for task in tree.tasks_in(instance, TaskState.WAITING, lambda task: isinstance(task.task_spec, CatchingEvent)):
        _listen_anew(task)


def _branches(instance: Any, scopes: list[Any]) -> list["_Open"]:
    arrived = [task for scope in scopes for task in scope.tasks.values() if _is_arrival(task)]
    known = {task.id for task in arrived}
    active = tree.tasks_in(instance, tree.ACTIVE, lambda task: tree.is_within(task.workflow, instance))
    others = [task for task in active if task.id not in known]
    return [*(_Arrived(one) for one in arrived), *(_Open(one) for one in others)]


def _is_arrival(task: Any) -> bool:
    return bool(
        isinstance(task.task_spec, UnstructuredJoin)
        and task._state & _ARRIVED
        and "joined" not in task.internal_data
        and task.parent.state == TaskState.COMPLETED
    )


class _Open:
    """An open task. What waits or is stopped looks at its predecessor's data again, so the change is noted too."""

    def __init__(self, task: Any) -> None:
        self.task = task

    def knows(self, name: str) -> bool:
        return name in self.task.data

    def set(self, name: str, value: Any) -> None:
        self.task.data[name] = value
        if self.task.has_state(_LOOKS_AGAIN):
            _note(self.task, {name: value}, ())

    def unset(self, name: str) -> None:
        self.task.data.pop(name, None)
        if self.task.has_state(_LOOKS_AGAIN):
            _note(self.task, {}, (name,))


class _Arrived(_Open):
    """A branch that waits at a join: what it brings was written by a task that is finished (see merging.py)."""

    def knows(self, name: str) -> bool:
        return name in merging.branch_data(self.task)

    def set(self, name: str, value: Any) -> None:
        _note(self.task, {name: value}, ())

    def unset(self, name: str) -> None:
        _note(self.task, {}, (name,))


def _note(task: Any, written: Mapping[str, Any], removed: tuple[str, ...]) -> None:
    known = task.internal_data
    before = {name: value for name, value in known.get("set", {}).items() if name not in removed}
    known["set"] = {**before, **written}
    known["unset"] = [*(name for name in known.get("unset", ()) if name not in {*written, *removed}), *removed]


def _listen_anew(task: Any) -> None:
    """The key a message is awaited with may have changed."""
    definition = task.task_spec.event_definition
    places = definition.branches(task) if isinstance(definition, FirstOf) else [(definition, task)]
    for one, place in places:
        if isinstance(one, Message):
            place.internal_data.pop("key", None)
            one.update_task(place)
