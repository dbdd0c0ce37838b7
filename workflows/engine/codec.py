"""The stored state of an instance: small, typed, and tied to the model it belongs to.

Blob = b"CSX", one version byte, 32 bytes digest of the compiled process, then zstd (with checksum) over msgpack.
The specification is not inside. Each task is one row:
[id, parent row, name, state, last change, triggered, internal data or nil, data delta or nil].
The delta is against the parent's data (nil: the same). Predicted tasks below an open leaf are left
out and predicted again at loading; where real and predicted children stand side by side (multi-instance) all are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgpack
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine import tree, values
from workflows.engine.faults import StateUnreadable
from workflows.engine.specs import CompiledProcess

MAGIC, VERSION = b"CSX", 1
_HEADER = len(MAGIC) + 1 + 32
_PREDICTED = TaskState.FUTURE | TaskState.LIKELY | TaskState.MAYBE
_MAX_STATE = 256 * 1024 * 1024


@dataclass(frozen=True)
class Loaded:
    """A restored instance and what the engine keeps beside the tree."""

    instance: Any
    extras: Mapping[str, Any]


def pack_value(value: Any) -> bytes:
    """Bytes of one value, for what is kept outside an instance."""
    return values.pack(value)


def unpack_value(data: bytes) -> Any:
    """The value again."""
    return values.unpack(data)


def dump(process: CompiledProcess, instance: Any, extras: Mapping[str, Any]) -> bytes:
    """The blob of an instance at rest."""
    scopes = [instance, *_parents_first(instance)]
    places: dict[UUID, tuple[int, int]] = {}
    body = [_dump_scope(scope, index, places) for index, scope in enumerate(scopes)]
    links = [list(places[scope.parent_task_id]) for scope in scopes[1:]]
    packed = values.pack([body, links, dict(extras)])
    compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
    return MAGIC + bytes([VERSION]) + bytes.fromhex(process.digest) + compressor.compress(packed)


def load(process: CompiledProcess, blob: bytes, engine: Any) -> Loaded:
    """The instance again. Raises StateUnreadable for a damaged blob, an unknown version or another model."""
    if len(blob) < _HEADER or not blob.startswith(MAGIC):
        raise StateUnreadable(reason="it is no instance state.")
    if blob[len(MAGIC)] != VERSION:
        raise StateUnreadable(reason=f"its version {blob[len(MAGIC)]} is unknown.")
    if blob[len(MAGIC) + 1 : _HEADER] != bytes.fromhex(process.digest):
        raise StateUnreadable(reason="it belongs to another version of the model.")
    try:
        packed = zstandard.ZstdDecompressor().decompress(blob[_HEADER:], max_output_size=_MAX_STATE)
        body, links, extras = values.unpack(packed)
        return Loaded(_load_scopes(process, body, links, engine), extras)
    except (zstandard.ZstdError, msgpack.UnpackException, ValueError, TypeError, LookupError) as error:
        raise StateUnreadable(reason="it is damaged.") from error


def _parents_first(instance: Any) -> list[Any]:
    """Sub-processes in an order in which each one's parent task comes before it."""
    ordered, waiting = [], dict(instance.subprocesses)
    reached = set(instance.tasks)
    while waiting:
        ready = [task_id for task_id in waiting if task_id in reached]
        if not ready:
            break  # What is left belongs to removed tasks.
        for task_id in ready:
            sub = waiting.pop(task_id)
            ordered.append(sub)
            reached.update(sub.tasks)
    return ordered


def _dump_scope(scope: Any, index: int, places: dict[UUID, tuple[int, int]]) -> list[Any]:
    names: dict[str, int] = {}
    rows: list[list[Any]] = []
    stack = [(scope.task_tree, -1)]
    while stack:
        task, parent_row = stack.pop()
        row = len(rows)
        places[task.id] = (index, row)
        rows.append(_row(task, parent_row, names))
        children = task.children
        if children and task._state & tree.OPEN and all(child._state & _PREDICTED for child in children):
            continue
        stack.extend((child, row) for child in reversed(children))
    last = places.get(scope.last_task.id) if scope.last_task is not None else None
    return [list(names), rows, last[1] if last else None, scope.success, scope.completed, scope.data]


def _row(task: Any, parent_row: int, names: dict[str, int]) -> list[Any]:
    parent = task.parent
    return [
        task.id.bytes,
        parent_row,
        names.setdefault(task.task_spec.name, len(names)),
        task._state,
        task.last_state_change,
        task.triggered,
        task.internal_data or None,
        _delta(task.data, parent.data if parent is not None else {}),
    ]


def _delta(data: dict[str, Any], base: dict[str, Any]) -> list[Any] | None:
    if data is base:
        return None
    changed = {key: value for key, value in data.items() if key not in base or not values.same(base[key], value)}
    removed = [key for key in base if key not in data]
    return [changed, removed] if changed or removed else None


def _load_scopes(process: CompiledProcess, body: list[Any], links: list[Any], engine: Any) -> Any:
    instance = tree.Instance(process.spec, process.parts, engine, deserializing=True)
    rows_of = [_load_scope(instance, body[0])]
    for scope, (parent_scope, parent_row) in zip(body[1:], links, strict=True):
        parent = rows_of[parent_scope][parent_row]
        sub = tree.SubInstance(process.parts[parent.task_spec.spec], parent.id, instance, deserializing=True)
        rows_of.append(_load_scope(sub, scope))
        instance.subprocesses[parent.id] = sub
        sub.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    for tasks in rows_of:
        for task in tasks:
            if task._state & tree.OPEN and not task._children:
                task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    return instance


def _load_scope(scope: Any, stored: list[Any]) -> list[Any]:
    names, rows, last, scope.success, scope.completed, scope.data = stored
    specs = [scope.spec.task_specs[name] for name in names]
    tasks: list[Any] = []
    for row in rows:
        tasks.append(_load_task(scope, specs, tasks, row))
    scope.task_tree = tasks[0]
    scope.last_task = tasks[last] if last is not None else None
    return tasks


def _load_task(scope: Any, specs: list[Any], tasks: list[Any], row: list[Any]) -> Any:
    task_id, parent_row, name, state, changed, triggered, internal, delta = row
    task = Task(scope, specs[name], state=state, id=UUID(bytes=task_id))
    task.last_state_change, task.triggered, task.internal_data = changed, triggered, internal or {}
    base: dict[str, Any] = {}
    if parent_row >= 0:
        parent = tasks[parent_row]
        task._parent = parent.id
        parent._children.append(task.id)
        base = parent.data
    task.data = dict(base)
    if delta is not None:
        task.data.update(delta[0])
        for key in delta[1]:
            task.data.pop(key, None)
    if state == TaskState.WAITING and isinstance(specs[name], CatchingEvent):
        scope.top_workflow.event_manager.add_task(task)
    return task
