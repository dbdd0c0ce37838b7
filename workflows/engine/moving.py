"""What an operator may do to an instance by hand. Each verb either refuses (nothing happened) or leaves it at rest.

None of them writes a decision, and every guard is checked as on the ordinary way.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import amending, guard, placing, rewinding, tree, waiting
from workflows.engine.checking import checked, require_writable
from workflows.engine.faults import EngineFault, NothingStopped, StepNotSkipped, TokenNotMoved
from workflows.engine.merging import branch_data
from workflows.engine.rewinding import RewindPoint
from workflows.engine.run import attempt, run_to_rest
from workflows.engine.view import View

_KEPT = ("key_or_index", "arrival", "set", "unset")
"""Internal data that a step keeps when it is tried again."""
_ANSWERED = frozenset(
    {
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "intermediateThrowEvent",
        "intermediateCatchEvent",
        "subProcess",
        "transaction",
        "callActivity",
    }
)


class Moves(View):
    """The verbs of operators."""

    def retry(self, task_id: UUID) -> None:
        """Try a stopped step again with the data it has. Raises NothingStopped."""
        task = tree.find(self._instance, task_id)
        if task is None or task.state != TaskState.ERROR:
            raise NothingStopped()
        element = getattr(task.task_spec, "element", None)
        self._engine.passes.pop(element.id if element else "", None)
        tree.abandon(task)
        kept = (*_KEPT, "payload") if element is not None and element.event_subprocess else _KEPT
        task.internal_data = {key: task.internal_data[key] for key in kept if key in task.internal_data}
        task._drop_children(force=True)
        if task.parent is None:
            task._ready()
        else:
            task._set_state(TaskState.FUTURE)
            task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
            task.task_spec._update(task)
        self._engine.carry()
        run_to_rest(self._instance)

    def skip(self, task_id: UUID, result: Any) -> None:
        """Answer a stopped step, or a service call that waits, by hand; the process goes on behind it.

        result: what the step would have given: for a service or a decision its result, for a message its content,
        for anything else a context of the variables it would have written. Raises NothingStopped, StepNotSkipped,
        VariableRefused, DecisionsReadOnly.
        """
        task = tree.find(self._instance, task_id)
        if task is None or not (task.state == TaskState.ERROR or waiting.is_service_call(task)):
            raise NothingStopped()
        self._require_skippable(task)
        written = checked(_written(task, result))
        tree.abandon(task)
        task._drop_children(force=True)
        task._set_state(TaskState.STARTED)
        task.data.update(written)
        attempt(task, task.complete)
        run_to_rest(self._instance)

    def _require_skippable(self, task: Any) -> None:
        element = getattr(task.task_spec, "element", None)
        name = placing.name_of(task)
        if element is None or element.kind not in _ANSWERED:
            text = "only work that a machine does has an answer. Retry it, or move its token."
            raise StepNotSkipped(element=name, reason=text)
        if task.task_spec.guard is not None:
            try:
                guard.check(task.task_spec.guard, self._engine.decisions, "completion")
            except EngineFault as fault:
                raise StepNotSkipped(element=name, reason=fault.message) from fault

    def set_variables(self, changes: Mapping[str, Any], removed: Collection[str] = ()) -> None:
        """Set and remove variables of the process in every open branch that sees them, as whole values.

        Raises VariableRefused, DecisionsReadOnly.
        """
        values = checked(changes)
        require_writable(removed)
        amending.amend(self._instance, values, [name for name in removed if name not in values])
        run_to_rest(self._instance)

    def move_token(self, task_id: UUID, element_id: str) -> None:
        """Take a token away where it waits or is stopped and put it at another element of its scope.

        What it has written so far it keeps. Raises TokenNotMoved.
        """
        task = tree.find(self._instance, task_id)
        reason = _immovable(task) or placing.why_not(task.workflow, element_id)
        if reason is not None:
            raise TokenNotMoved(element=element_id, reason=reason)
        spec = placing.spec_of(task.workflow, element_id)
        _take_along(task)
        placing.lift(task)
        placing.put(task, spec)
        self._engine.carry()
        run_to_rest(self._instance)

    def rewind_points(self) -> tuple[RewindPoint, ...]:
        """Passed steps that the instance can go back to, latest first."""
        return rewinding.points(self._instance)

    def rewind(self, task_id: UUID) -> None:
        """Go back to a passed step: what came of it is dropped, decisions taken there too. Raises NotRewound."""
        rewinding.rewind(self._instance, task_id)
        self._engine.carry()
        run_to_rest(self._instance)


def _immovable(task: Any) -> str | None:
    if task is None or not task.has_state(tree.ACTIVE) or getattr(task.task_spec, "element", None) is None:
        return "no token waits there any more. Reload the case to see where it stands."
    if task.task_spec.is_child:
        return "the token is one of several instances. Answer it, or move all of them by their activity."
    if isinstance(task.task_spec, BoundaryEvent):
        return "a boundary event that waits is no token. Move the activity it belongs to."
    return None


def _take_along(task: Any) -> None:
    """The data of a token that is about to leave: what was merely lent to its element stays behind."""
    if task.state != TaskState.STARTED and not task.data:
        task.data = branch_data(task)
    for one in task.task_spec.data_input_associations:
        task.data.pop(one.bpmn_id, None)


def _written(task: Any, result: Any) -> dict[str, Any]:
    """The variables that a result means for a step."""
    element = task.task_spec.element
    if element.kind == "serviceTask":
        name = element.operator.result_variable if element.operator is not None else None
    elif element.kind == "businessRuleTask":
        name = element.extensions.get("resultVariable") or element.properties.get("resultVariable")
    else:
        name = next((one.variable for one in element.triggers if one.variable), None)
        name = name or element.extensions.get("messageVariable")
        if name is None:
            return _as_context(task, result)
    return {name: result} if name else {}


def _as_context(task: Any, result: Any) -> dict[str, Any]:
    if result is None:
        return {}
    if not isinstance(result, Mapping):
        text = "its answer is a context of the variables that it would have written. Give names and values."
        raise StepNotSkipped(element=placing.name_of(task), reason=text)
    return dict(result)
