"""The traps of the unpatched library that our engine relies on being there, each as a small experiment.

Run in a process of its own (`python -m tests.workflows.engine.stock`), since importing our engine patches the library.
Prints one JSON object: the number of a trap to whether it is there.
"""

import contextlib
import datetime
import decimal
import inspect
import json
import logging
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.parser.node_parser import NodeParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.migration import version_1_2
from SpiffWorkflow.bpmn.util.diff import diff_workflow, migrate_workflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.spiff.specs.event_definitions import SignalEventDefinition
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
REGISTRY = BpmnWorkflowSerializer.configure(DEFAULT_CONFIG)
SERIALIZER = BpmnWorkflowSerializer(REGISTRY)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="urn:t">'
)


def flows(*names: str) -> str:
    return "".join(f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(names))


def drawn(body: str, before: str = "", process: str = "p") -> bytes:
    return f'{HEAD}{before}<process id="{process}" isExecutable="true">{body}</process></definitions>'.encode()


def started(xml: bytes, **data: Any) -> Any:
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(xml)
    workflow = BpmnWorkflow(
        parser.get_spec("p"), parser.get_subprocess_specs("p"), script_engine=PythonScriptEngine(TaskDataEnvironment())
    )
    workflow.task_tree.data.update(data)
    workflow.do_engine_steps()
    return workflow


def ready(workflow: Any) -> list[Any]:
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def run(workflow: Any, name: str) -> None:
    next(task for task in ready(workflow) if task.task_spec.name == name).run()
    workflow.do_engine_steps()


LINE = '<startEvent id="a0"/><userTask id="a"/><userTask id="b"/><endEvent id="z"/>' + flows("a0", "a", "b", "z")


def script(name: str, text: str) -> str:
    return f'<scriptTask id="{name}"><script>{text}</script></scriptTask>'


def lists_are_corrupted() -> bool:
    return bool(DeepMerge.merge({"l": [1, 2, 3]}, {"l": [9]}) != {"l": [9]})


def deep_loops_stall() -> bool:
    body = '<startEvent id="a0"/><userTask id="a"/><exclusiveGateway id="g" default="g_z"/><endEvent id="z"/>'
    always = "<conditionExpression>True</conditionExpression>"
    back = f'<sequenceFlow id="back" sourceRef="g" targetRef="a">{always}</sequenceFlow>'
    workflow = started(drawn(body + flows("a0", "a", "g", "z") + back))
    for _ in range(520):
        tasks = ready(workflow)
        if not tasks:
            return not workflow.completed
        tasks[0].run()
        workflow.do_engine_steps()
    return False


def parallel_appends_are_lost() -> bool:
    body = '<startEvent id="a0"/><parallelGateway id="f"/><parallelGateway id="j"/><endEvent id="z"/>'
    body += script("a", 'log = log + ["a"]') + script("b", 'log = log + ["b"]') + flows("a0", "f", "a", "j", "z")
    workflow = started(drawn(body + flows("f", "b", "j")), log=["base"])
    return len(workflow.data["log"]) < 3


def lanes_are_lost_in_calls() -> bool:
    lanes = '<laneSet id="ls"><lane id="l" name="L"><flowNodeRef>c</flowNodeRef></lane></laneSet>'
    body = (
        lanes
        + '<startEvent id="a0"/><callActivity id="c" calledElement="q"/><endEvent id="z"/>'
        + flows("a0", "c", "z")
    )
    called = '<process id="q" isExecutable="true"><startEvent id="q0"/><userTask id="u"/><endEvent id="q1"/>'
    xml = drawn(body).replace(
        b"</definitions>", (called + flows("q0", "u", "q1") + "</process></definitions>").encode()
    )
    return ready(started(xml))[0].task_spec.lane is None


def finished_tasks_run_again() -> bool:
    workflow = started(drawn(LINE))
    task = ready(workflow)[0]
    task.run()
    workflow.do_engine_steps()
    return bool(task.run() is True)


