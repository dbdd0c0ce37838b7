"""Puts the task tree of an instance on the specifications of another version of its process, scope by scope."""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.event import Event
from SpiffWorkflow.util.task import TaskState

from workflows.engine import handlers, merging, placing, tree, values
from workflows.engine.comparing import work
from workflows.engine.faults import EngineFault, NotMigrated
from workflows.engine.index import DONE

_FORESEEN = TaskState.PREDICTED_MASK | TaskState.FUTURE
_SPLIT = ".BoundaryEventSplit"


def resettle(instance: Any, spec: Any, parts: Mapping[str, Any], mapping: Mapping[str, str]) -> None:
    """Put an instance on a new specification. Raises NotMigrated; then the instance must not be used any more."""
    _require_places(instance, spec, parts, mapping)
    instance.subprocess_specs = parts
    _Settler(mapping).settle(instance, spec, parts)
    instance.index.changes += 1


def _require_places(instance: Any, spec: Any, parts: Mapping[str, Any], mapping: Mapping[str, str]) -> None:
    lost = [task for scope, new in _pairs(instance, spec, parts) for task in scope.tasks.values() if _needs(task, new)]
    homeless = sorted({_element_id(task) for task in lost} - mapping.keys())
    if homeless:
        text = f"there is no place for what waits at {', '.join(homeless)}. Say at which element it goes on."
        raise NotMigrated(text, homeless)


