"""Who catches an error, an escalation or a cancellation? The nearest event in scope, never an unrelated one.

The walk goes from the throwing activity outwards: its own boundary events, the event sub-processes of its scope, then
the boundary events of the enclosing activity, and so on (BPMN 2.0.2, 13.5.4 and 13.5.5). An exact code wins over an
event without a code. An event thrown by an end event begins with the event sub-processes of its own scope.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.util.task import TaskState

from workflows.engine import handlers, signals, tree
from workflows.engine.definitions import Cancel, Error, Escalation, Signal
from workflows.engine.faults import EngineFault

Catch = Callable[[Any], None]
"""Takes the payload."""


class Thrown(Exception):
    """An error or cancel event was reached; the run loop looks for its catcher when the throwing step is over."""

    def __init__(self, kind: type, code: str | None, payload: Any) -> None:
        super().__init__(code)
        self.kind, self.code, self.payload = kind, code, payload


def throw_event(task: Any, definition: Any, payload: Any) -> None:
    """An event throws. An error or cancellation ends its scope; with the others the thrower goes on."""
    if isinstance(definition, Error | Cancel):
        raise Thrown(type(definition), definition.code, payload)
    engine = task.workflow.top_workflow.script_engine
    if isinstance(definition, Signal):
        engine.pending.append(partial(signals.send, task, definition, payload))
    else:
        engine.pending.append(partial(_escalate, task, definition.code, payload))


def _escalate(task: Any, code: str | None, payload: Any) -> None:
    catch = catcher(task, Escalation, code)
    if catch is not None:
        catch(payload)
        return
    text = f"Nobody catches the escalation {code or ''}. Add a boundary event to an enclosing activity."
    task.workflow.top_workflow.script_engine.report("uncaught-escalation", task.task_spec.element.id, text)


def catcher(task: Any, kind: type, code: str | None, *, beside: bool = False) -> Catch | None:
    """What catches something that this task throws, None when there is nothing.

    beside: also boundary events of the task itself. An interrupting event takes its scope away at once, so that
    nothing inside runs on.
    """
    place = task
    while place is not None:
        host = place.parent if place.task_spec.is_child else place
        boundary = _boundary_of(host, kind, code) if beside else None
        if boundary is not None:
            return partial(_catch_at_boundary, host, boundary)
        listener = handlers.catching(host.workflow, kind, code) if kind is not Cancel else None
        if listener is not None:
            return partial(handlers.wake, listener)
        place, beside = tree.enclosing(host), True
    return None


def uncaught(thrown: Thrown) -> EngineFault:
    """The fault of an error or cancellation nobody catches."""
    if thrown.kind is Cancel:
        text = "Nobody catches that the transaction is cancelled. Add a cancel boundary event to it."
        return EngineFault("uncaught-cancel", text)
    return uncaught_error(thrown.code)


def uncaught_error(code: str | None) -> EngineFault:
    """The fault of an error nobody catches."""
    return EngineFault(
        "uncaught-error",
        f"Nobody catches the error {code or ''}. Add a boundary event, or answer by hand.",
        {"code": code},
    )


def _catch_at_boundary(host: Any, boundary: Any, payload: Any) -> None:
    boundary.task_spec.catch(boundary, BpmnEvent(boundary.task_spec.event_definition, payload=payload))
    boundary.task_spec._update(boundary)
    if boundary.task_spec.cancel_activity:
        host.cancel()


def _boundary_of(host: Any, kind: type, code: str | None) -> Any:
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
