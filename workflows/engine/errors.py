"""Who catches an error or an escalation? The nearest boundary event in scope, never an unrelated one with the same
code.

The walk goes from the failing activity outwards: its own boundary events, then those of each enclosing sub-process or
call activity. An exact code wins over a boundary event without a code.
"""

from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine import tree
from workflows.engine.definitions import Error, Escalation
from workflows.engine.faults import EngineFault


class Thrown(Exception):
    """An error event was reached; the run loop looks for its catcher when the throwing step is over."""

    def __init__(self, code: str | None, payload: Any) -> None:
        super().__init__(code)
        self.code, self.payload = code, payload


def throw_event(task: Any, definition: Any, payload: Any) -> None:
    """An error or escalation event throws. An error ends its scope; an escalation lets the thrower go on."""
    if isinstance(definition, Error):
        raise Thrown(definition.code, payload)
    if not raise_from(tree.enclosing(task), Escalation, definition.code, payload):
        element = task.task_spec.element
        message = (
            f"Nobody catches the escalation {definition.code or ''}. Add a boundary event to an enclosing activity."
        )
        task.workflow.top_workflow.script_engine.report("uncaught-escalation", element.id, message)


def raise_from(activity: Any, kind: type, code: str | None, payload: Any) -> bool:
    """Wake the nearest boundary event that catches the code, from this activity outwards. False when there is none.

    An interrupting boundary event cancels its activity at once, so that nothing inside runs on.
    """
    while activity is not None:
        host = activity.parent if isinstance(activity.parent.task_spec, LoopTask) else activity
        catcher = _catcher_beside(host, kind, code)
        if catcher is not None:
            definition = catcher.task_spec.event_definition
            catcher.task_spec.catch(catcher, BpmnEvent(definition, payload=payload))
            catcher.task_spec._update(catcher)
            if catcher.task_spec.cancel_activity:
                host.cancel()
            return True
        activity = tree.enclosing(host)
    return False


def uncaught(code: str | None) -> EngineFault:
    """The fault of an error nobody catches."""
    return EngineFault(
        "uncaught-error",
        f"Nobody catches the error {code or ''}. Add a boundary event, or answer by hand.",
        {"code": code},
    )


def _catcher_beside(host: Any, kind: type, code: str | None) -> Any:
    if not isinstance(host.parent.task_spec, BoundaryEventSplit):
        return None
    found = [
        sibling
        for sibling in host.parent.children
        if sibling.state == TaskState.WAITING
        and isinstance(getattr(sibling.task_spec, "event_definition", None), kind)
        and sibling.task_spec.event_definition.code in (None, code)
    ]
    return min(found, key=lambda one: one.task_spec.event_definition.code is None, default=None)
