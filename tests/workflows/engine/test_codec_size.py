"""The stored state beside what the library itself would store: at least thirty times smaller, specification and all."""

from collections.abc import Callable
from typing import Any

import pytest
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.play import NOON, Decisions
from tests.workflows.engine.token_game import measured
from workflows.engine import Execution, compile_process

TIMES = 30
SIZED = {f"f{number}": "v" * 40 for number in range(400)}
CASES: dict[str, tuple[Callable[[], bytes], int, dict[str, Any]]] = {
    "3 tasks": (lambda: measured.straight(3), 1, {}),
    "straight 10, middle": (lambda: measured.straight(10), 5, {}),
    "mixed 50, middle": (lambda: measured.mixed(50), 20, {"ok": False}),
    "mixed 200, start": (lambda: measured.mixed(200), 1, {"ok": False}),
    "mixed 200, middle": (lambda: measured.mixed(200), 70, {"ok": False}),
    "mixed 50, 20 KB of data": (lambda: measured.mixed(50), 20, {"ok": False, **SIZED}),
    "loop, round 100": (measured.loop, 100, {"done": False}),
    "many 100, middle": (lambda: measured.many_counted(sequential=False), 50, {"count": 100}),
    "sequential 100, middle": (lambda: measured.many_counted(sequential=True), 50, {"count": 100}),
}


class Names(BasePythonScriptEngineEnvironment):
    """Reads names and runs the one script of the measured models, for the library's own run."""

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> Any:
        return context[expression]

    def execute(self, script: str, context: Any, external_context: Any = None) -> bool:
        assert script == "y = 1"
        context["y"] = 1
        return True


def stock_size(xml: bytes, completions: int, variables: dict[str, Any]) -> int:
    """Bytes of `serialize_json` after the same run in the library alone."""
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(xml)
    engine = PythonScriptEngine(Names())
    instance = BpmnWorkflow(parser.get_spec("main"), parser.get_subprocess_specs("main"), script_engine=engine)
    instance.task_tree.set_data(**variables)
    instance.do_engine_steps()
    for _ in range(completions):
        task = instance.get_tasks(state=TaskState.READY, manual=True)[0]
        task.set_data(**{task.task_spec.name: {"note": "x" * 20}})
        task.run()
        instance.do_engine_steps()
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
    return len(serializer.serialize_json(instance))


def our_size(xml: bytes, completions: int, variables: dict[str, Any]) -> int:
    """Bytes of our state after the same run, stored and loaded at every step."""
    process = compile_process({"measured.bpmn": xml}, "main")
    execution = Execution.start(process, variables, host=Decisions(), now=NOON)
    for _ in range(completions):
        execution = Execution.load(process, execution.dump(), host=Decisions(), now=NOON)
        execution.complete_user_task(execution.waiting().user_tasks[0].id, {"note": "x" * 20})
    return len(execution.dump())


@pytest.mark.long
def test_so_is_the_state_of_a_thousand_instances_in_the_middle() -> None:
    xml, variables = measured.many_counted(sequential=False), {"count": 1000}
    stock, ours = stock_size(xml, 500, dict(variables)), our_size(xml, 500, dict(variables))
    assert stock >= TIMES * ours, f"{stock} against {ours} bytes: {stock / ours:.0f} times"


@pytest.mark.parametrize("name", CASES)
def test_the_state_is_thirty_times_smaller_than_what_the_library_stores(name: str) -> None:
    draw, completions, variables = CASES[name]
    xml = draw()
    stock, ours = stock_size(xml, completions, dict(variables)), our_size(xml, completions, dict(variables))
    assert stock >= TIMES * ours, f"{stock} against {ours} bytes: {stock / ours:.0f} times"
