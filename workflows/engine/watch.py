"""Is there anything that can never happen? Told once, when it comes about, not again at every verb.

An instance is stalled when it is not over and nothing in it can move. A parallel gateway is stalled as soon as no token
can reach one of its empty flows any more, though other branches may go on.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import handlers, joins, tree, waiting
from workflows.engine.definitions import Cancel, Error, Escalation, Message, Signal

_TOLD = "stalled"
"""Internal datum of a waiting join that was reported."""
_FROM_WITHIN = (Cancel, Error, Escalation)
"""Events that only something else in the instance can bring about."""


def watch(instance: Any) -> None:
    """Report what has stalled since it was looked at last."""
    report = instance.script_engine.report
    found = False
    for task in instance.index.read_joining():
        if not isinstance(task.task_spec, ParallelGateway) or not tree.is_open(task.workflow):
            continue
        if _TOLD in task.internal_data:
            found = True
        elif _is_hopeless(task):
            found, task.internal_data[_TOLD] = True, True
            report(
                "stalled",
                task.task_spec.element.id,
                "This gateway waits for a branch that cannot come any more. Move a token there, or past the gateway.",
            )
    stalled = is_stalled(instance)
    if stalled and not instance.stalled and not found:
        report(
            "stalled",
            None,
            "Nothing is left that could happen, and no end was reached. Look at the joins of the model.",
        )
    instance.stalled = stalled


def is_stalled(instance: Any) -> bool:
    """Whether an open instance waits for nothing that could ever happen."""
    return not (
        instance.completed
        or tree.has_tasks(instance, tree.ACTIVE, _can_move)
        or any(map(_can_be_woken, handlers.in_instance(instance)))
    )


def _can_be_woken(listener: handlers.Listener) -> bool:
    """An event sub-process that something from outside may start."""
    return isinstance(listener.definition, Message | Signal) or listener.due_at is not None


def _can_move(task: Any) -> bool:
    if task._state == TaskState.ERROR or waiting.is_user_task(task) or waiting.is_service_call(task):
        return True
    return bool(
        task._state == TaskState.WAITING
        and isinstance(task.task_spec, CatchingEvent)
        and not isinstance(task.task_spec.event_definition, _FROM_WITHIN)
    )


def _is_hopeless(join: Any) -> bool:
    """Whether an incoming flow has no token, and no token elsewhere in the scope can come to it."""
    spec = join.task_spec
    filled = {task.parent.task_spec.name for task in joins.arrivals(spec, join)}
    missing = set(spec._inputs) - filled
    for task in join.workflow.index.iterate(tree.ACTIVE):
        if not missing:
            break
        if task.workflow is join.workflow and task.task_spec is not spec:
            missing -= _reached(task.task_spec, spec)
    return bool(missing)


def _reached(start: Any, join: Any) -> frozenset[str]:
    """Names of the join's inputs that can be reached without passing the join; found once, as models never change."""
    known: dict[str, frozenset[str]] = join.__dict__.setdefault("reached_from", {})
    if start.name not in known:
        seen: set[str] = set()
        stack = [start]
        while stack:
            one = stack.pop()
            if one is not join and one.name not in seen:
                seen.add(one.name)
                stack.extend(one.outputs)
        known[start.name] = frozenset(seen.intersection(join._inputs))
    return known[start.name]
