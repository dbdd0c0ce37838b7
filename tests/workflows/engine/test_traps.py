"""Every trap of the library, by its number: what our engine does instead, or which rule refuses the model.

The experiments that show the traps in the library itself are in stock.py.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from tests.workflows.engine.draw import (
    DECLARED,
    END,
    START,
    boundary,
    call,
    event,
    file,
    flow,
    flows,
    gateway,
    handler,
    many,
    model,
    on,
    process,
    rule,
    script,
    service,
    sub,
    task,
    timer,
    user,
)
from tests.workflows.engine.play import NOON, Decisions, Play, compiled
from workflows.engine import (
    CorrelationMissing,
    EngineFault,
    Execution,
    ModelRefused,
    NotMigrated,
    StateUnreadable,
    UserTaskNotReady,
    compile_process,
    message_key,
    migrate,
)
from workflows.engine.tree import Instance
from workflows.lint import lint_file

ROOT = Path(__file__).parents[3]


def rules(xml: bytes) -> set[str]:
    """The rules that refuse a model."""
    return {one.rule for one in lint_file(xml) if one.severity == "error"}


def through(*nodes: str) -> bytes:
    """A process from a start through these nodes to an end."""
    names = ["start", *(node.split('id="')[1].split('"')[0] for node in nodes), "end"]
    return model(START + "".join(nodes) + END + flows(*names))


def two_ways(left: str, right: str) -> bytes:
    body = (
        START
        + gateway("parallelGateway", "split")
        + left
        + right
        + gateway("parallelGateway", "join")
        + user("z")
        + END
    )
    return model(body + flows("start", "split", "left", "join", "z", "end") + flows("split", "right", "join"))


def trap_01() -> None:
    """Lists are replaced whole, in forms and at joins."""
    play = Play("two_tasks", a={"l": ["x", "y", "z"]}).complete("a", l=["q"])
    assert play.execution.variables["a"] == {"l": ["q"]}
    play = Play("parallel", a={"l": [1, 2, 3]}, b={}).complete("a", l=[9]).complete("b")
    assert play.execution.variables["a"] == {"l": [9]}


def trap_02() -> None:
    """A loop deeper than a thousand tasks goes on, and one without a bound is told."""
    play = Play("loop")
    for number in range(520):
        play.execution.complete_user_task(play.waiting.user_tasks[0].id, {"more": number < 519})
    assert play.execution.status == "completed"
    body = START + user("a") + gateway("exclusiveGateway", "g", "g__end") + END + flows("start", "a", "g", "end")
    assert "loop-needs-bound" in {one.rule for one in lint_file(model(body + flow("g", "a", "a.x = 1")))}
    assert Play("deadlock").complete("a").kinds == ["stalled"]


def trap_03() -> None:
    """Writes in two branches are refused, merged when both append, and stop when lint could not see them."""
    assert "parallel-write-conflict" in rules(two_ways(script("left", "x = 1"), script("right", "x = 2")))
    appending = two_ways(script("left", "x = append(x, 1)"), script("right", "x = append(x, 2)"))
    assert rules(appending) == set()
    assert Play(appending, x=[0]).execution.variables["x"] == [0, 1, 2]
    assert Play(two_ways(script("left", "x = 1"), script("right", "x = 2"))).kinds == ["parallel-write-conflict"]


def trap_04() -> None:
    """A task of a called process belongs to the lane of the call."""
    assert Play("call_activity", claim={"id": "C"}).waiting.user_tasks[0].lane == "billing"


def trap_05() -> None:
    """A task that is finished, or not reached, is not completed."""
    play = Play("two_tasks")
    done = play.waiting.user_tasks[0].id
    play.complete("a")
    coming = next(one.id for one in play.execution._instance.tasks.values() if one.task_spec.name == "end")
    for task_id in (done, coming):
        with pytest.raises(UserTaskNotReady):
            play.execution.complete_user_task(task_id, {})


def trap_06() -> None:
    """No model runs Python; see also test_models_are_data.py."""
    python = through(script("s1", "import os"))
    assert "script-not-feel" in rules(python)
    assert Play(python).kinds == ["expression"]
    choice = START + gateway("exclusiveGateway", "g", "g__b") + user("a") + user("b") + END + flow("start", "g")
    choice += flow("g", "a", "x == 1") + flow("g", "b") + flow("a", "end") + flow("b", "end")
    assert "python-expression" in rules(model(choice))


def trap_07() -> None:
    """A stored instance comes back with our engine, and none is built with another one."""
    assert Play("gateway", amount=101).reload().waiting().user_tasks[0].element_id == "high"
    with pytest.raises(TypeError):
        Instance(compiled("two_tasks").spec, {}, PythonScriptEngine())


def trap_08() -> None:
    """Errors and escalations end the scope they are thrown in, and no other with the same code."""
    assert Play("error_scope").complete("A_task").tasks == ["A_handle", "B_task"]


def trap_09() -> None:
    """A service that fails is an incident that says why."""
    play = Play(through(service("ask")))
    play.execution.fail_service_call(play.waiting.service_calls[0].id, EngineFault("service-failed", "No answer."))
    assert [(one.kind, one.message) for one in play.execution.drain_incidents()] == [("service-failed", "No answer.")]


def trap_10() -> None:
    """A technical failure is no BPMN error: a boundary event does not swallow it."""
    play = Play("service_error")
    play.execution.fail_service_call(play.waiting.service_calls[0].id, EngineFault("service-failed", "No answer."))
    assert (play.execution.status, play.tasks) == ("stopped", [])


def trap_11() -> None:
    """A version without the element that holds a token needs a place for it."""
    play = Play(through(user("a"), user("b")))
    new = compile_process({"new": through(user("b"))}, "p")
    with pytest.raises(NotMigrated, match="waits at a"):
        migrate(play.execution, new, {}, host=play.host, now=NOON)
    moved = migrate(play.execution, new, {"a": "b"}, host=play.host, now=NOON)
    assert Execution.load(new, moved.dump(), host=play.host, now=NOON).waiting().user_tasks[0].element_id == "b"


def trap_12() -> None:
    """Each timer behind an event-based gateway has its own due time, and says so."""
    play = Play("two_timers")
    assert [(one.element_id, one.due_at) for one in play.waiting.timers] == [("fast", NOON + timedelta(days=1))]
    assert play.later(days=9).tasks == ["b"]


def trap_13() -> None:
    """A cycle that is over has no due time."""
    assert Play("cycle").later(days=1).later(days=1).waiting.timers == ()


def trap_14() -> None:
    """A duration needs no quotes, and one that is none is refused before a token comes."""
    assert Play(through(event("intermediateCatch", "w", timer("PT1H")))).waiting.timers[0].due_at == NOON + timedelta(
        hours=1
    )
    for bad in ("1 day", "PT1H30", "P-1D", "P1M2X"):
        assert "timer-invalid" in rules(through(event("intermediateCatch", "w", timer(bad)))), bad


def trap_15() -> None:
    """A time without a zone is one of the practice's clock, kept as UTC."""
    host = Decisions()
    host.zone = ZoneInfo("America/New_York")
    play = Play(through(event("intermediateCatch", "w", timer("2026-12-01T09:00:00", "timeDate"))), host)
    assert play.reload().waiting().timers[0].due_at == datetime(2026, 12, 1, 14, tzinfo=UTC)