def models_run_python() -> bool:
    body = (
        '<startEvent id="a0"/>'
        + script("a", "import os; pid = os.getpid()")
        + '<endEvent id="z"/>'
        + flows("a0", "a", "z")
    )
    return "pid" in started(drawn(body)).data


def the_engine_is_forgotten() -> bool:
    workflow = started(drawn(LINE))
    back = SERIALIZER.deserialize_json(SERIALIZER.serialize_json(workflow))
    return back.script_engine is not workflow.script_engine


def errors_are_broadcast() -> bool:
    def part(name: str, end: str) -> str:
        inside = f'<startEvent id="{name}0"/><userTask id="{name}u"/><endEvent id="{name}1">{end}</endEvent>'
        edge = (
            f'<boundaryEvent id="{name}e" attachedToRef="{name}"><errorEventDefinition errorRef="x"/></boundaryEvent>'
        )
        after = f'<endEvent id="{name}h"/>' + flows(f"{name}e", f"{name}h")
        return f'<subProcess id="{name}">{inside}{flows(f"{name}0", f"{name}u", f"{name}1")}</subProcess>{edge}{after}'

    body = '<startEvent id="a0"/><parallelGateway id="f"/><endEvent id="z"/>'
    body += (
        part("A", '<errorEventDefinition errorRef="x"/>')
        + part("B", "")
        + flows("a0", "f", "A", "z")
        + flows("f", "B", "z")
    )
    workflow = started(drawn(body, '<error id="x" errorCode="X"/>'))
    run(workflow, "Au")
    return any(task.task_spec.name == "B" and task.state == TaskState.CANCELLED for task in workflow.get_tasks())


def a_migrated_token_is_orphaned() -> bool:
    workflow = started(drawn(LINE))
    run(workflow, "a")
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(drawn('<startEvent id="a0"/><userTask id="a"/><endEvent id="z"/>' + flows("a0", "a", "z")))
    spec, parts = parser.get_spec("p"), parser.get_subprocess_specs("p")
    difference, _ = diff_workflow(REGISTRY, workflow, spec, parts)
    migrate_workflow(difference, workflow, spec)
    return _fails(lambda: SERIALIZER.deserialize_json(SERIALIZER.serialize_json(workflow)))


def timers_behind_a_gateway_share_one_date() -> bool:
    def wait(name: str, text: str) -> str:
        timer = f'<timerEventDefinition><timeDuration>"{text}"</timeDuration></timerEventDefinition>'
        return f'<intermediateCatchEvent id="{name}">{timer}</intermediateCatchEvent>'

    body = (
        '<startEvent id="a0"/><eventBasedGateway id="g"/><endEvent id="z"/>'
        + wait("slow", "PT1H")
        + wait("fast", "PT0S")
    )
    workflow = started(drawn(body + flows("a0", "g", "slow", "z") + flows("g", "fast", "z")))
    workflow.refresh_timers()
    workflow.do_engine_steps()
    return not workflow.completed


def plain_durations_fail_late() -> bool:
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    body = f'<startEvent id="a0"/><intermediateCatchEvent id="w">{timer}</intermediateCatchEvent><endEvent id="z"/>'
    return _fails(lambda: started(drawn(body + flows("a0", "w", "z"))))


def links_lose_their_token() -> bool:
    body = (
        '<startEvent id="a0"/><intermediateThrowEvent id="l"><linkEventDefinition name="L"/></intermediateThrowEvent>'
    )
    body += '<intermediateCatchEvent id="k"><linkEventDefinition name="L"/></intermediateCatchEvent><endEvent id="z"/>'
    workflow = started(drawn(body + flows("a0", "l") + flows("k", "z")))
    return not workflow.completed and not ready(workflow)


def implicit_ends_never_end() -> bool:
    workflow = started(drawn('<startEvent id="a0"/><userTask id="a"/>' + flows("a0", "a")))
    run(workflow, "a")
    return not workflow.completed


