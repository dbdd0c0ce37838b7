"""Start, end and boundary events of ours."""

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent, StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.util.task import TaskState

from workflows.engine import handlers, tree
from workflows.engine.definitions import Conditional, Escalation, Message, Once, Repeating, Signal, Terminate, engine


class Begin(BpmnStartTask):
    """Where a scope begins, before its start event: its event sub-processes begin to listen here."""

    def connect_or_add_trigger(self, task_spec: Any, sp_spec: Any) -> None:
        """An event sub-process of the scope. It has no place in the flow and ends like a branch."""
        self.trigger_specs.append(task_spec.name)
        task_spec.connect(self._wf_spec.end)
        task_spec._inputs.append(self.name)

    def _predict_hook(self, my_task: Any) -> None:
        my_task._sync_children(self._begun(my_task), TaskState.FUTURE)

    def _begun(self, my_task: Any) -> list[Any]:
        """The start event that was asked for, else the plain one, else all of them: the first event wins."""
        starts = self.outputs
        asked = engine(my_task).begin_at if my_task.workflow.parent_task_id is None else None
        if asked is not None:
            return [one for one in starts if one.bpmn_id == asked]
        plain = [one for one in starts if isinstance(one.event_definition, NoneEventDefinition)]
        return plain[:1] or starts

    def _run_hook(self, my_task: Any) -> bool:
        handlers.arm(my_task.workflow)
        return True


class Start(StartEvent):
    """A start event. Timers have fired when a process or handler begins with them: that is why it begins."""

    def _update_hook(self, my_task: Any) -> Any:
        around = tree.enclosing(my_task)
        woken = around is not None and around.task_spec.element.event_subprocess
        timed = around is None and isinstance(self.event_definition, Once | Repeating)
        if not woken and not timed:
            return super()._update_hook(my_task)
        BpmnTaskSpec._update_hook(self, my_task)
        if woken:
            my_task.internal_data["payload"] = around.internal_data.get("payload")
        return True

    def _predict_hook(self, my_task: Any) -> None:
        """What follows a cycle too: it begins something each time, and is not itself what repeats."""
        BpmnTaskSpec._predict_hook(self, my_task)

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        for other in my_task.parent.children:
            if other is not my_task and isinstance(other.task_spec, Start) and other.state == TaskState.WAITING:
                other.cancel()


class End(EndEvent):
    """An end event. Terminate ends everything in its own scope and nothing outside of it."""

    def _on_complete_hook(self, my_task: Any) -> None:
        BpmnTaskSpec._on_complete_hook(self, my_task)
        if not isinstance(self.event_definition, Terminate):
            return
        my_task._drop_children()
        handlers.clear(my_task.workflow, my_task)
        my_task.workflow._mark_complete(my_task)


class Boundary(BoundaryEvent):
    """A boundary event. One that does not interrupt listens again after each time it fired."""

    @property
    def repeats(self) -> bool:
        """Whether it is a cycle: then what it begins are children of an event that goes on waiting."""
        return isinstance(self.event_definition, Repeating)

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        again = isinstance(self.event_definition, Message | Signal | Escalation | Conditional)
        if again and not self.cancel_activity:
            self._listen_again(my_task.parent)

    def _listen_again(self, split: Any) -> None:
        host = next((one for one in split.children if not isinstance(one.task_spec, BoundaryEvent)), None)
        if host is None or not host.has_state(tree.OPEN | TaskState.ERROR):
            return
        again = split._add_child(self, TaskState.FUTURE)
        again.triggered = True
        if isinstance(self.event_definition, Conditional):
            again.internal_data["held"] = True
        self._predict(again, mask=TaskState.NOT_FINISHED_MASK)
        self._update(again)