def trap_16() -> None:
    """What is due is known from outside, so that nobody has to look into instances."""
    edge = boundary("late", "a", timer("P5D")) + boundary("soon", "a", timer("P2D"), interrupting=False)
    play = Play(
        model(START + user("a") + edge + END + flows("start", "a", "end") + flow("late", "end") + flow("soon", "end"))
    )
    assert sorted(one.element_id for one in play.waiting.timers) == ["late", "soon"]


def trap_17() -> None:
    """A link goes on; one that leads nowhere is refused."""
    throw, catch = (
        event(f"intermediate{kind}", kind, '<linkEventDefinition name="L"/>') for kind in ("Throw", "Catch")
    )
    linked = model(START + throw + catch + user("a") + END + flow("start", "Throw") + flows("Catch", "a", "end"))
    assert (rules(linked), Play(linked).tasks) == (set(), ["a"])
    assert "link-event" in rules(model(START + throw + flow("start", "Throw")))


def trap_18() -> None:
    """An activity may end its token without an end event."""
    implicit = model(START + user("a") + flow("start", "a"))
    assert rules(implicit) == set()
    assert Play(implicit).complete("a").execution.status == "completed"


def trap_19() -> None:
    """An interrupting event sub-process interrupts."""
    xml = model(START + user("a") + END + flows("start", "a", "end") + handler("h", on("signal", "s")))
    assert rules(xml) == set()
    assert Play(xml).hear("s").tasks == ["h_task"]


def trap_20() -> None:
    """Keys are computed from the payload, whole; two keys for one message are refused."""
    with pytest.raises(CorrelationMissing):
        message_key(compiled("message"), "payer_decision", {"claim": {"claim_id": "C1"}}, now=NOON)
    keys = "".join(
        f'<correlationKey id="k{one}"><correlationPropertyRef>c</correlationPropertyRef></correlationKey>'
        for one in (1, 2)
    )
    path = '<correlationPropertyRetrievalExpression messageRef="m"><messagePath>c</messagePath>'
    read = f'<correlationProperty id="c">{path}</correlationPropertyRetrievalExpression></correlationProperty>'
    catch = START + event("intermediateCatch", "w", on("message", "m"), "v") + END + flows("start", "w", "end")
    assert "one-correlation-key" in rules(
        process(catch, f'<collaboration id="co">{keys}</collaboration>{read}{DECLARED}')
    )