def interrupting_handlers_do_not_interrupt() -> bool:
    start = '<startEvent id="h0" isInterrupting="true"><signalEventDefinition signalRef="S"/></startEvent>'
    inside = start + '<endEvent id="h1"/>' + flows("h0", "h1")
    body = LINE + f'<subProcess id="h" triggeredByEvent="true">{inside}</subProcess>'
    workflow = started(drawn(body, '<signal id="S" name="SIG"/>'))
    workflow.send_event(BpmnEvent(SignalEventDefinition("SIG")))
    workflow.do_engine_steps()
    return bool(ready(workflow))


def calls_share_all_data() -> bool:
    body = '<startEvent id="a0"/><callActivity id="c" calledElement="q"/><endEvent id="z"/>' + flows("a0", "c", "z")
    called = (
        '<process id="q" isExecutable="true"><startEvent id="q0"/>' + script("u", "secret = 1") + '<endEvent id="q1"/>'
    )
    xml = drawn(body).replace(
        b"</definitions>", (called + flows("q0", "u", "q1") + "</process></definitions>").encode()
    )
    return "secret" in started(xml).data


def types_are_refused_or_lost_at_save() -> bool:
    def saved(value: Any) -> Any:
        workflow = started(drawn(LINE))
        ready(workflow)[0].data["v"] = value
        return ready(SERIALIZER.deserialize_json(SERIALIZER.serialize_json(workflow)))[0].data["v"]

    return _fails(lambda: saved(decimal.Decimal("1.50"))) and _fails(lambda: saved(datetime.date(2026, 1, 1)))


def unreachable_nodes_vanish() -> bool:
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(drawn(LINE + '<userTask id="lost"/>'))
    return "lost" not in parser.get_spec("p").task_specs


def instances_need_an_output() -> bool:
    many = "<multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef>"
    many += '<loopDataOutputRef>out</loopDataOutputRef><inputDataItem id="i"/><outputDataItem id="o"/>'
    body = (
        f'<startEvent id="a0"/><userTask id="a">{many}</multiInstanceLoopCharacteristics></userTask><endEvent id="z"/>'
    )
    workflow = started(drawn(body + flows("a0", "a", "z")), items=[1, 2])
    return _fails(lambda: ready(workflow)[0].run())


def uncaught_escalations_complete() -> bool:
    end = '<endEvent id="z"><escalationEventDefinition escalationRef="x"/></endEvent>'
    before = '<escalation id="x" escalationCode="X"/>'
    workflow = started(drawn('<startEvent id="a0"/>' + end + flows("a0", "z"), before))
    return bool(workflow.completed and workflow.get_events())


def lookups_of_data_objects_never_end() -> bool:
    """Read, not run: it would not come back."""
    return "current = self.process_parser.parent" in inspect.getsource(NodeParser._resolve_data_object_ref)


def old_state_is_evaluated() -> bool:
    return "eval(" in inspect.getsource(version_1_2)


def _fails(act: Callable[[], Any]) -> bool:
    with contextlib.suppress(Exception):
        act()
        return False
    return True


TRAPS: dict[str, Callable[[], bool]] = {
    "1": lists_are_corrupted,
    "2": deep_loops_stall,
    "3": parallel_appends_are_lost,
    "4": lanes_are_lost_in_calls,
    "5": finished_tasks_run_again,
    "6": models_run_python,
    "7": the_engine_is_forgotten,
    "8": errors_are_broadcast,
    "11": a_migrated_token_is_orphaned,
    "12": timers_behind_a_gateway_share_one_date,
    "14": plain_durations_fail_late,
    "17": links_lose_their_token,
    "18": implicit_ends_never_end,
    "19": interrupting_handlers_do_not_interrupt,
    "21": calls_share_all_data,
    "23": types_are_refused_or_lost_at_save,
    "25": unreachable_nodes_vanish,
    "27": instances_need_an_output,
    "33": uncaught_escalations_complete,
    "35": lookups_of_data_objects_never_end,
    "42": old_state_is_evaluated,
}

if __name__ == "__main__":
    found: dict[str, Any] = {}
    for number, trap in TRAPS.items():
        try:
            found[number] = trap()
        except Exception as error:
            found[number] = f"{type(error).__name__}: {error}"
    print(json.dumps(found))
