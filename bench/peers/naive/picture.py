"""What the stock serializer would store of a running instance of ours: the judge of our own codec.

Predicted tasks are guesses of the library and are made again at loading, so they are left out.
"""

from typing import Any

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import SimpleTaskConverter
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

_CONFIG = {kind: converter for kind, converter in DEFAULT_CONFIG.items() if kind is not Task}
_REGISTRY = BpmnWorkflowSerializer.configure({**_CONFIG, Task: SimpleTaskConverter})
_KEYS = ("id", "task_spec", "state", "triggered", "internal_data", "data")


def picture(execution: Any) -> list[Any]:
    """Every scope of an execution with every real task in it."""
    instance = execution._instance
    return [_scope(instance), *(_scope(sub) for sub in instance.subprocesses.values())]


def _scope(scope: Any) -> Any:
    seen, stack = [], [(scope.task_tree, 0)]
    while stack:
        task, depth = stack.pop()
        stored = _REGISTRY.convert(task)
        if not task.has_state(TaskState.PREDICTED_MASK | TaskState.FUTURE):
            seen.append((depth, {key: stored[key] for key in _KEYS}))
        stack.extend((child, depth + 1) for child in reversed(task.children))
    last = scope.last_task.id if scope.last_task else None
    return scope.spec.name, seen, scope.data, scope.completed, scope.success, last