def trap_21() -> None:
    """A call shares what is declared; a process that declares nothing is not called."""
    body = START + call("c", "q") + END + flows("start", "c", "end")
    called = '<process id="q" isExecutable="true">' + event("start", "q0") + event("end", "q1") + flows("q0", "q1")
    assert "call-activity-io" in rules(file(f'<process id="p" isExecutable="true">{body}</process>{called}</process>'))
    assert Play("call_activity", claim={"id": "C"}, other=1).waiting.user_tasks[0].data == {"claim": {"id": "C"}}


def trap_22() -> None:
    """The state is bytes, which no database reorders."""
    assert isinstance(Play("two_tasks").execution.dump(), bytes)


def trap_23() -> None:
    """Types come back as they were, and what cannot be kept is refused before anything happens."""
    play = Play("two_tasks").complete("a", day=date(2026, 1, 1), amount=Decimal("1.50"))
    assert play.reload().variables["a"] == {"day": date(2026, 1, 1), "amount": Decimal("1.50")}
    assert str(play.execution.variables["a"]["amount"]) == "1.50"


def trap_24() -> None:
    """An id that is used twice is refused."""
    twice = '<s:parameters><s:parameter id="a" type="any" value="1"/></s:parameters>'
    operator = f'<s:serviceTaskOperator id="o" resultVariable="r">{twice}</s:serviceTaskOperator>'
    hidden = task("serviceTask", "b", extension=operator)
    assert "duplicate-id" in rules(through(user("a"), hidden))


def trap_25() -> None:
    """Unknown elements, lost nodes, broken conditions and tasks without a kind are refused."""
    with pytest.raises(ModelRefused):
        compile_process({"x": model(START + "<frobnicate/>" + END + flows("start", "end"))}, "p")
    assert "unreachable" in rules(model(START + END + user("lost") + flow("start", "end") + flow("lost", "end")))
    assert "abstract-task" in rules(through('<task id="a"/>'))
    choice = START + gateway("exclusiveGateway", "g", "g__b") + user("a") + user("b") + END + flow("start", "g")
    choice += flow("g", "a", "x = = 1") + flow("g", "b") + flow("a", "end") + flow("b", "end")
    assert "feel-parses" in rules(model(choice))


def trap_26() -> None:
    """Ad-hoc sub-processes are refused."""
    assert "adhoc-subprocess" in rules(through('<adHocSubProcess id="h"/>'))


def trap_27() -> None:
    """An instance without a result gives null; results without a place are refused."""
    each = through(script("each", "other = 1", many("items")))
    assert Play(each, items=[1, 2]).execution.variables["results"] == [None, None]
    assert "mi-needs-output" in rules(through(script("each", "other = 1", many("items", output=""))))


def trap_28() -> None:
    """More instances than the limit stop the element."""
    each = through(script("each", "answer = item", many("items")))
    assert Play(each, items=list(range(201))).kinds == ["too-many-items"]


def trap_29() -> None:
    """Decisions are asked of the product; their results replace variables whole, their conflicts are incidents."""
    ask = through(rule("ask", "route", "way"), user("z"))
    assert Play(ask, Decisions(route=lambda _: [1]), way=[1, 2, 3]).execution.variables["way"] == [1]

    def conflict(_: Any) -> Any:
        raise EngineFault("decision", "Rows 1 and 2 match together.")

    assert Play(ask, Decisions(route=conflict)).kinds == ["decision"]


def trap_30() -> None:
    """A gateway without a match is an incident; one without a default is refused."""
    assert Play("gateway_without_default", amount=50).kinds == ["no-gateway-match"]
    choice = START + gateway("exclusiveGateway", "g") + user("a") + user("b") + END + flow("start", "g")
    choice += flow("g", "a", "x = 1") + flow("g", "b", "x = 2") + flow("a", "end") + flow("b", "end")
    assert "gateway-needs-default" in rules(model(choice))


def trap_31() -> None:
    """Conditions are tried in the order of the outgoing list, wherever the shapes are drawn."""
    assert Play("gateway_order").tasks == ["second"]


def trap_32() -> None:
    """All flows without a condition are named at once."""
    choice = START + gateway("exclusiveGateway", "g") + user("a") + user("b") + END + flow("start", "g")
    choice += flow("g", "a") + flow("g", "b") + flow("a", "end") + flow("b", "end")
    found = [one.element_id for one in lint_file(model(choice)) if one.rule == "flow-needs-condition"]
    assert found == ["g__a", "g__b"]


