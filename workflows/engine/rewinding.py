"""Going back to a step that was passed.

Everything that came of the step is dropped, and with it the decisions that were taken there; what other branches did
stays. The tree is kept small, so it only knows the steps of the recent past; what it does not know any more, or what
cannot be undone without undoing other branches, is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import compact, placing, tree
from workflows.engine.faults import NotRewound
from workflows.engine.lineage import ancestors
from workflows.model import Element

_KINDS = frozenset({"startEvent", "boundaryEvent", "endEvent"})
"""Never gone back to: they only begin or end something."""


@dataclass(frozen=True)
class RewindPoint:
    """A passed step that the instance can go back to. at: when it was left; aware UTC."""

    task_id: UUID
    element_id: str
    name: str | None
    at: datetime


def points(instance: Any) -> tuple[RewindPoint, ...]:
    """All steps that can be gone back to, latest first."""
    compact.recall(instance)
    tasks = [task for scope in tree.scopes(instance) for task in scope.tasks.values() if _is_passed(task)]
    tasks.sort(key=lambda task: (task.last_state_change, sum(1 for _ in ancestors(task))), reverse=True)
    return tuple(_point(task) for task in tasks if why_not(task) is None)


def _point(task: Any) -> RewindPoint:
    element = task.task_spec.element
    return RewindPoint(task.id, element.id, element.name, datetime.fromtimestamp(task.last_state_change, UTC))


def _is_passed(task: Any) -> bool:
    element = getattr(task.task_spec, "element", None)
    return bool(task.state == TaskState.COMPLETED and element is not None and element.kind not in _KINDS)


def rewind(instance: Any, task_id: UUID) -> None:
    """Make a passed step open again. Raises NotRewound."""
    compact.recall(instance)
    task = tree.find(instance, task_id)
    if task is None or not _is_passed(task):
        text = "it is not known any more, or was never passed. Choose one of the steps that are offered."
        raise NotRewound(element=placing.name_of(task) if task is not None else "that step", reason=text)
    reason = why_not(task)
    if reason is not None:
        raise NotRewound(element=placing.name_of(task), reason=reason)
    _go_back(task)


def why_not(task: Any) -> str | None:
    """Why a passed step cannot be gone back to, as the end of a sentence; None when it can."""
    scope, gone = task.workflow, placing.below(placing.whole(task))
    if task.task_spec.is_child:
        return "it is one of several instances. Go back to the step before all of them."
    if "interrupted" in scope.task_tree.internal_data and not _survived(task):
        return "an event sub-process has taken over since. Go back to a step inside of it."
    if not any(_is_token(one) for one in gone):
        return "its branch has ended. Choose a step of a branch that still runs."
    if _is_behind_event_gateway(task):
        return "the gateway before it waited for its event. Go back to the gateway."
    numbers = {one.internal_data.get("arrival") for one in gone}
    if any((mark := _mark(one)) is not None and mark not in numbers for one in gone):
        return "its branch has come together with another one that goes on. Choose a step after they met."
    if not all(_is_whole(one) for one in gone if one.internal_data.get("took")):
        return "branches that met after it are not known any more. Choose a later step."
    return None


def _is_token(task: Any) -> bool:
    """Open work. What the library keeps at the ends of branches is none."""
    has_element = getattr(task.task_spec, "element", None) is not None
    return bool(task.has_state(TaskState.ERROR) or (has_element and task.has_state(tree.OPEN)))


def _survived(task: Any) -> bool:
    while task.parent is not None and task.parent.parent is not None:
        task = task.parent
    return bool(task.workflow.task_tree.internal_data["interrupted"] == task.task_spec.name)


def _is_behind_event_gateway(task: Any) -> bool:
    before = getattr(task.parent.task_spec, "element", None)
    return before is not None and before.kind == "eventBasedGateway"


def _is_whole(join: Any) -> bool:
    return bool(len(_used_by(join)) == join.internal_data["took"])


def _used_by(join: Any) -> list[Any]:
    """The arrivals a join has used, itself included."""
    number = join.internal_data.get("arrival")
    return [task for task in join.workflow.tasks.values() if (mark := _mark(task)) is not None and mark == number]


def _mark(task: Any) -> int | None:
    """The number of the arrival at work when this one was used by a join; None when none has."""
    mark = task.internal_data.get("joined")
    return mark if isinstance(mark, int) and not isinstance(mark, bool) and mark else None


def _go_back(task: Any) -> None:
    scope, spec, anchor = task.workflow, task.task_spec, placing.whole(task)
    instance, gone = scope.top_workflow, placing.below(anchor)
    for join in [one for one in gone if one.internal_data.get("took")]:
        for arrival in _used_by(join):
            del arrival.internal_data["joined"]
    _forget(instance.script_engine, instance, gone)
    parent, internal = (
        anchor.parent,
        {key: task.internal_data[key] for key in ("arrival",) if key in task.internal_data},
    )
    placing.take_away(anchor)
    scope._remove_task(anchor.id)
    if scope.last_task is not None and scope.last_task.id not in scope.tasks:
        scope.last_task = parent
    placing.put(parent, spec, internal)


def _forget(engine: Any, instance: Any, gone: list[Any]) -> None:
    """Decisions taken in what is dropped, and end events reached there, never were."""
    for element in _elements(instance, (one.task_spec for one in gone if not one.has_state(TaskState.PREDICTED_MASK))):
        engine.decisions.pop(element.properties.get("clinicalDecision", ""), None)
    for one in gone:
        is_end = isinstance(one.task_spec, EndEvent) and one.state == TaskState.COMPLETED
        if is_end and one.task_spec.element.id in engine.end_events:
            engine.end_events.remove(one.task_spec.element.id)


def _elements(instance: Any, specs: Iterable[Any]) -> Iterator[Element]:
    """The elements of these specifications and of everything inside of them."""
    seen: set[str] = set()
    stack = list(specs)
    while stack:
        spec = stack.pop()
        if getattr(spec, "element", None) is not None:
            yield spec.element
        inside = getattr(spec, "spec", None)
        if isinstance(inside, str) and inside not in seen:
            seen.add(inside)
            stack.extend(instance.subprocess_specs[inside].task_specs.values())
        body = getattr(spec, "task_spec", None)
        if isinstance(body, str) and body:
            stack.append(spec._wf_spec.task_specs[body])
