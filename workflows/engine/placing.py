"""Where may a token be put? What moving, going back and migrating have in common."""

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine import guard, tree
from workflows.engine.faults import EngineFault

_SPLIT = ".BoundaryEventSplit"
_NOWHERE = {
    "startEvent": "nothing but the beginning of its scope leads to a start event. Choose what follows it.",
    "boundaryEvent": "a boundary event only begins when it happens. Choose what follows it.",
}


def spec_of(scope: Any, element_id: str) -> Any:
    """The specification of an element in a scope (of a multi-instance activity: the whole of it), None without one."""
    found = [one for one in scope.spec.task_specs.values() if _is_for(one, element_id)]
    return next((one for one in found if isinstance(one, LoopTask)), found[0] if found else None)


def _is_for(spec: Any, element_id: str) -> bool:
    element = getattr(spec, "element", None)
    return element is not None and element.id == element_id and not spec.is_child


def why_not(scope: Any, element_id: str) -> str | None:
    """Why no token can be put at an element of a scope, as the end of a sentence; None when one can."""
    spec = spec_of(scope, element_id)
    if spec is None:
        return "it is no element of the same process or sub-process. Choose one that stands beside the token."
    element = spec.element
    if element.kind in _NOWHERE:
        return _NOWHERE[element.kind]
    if element.event_subprocess:
        return "an event sub-process only begins when its event happens. Choose what follows."
    if element.kind in ("parallelGateway", "inclusiveGateway") and len(spec.inputs) > 1:
        return "it waits for tokens on its flows. Choose the element before it, or what follows it."
    if any(one.element is not None and one.element.kind == "eventBasedGateway" for one in spec.inputs):
        return "the gateway before it waits for its event. Choose the gateway."
    return _guarded(scope, spec)


def _guarded(scope: Any, spec: Any) -> str | None:
    if spec.guard is None:
        return None
    try:
        guard.check(spec.guard, scope.top_workflow.script_engine.decisions, "arrival")
    except EngineFault as fault:
        return fault.message
    return None


def put(parent: Any, spec: Any, internal: dict[str, Any] | None = None) -> Any:
    """A new token at an element, with the data of the task it comes from. Its boundary events listen anew."""
    around = f"{spec.name}{_SPLIT}"
    entry = parent.workflow.spec.task_specs.get(around, spec)
    child = parent._add_child(entry, TaskState.FUTURE)
    child.triggered = True
    child.internal_data.update(internal or {})
    entry._predict(child, mask=TaskState.NOT_FINISHED_MASK)
    entry._update(child)
    return child


def whole(task: Any) -> Any:
    """A task together with its boundary events: the split in front of them, or the task itself."""
    parent = task.parent
    return parent if parent is not None and isinstance(parent.task_spec, BoundaryEventSplit) else task


def below(task: Any) -> list[Any]:
    """Everything that came of a task, itself first."""
    found, stack = [], [task]
    while stack:
        one = stack.pop()
        found.append(one)
        stack.extend(reversed(one.children))
    return found


def take_away(task: Any) -> None:
    """End whatever is open in a task and below it; what is inside its sub-processes too."""
    for one in below(task):
        if one.workflow.tasks.get(one.id) is one and one.has_state(tree.ACTIVE):
            one.cancel()


def lift(task: Any) -> None:
    """Take a token from its element. Its boundary events listen no longer; what they began goes on."""
    around = whole(task)
    task.cancel()
    if around is not task:
        for event in around.children:
            if event.state == TaskState.WAITING and isinstance(event.task_spec, BoundaryEvent):
                event.cancel()


def name_of(task: Any) -> str:
    """Of the element, for a message."""
    element = getattr(task.task_spec, "element", None)
    return str(element.name or element.id) if element is not None else str(task.task_spec.name)