def trap_33() -> None:
    """An escalation or error that nobody catches is an incident, and refused beforehand."""
    for kind, ref, incident in (("escalation", "x", "uncaught-escalation"), ("error", "e", "uncaught-error")):
        xml = model(START + event("end", "up", on(kind, ref)) + flow("start", "up"))
        assert "uncaught-error" in rules(xml)
        assert Play(xml).kinds == [incident]


def trap_34() -> None:
    """Variables may bear any name but those of the engine."""
    play = Play(through(script("s1", "total = sum(list)"), user("z")), list=[1, 2], print=1, datetime="x", sum_=3)
    assert play.reload().variables["total"] == 3
    assert "reserved-variable" in rules(through(script("s1", "now = 1")))


def trap_35() -> None:
    """A data object is null at first; a data store is refused; a lookup of neither hangs."""
    objects = '<dataObject id="level"/><dataObjectReference id="ref" dataObjectRef="level"/>'
    reads = "<dataInputAssociation><sourceRef>{}</sourceRef><targetRef>x</targetRef></dataInputAssociation>"
    body = objects + START + script("s1", "seen = level = null", reads.format("ref")) + user("z") + END
    assert Play(model(body + flows("start", "s1", "z", "end"))).execution.variables == {"seen": True}
    deep = (
        event("start", "i1")
        + script("s1", "x = 1", reads.format("nowhere"))
        + event("end", "j1")
        + flows("i1", "s1", "j1")
    )
    deep = event("start", "i2") + sub("in1", deep) + event("end", "j2") + flows("i2", "in1", "j2")
    with pytest.raises(ModelRefused):
        compile_process({"x": through(sub("in2", deep))}, "p")
    assert "data-store" in rules(model(START + '<dataStoreReference id="d"/>' + END + flow("start", "end")))


def trap_36() -> None:
    """All findings are told at once, each with its element."""
    found = {(one.rule, one.element_id) for one in lint_file(through('<task id="a"/>', '<userTask id="b"/>'))}
    assert {("abstract-task", "a"), ("form-key-missing", "b")} <= found


def trap_37() -> None:
    """Hidden scripts are refused."""
    for name in ("preScript", "postScript"):
        hidden = task("userTask", "a", extension=f"<s:{name}>x = 1</s:{name}>", formKey="f")
        assert "no-hidden-scripts" in rules(through(hidden))


def trap_38() -> None:
    """A message whose content is stored nowhere is refused."""
    assert "message-needs-variable" in rules(through(event("intermediateCatch", "w", on("message", "m"))))


def trap_39() -> None:
    """A cycle has an end."""
    edge = boundary("edge", "a", timer("R/P1D", "timeCycle"), interrupting=False)
    assert "cycle-needs-count" in rules(
        model(START + user("a") + edge + END + flows("start", "a", "end") + flow("edge", "end"))
    )


def trap_40() -> None:
    """A condition fires as soon as a data object makes it hold; one that reads none is refused."""
    assert Play("conditional").complete("a", ok=True).tasks == ["b"]
    when = on("conditional", inner="<condition>x = 1</condition>")
    assert "condition-needs-data-object" in rules(through(event("intermediateCatch", "w", when)))


def trap_41() -> None:
    """What the parser says never reaches people."""
    broken = (
        model(START + "<frobnicate/>" + END + flows("start", "end")),
        through(task("userTask", "a", inner=many(output=""), formKey="f")),
        through(event("intermediateCatch", "w", "<compensateEventDefinition/>")),
        through('<complexGateway id="g"/>'),
    )
    for xml in broken:
        try:
            compile_process({"secret_name.bpmn": xml}, "p")
        except ModelRefused as refused:
            for finding in refused.findings:
                for word in ("secret_name", "Python", "{http", "0x", "Exception", "Traceback", "<"):
                    assert word not in finding.message, finding.message


def trap_42() -> None:
    """Only our own state is loaded, and the library's serializer is used nowhere in the product."""
    for foreign in (b'{"serializer_version": "1.1", "spec": {}}', b"", b"CSX\x01"):
        with pytest.raises(StateUnreadable):
            Execution.load(compiled("two_tasks"), foreign, host=Decisions(), now=NOON)
    for source in (ROOT / "workflows").rglob("*.py"):
        assert "SpiffWorkflow.bpmn.serializer" not in source.read_text(encoding="utf-8"), source


TRAPS: dict[int, Callable[[], None]] = {
    int(name.removeprefix("trap_")): trap for name, trap in globals().items() if name.startswith("trap_")
}


@pytest.mark.parametrize("number", sorted(TRAPS))
def test_a_trap_is_avoided_or_refused(number: int) -> None:
    TRAPS[number]()


def test_no_trap_is_left_out() -> None:
    assert sorted(TRAPS) == list(range(1, 43))
    assert all(trap.__doc__ for trap in TRAPS.values())