def _pairs(instance: Any, spec: Any, parts: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Open scopes with their new specification; what is inside a token that is moved goes with it."""
    new_of = {id(instance): spec}
    yield instance, spec
    for scope in tree.scopes(instance):
        around = scope.parent_task
        if around is None or id(around.workflow) not in new_of:
            continue
        counterpart = _counterpart(around.task_spec, new_of[id(around.workflow)])
        inside = parts.get(counterpart.spec) if counterpart is not None else None
        if inside is not None:
            new_of[id(scope)] = inside
            yield scope, inside


def _counterpart(old: Any, new_scope: Any) -> Any:
    """The new specification for tasks of an old one, None when there is none that does the same."""
    if old is old._wf_spec.end:
        return new_scope.end
    new = new_scope.task_specs.get(old.name)
    if new is None or type(new) is not type(old):
        return None
    before, after = getattr(old, "element", None), getattr(new, "element", None)
    if before is None or after is None:
        return new if before is after else None
    return new if work(before) == work(after) and old.is_child == new.is_child else None


def _needs(task: Any, new_scope: Any) -> bool:
    """Whether a task is a token that has to be moved."""
    spec = task.task_spec
    if getattr(spec, "element", None) is None or spec.is_child or isinstance(spec, BoundaryEvent):
        return False
    return (task.has_state(tree.ACTIVE) or _is_arrival(task)) and _counterpart(spec, new_scope) is None


def _is_arrival(task: Any) -> bool:
    return bool(
        isinstance(task.task_spec, UnstructuredJoin)
        and task.state == TaskState.CANCELLED
        and "joined" not in task.internal_data
        and task.parent.state == TaskState.COMPLETED
    )


def _element_id(task: Any) -> str:
    return str(task.task_spec.element.id)


class _Settler:
    """mapping: where tokens go on, by the id of the element they were at."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self.mapping = mapping

    def settle(self, scope: Any, spec: Any, parts: Mapping[str, Any]) -> None:
        """One scope, then what is inside of its activities."""
        before = scope.spec
        lost = [task for task in scope.tasks.values() if _needs(task, spec)]
        going = [(self.mapping[_element_id(task)], task) for task in lost]
        moves = [(_kept_above(task, spec), target, _difference(task, spec)) for target, task in going]
        for _, task in going:
            _leave(task)
        counterparts = {id(one): _counterpart(one, spec) for one in before.task_specs.values()}
        for task in [one for one in placing.below(scope.task_tree) if one is not scope.task_tree]:
            if task.has_state(_FORESEEN) or counterparts[id(task.task_spec)] is None:
                _splice(task)
        for task in scope.tasks.values():
            task.task_spec = counterparts[id(task.task_spec)]
        scope.spec = spec
        for task in [one for one in scope.tasks.values() if one.has_state(tree.ACTIVE)]:
            if isinstance(task.task_spec, LoopTask):
                task._sync_children(task.task_spec.outputs, TaskState.FUTURE)  # Its instances hide what is missing.
        _keep_objects(scope)
        self._go_inside(scope, parts)
        _listen(scope)
        for parent, target, internal in moves:
            _put(parent, target, internal)

    def _go_inside(self, scope: Any, parts: Mapping[str, Any]) -> None:
        for task in [one for one in scope.tasks.values() if one.has_state(tree.ACTIVE)]:
            sub = scope.top_workflow.subprocesses.get(task.id)
            if sub is None or sub.completed:
                continue
            sub.completed_event = Event()
            sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
            self.settle(sub, parts[task.task_spec.spec], parts)


def _kept_above(task: Any, spec: Any) -> Any:
    """The nearest step a token came from that the new version still has."""
    parent = task.parent
    while _counterpart(parent.task_spec, spec) is None or isinstance(parent.task_spec, BoundaryEventSplit):
        parent = parent.parent
    return parent


def _difference(task: Any, spec: Any) -> dict[str, Any]:
    """What a token knows and the step it will follow does not."""
    base = _kept_above(task, spec).data
    data = merging.branch_data(task) if isinstance(task.task_spec, UnstructuredJoin) else task.data
    lent = {one.bpmn_id for one in task.task_spec.data_input_associations}
    known = {name: value for name, value in data.items() if name not in lent}
    written = {name: value for name, value in known.items() if name not in base or not values.same(base[name], value)}
    return {"set": written, "unset": [name for name in base if name not in known]}


def _leave(task: Any) -> None:
    """A token is taken from an element that is gone, with all that is inside."""
    placing.lift(task)
    for one in task.children:
        if one.has_state(tree.ACTIVE):
            placing.take_away(one)
    tree.abandon(task)


def _splice(task: Any) -> None:
    """Take one task out; what came of it comes of its parent now."""
    scope, parent = task.workflow, task.parent
    place = parent._children.index(task.id)
    parent._children[place : place + 1] = task._children
    for child in task.children:
        child._parent = parent.id
    if task.has_state(tree.ACTIVE):
        task._children = []
        task.cancel()
    del scope.tasks[task.id]
    if scope.last_task is task:
        scope.last_task = parent


def _keep_objects(scope: Any) -> None:
    if scope.spec.data_objects or "data_objects" in scope.data:
        known = scope.data.get("data_objects", {})
        scope.data["data_objects"] = {name: known.get(name) for name in scope.spec.data_objects}


def _listen(scope: Any) -> None:
    """What is new beside the tokens begins to listen; event sub-processes that are gone do no longer."""
    begin = scope.task_tree
    known = begin.internal_data.get("handlers", {})
    kept = {name: state for name, state in known.items() if name in scope.spec.start.trigger_specs}
    if known:
        begin.internal_data["handlers"] = kept
    if begin.has_state(DONE) and "interrupted" not in begin.internal_data:
        try:
            handlers.arm(scope)
        except EngineFault as fault:
            raise NotMigrated(f"an event sub-process cannot listen: {fault.message}") from fault
    for task in [one for one in scope.tasks.values() if one.has_state(tree.ACTIVE)]:
        element = getattr(task.task_spec, "element", None)
        if element is not None and not task.task_spec.is_child and not isinstance(task.task_spec, BoundaryEvent):
            _attach(task)


def _attach(host: Any) -> None:
    """The boundary events of an activity that a token is at."""
    scope = host.workflow
    split = scope.spec.task_specs.get(f"{host.task_spec.name}{_SPLIT}")
    if split is None:
        return
    around = host.parent
    if around.task_spec is not split:
        around = _wrapped(host, split)
    there = {child.task_spec.name for child in around.children}
    for event in split.outputs:
        if isinstance(event, BoundaryEvent) and event.name not in there:
            task = around._add_child(event, TaskState.FUTURE)
            event._predict(task, mask=TaskState.NOT_FINISHED_MASK)
            event._update(task)


def _wrapped(host: Any, split: Any) -> Any:
    """Put the split of boundary events between an activity and what it came from."""
    parent = host.parent
    around = Task(host.workflow, split, parent, state=TaskState.COMPLETED)
    around.last_state_change, around.data = host.last_state_change, dict(parent.data)
    parent._children.remove(around.id)
    parent._children[parent._children.index(host.id)] = around.id
    host._parent, around._children = around.id, [host.id]
    return around


def _put(parent: Any, target: str, internal: dict[str, Any]) -> None:
    reason = placing.why_not(parent.workflow, target)
    if reason is not None:
        raise NotMigrated(f"a token cannot go on at {target}: {reason}", [target])
    placing.put(
        parent, placing.spec_of(parent.workflow, target), {key: value for key, value in internal.items() if value}
    )
