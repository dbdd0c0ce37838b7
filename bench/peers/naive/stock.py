"""The stock engine: parse, run, serialize. Its state is JSON with the specification inside."""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))


class Stock:
    """One model of the stock engine. The conditions in it are Python, as SpiffWorkflow runs them."""

    def __init__(self, bpmn: bytes, key: str) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(bpmn)
        self._spec = parser.get_spec(key), parser.get_subprocess_specs(key)

    def start(self, variables: Mapping[str, Any]) -> Any:
        """An instance whose first tasks are ready."""
        workflow = BpmnWorkflow(*self._spec)
        workflow.task_tree.data = dict(variables)
        workflow.do_engine_steps()
        return workflow

    def complete(self, workflow: Any, task: Any, answers: Mapping[str, Any]) -> None:
        """Complete a ready user task; its answers stand under its own name."""
        task.data[task.task_spec.bpmn_id] = dict(answers)
        item = getattr(task.parent.task_spec, "output_item", None)
        if item is not None:
            task.data[item.bpmn_id] = dict(answers)
        task.run()
        workflow.do_engine_steps()


def ready(workflow: Any) -> list[Any]:
    """The user tasks that wait for a person."""
    found: list[Any] = workflow.get_tasks(state=TaskState.READY, manual=True)
    return found


def dump(workflow: Any) -> str:
    """The state as the stock serializer writes it."""
    text: str = SERIALIZER.serialize_json(workflow)
    return text


def load(text: str) -> Any:
    """The instance again."""
    return SERIALIZER.deserialize_json(text)


def sizes(stock: Stock, variables: Mapping[str, Any], answers: Mapping[str, Any], most: int) -> Iterator[int]:
    """Bytes of the state after 0, 1, 2, … completions, up to the end or `most`."""
    workflow = stock.start(variables)
    for _ in range(most + 1):
        yield len(dump(workflow).encode())
        waiting = ready(workflow)
        if not waiting:
            return
        stock.complete(workflow, waiting[0], answers)
