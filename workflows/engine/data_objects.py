"""Data objects: values of a scope that its elements read and write by associations, null at first.

They belong to the scope that declares them and are seen in everything embedded in it, not in called processes (BPMN
2.0.2, 10.4.1). Values are never copied: nothing changes a value in place.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.data_spec import DataObject as StockDataObject

from workflows.engine import tree
from workflows.engine.faults import EngineFault


class DataObject(StockDataObject):
    """An association reads it into the data of a task, or takes the variable of its name out of them."""

    def get(self, my_task: Any) -> None:
        my_task.data[self.bpmn_id] = self._holder(my_task)[self.bpmn_id]

    def set(self, my_task: Any) -> None:
        if self.bpmn_id not in my_task.data:
            text = f"Nothing was written to {self.bpmn_id}, which the data object is to be filled from."
            raise EngineFault("data", f"{text} Write that variable in the element, or remove the association.")
        self._holder(my_task)[self.bpmn_id] = my_task.data.pop(self.bpmn_id)

    def _holder(self, my_task: Any) -> dict[str, Any]:
        for scope in around(my_task.workflow):
            if self.bpmn_id in scope.spec.data_objects:
                held: dict[str, Any] = scope.data_objects
                return held
        raise EngineFault("data", f"There is no data object {self.bpmn_id} here. Correct the association.")


def around(scope: Any) -> Iterator[Any]:
    """A scope and those it is embedded in, innermost first; a called process is embedded in nothing."""
    yield scope
    while scope.parent_task_id is not None and not getattr(scope.spec, "is_called", False):
        scope = tree.enclosing(scope.task_tree).workflow
        yield scope


def visible(scope: Any) -> Mapping[str, Any]:
    """The data objects a scope sees; inner ones hide outer ones of the same name."""
    if scope.parent_task_id is None:
        found: Mapping[str, Any] = scope.data_objects
        return found
    seen: dict[str, Any] = {}
    for one in around(scope):
        seen = {**one.data_objects, **seen}
    return seen
