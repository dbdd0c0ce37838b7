"""Boundary events of every kind, interrupting and not, on every kind of activity."""

import pytest

from tests.workflows.engine.draw import (
    END,
    START,
    boundary,
    call,
    event,
    file,
    flow,
    flows,
    gateway,
    many,
    model,
    on,
    script,
    service,
    sub,
    task,
    timer,
    user,
    when,
)
from tests.workflows.engine.play import Play

INSIDE = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
CALLED = event("start", "qi") + user("qu") + event("end", "qj") + flows("qi", "qu", "qj")
IO = "<ioSpecification><inputSet/><outputSet/></ioSpecification>"
HOSTS = {
    "user task": user("host"),
    "manual task": task("manualTask", "host", instructions="x"),
    "service task": service("host"),
    "receive task": task("receiveTask", "host", extension="<s:messageVariable>v</s:messageVariable>",
                         attributes=' messageRef="m2"'),
    "sub-process": sub("host", INSIDE),
    "transaction": sub("host", INSIDE, kind="transaction"),
    "call activity": call("host", "q"),
    "parallel instances": task("userTask", "host", inner=many("items"), formKey="f"),
    "instances in sequence": task("userTask", "host", inner=many("items", sequential=True), formKey="f"),
    "instances of a sub-process": sub("host", INSIDE, many("items")),
    "instances of a call": call("host", "q", many("items")),
    "loop": task("userTask", "host", inner='<standardLoopCharacteristics loopMaximum="3"/>', formKey="f"),
}  # fmt: skip
DECLARED = '<message id="m" name="m"/><message id="m2" name="m2"/><signal id="s" name="s"/>'


def hosted(host: str, definition: str, interrupting: bool) -> Play:
    """An activity with one boundary event, which leads to the user task "edge_task"."""
    edge = boundary("edge", "host", definition, interrupting, variable="v2")
    body = START + HOSTS[host] + edge + user("edge_task") + END
    body += flows("start", "host", "end") + flows("edge", "edge_task", "end")
    called = f'<process id="q" isExecutable="true">{IO}{CALLED}</process>'
    return Play(file(f'{DECLARED}<process id="p" isExecutable="true">{body}</process>{called}'), items=["x", "y"])


def happen(play: Play, kind: str) -> Play:
    if kind == "timer":
        return play.later(days=1)
    if kind == "message":
        return play.receive("m", n=1)
    return play.hear("s")


EVENTS = {"timer": timer("P1D"), "message": on("message", "m"), "signal": on("signal", "s")}


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("host", HOSTS)
def test_an_interrupting_event_takes_the_activity_away(host: str, kind: str) -> None:
    play = happen(hosted(host, EVENTS[kind], True), kind)
    assert (play.tasks, play.waiting.service_calls, play.waiting.timers) == (["edge_task"], (), ())
    assert [one.name for one in play.waiting.messages] == []
    assert play.complete("edge_task").execution.status == "completed"
    assert play.kinds == []


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("host", HOSTS)
def test_an_event_that_does_not_interrupt_runs_beside_the_activity(host: str, kind: str) -> None:
    play = hosted(host, EVENTS[kind], False)
    before, calls = play.tasks, len(play.waiting.service_calls)
    happen(play, kind)
    assert (play.tasks, len(play.waiting.service_calls)) == (sorted([*before, "edge_task"]), calls)
    play.complete("edge_task")
    assert (play.tasks, play.execution.status) == (before, "running")
    for _ in range(4):
        for one in play.tasks[:1]:
            play.complete(one)
        if play.waiting.service_calls:
            play.answer("host", 1)
        if any(one.name == "m2" for one in play.waiting.messages):
            play.receive("m2")
    assert (play.execution.status, play.kinds) == ("completed", [])


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_an_event_that_does_not_interrupt_happens_again_and_again(kind: str) -> None:
    play = hosted("user task", EVENTS[kind], False)
    for _ in range(3):
        happen(play, kind)
    assert play.tasks == ["edge_task"] * 3 + ["host"]
    play.complete("host")
    assert (play.waiting.messages, play.waiting.signals) == ((), ())
    for _ in range(3):
        play.complete("edge_task")
    assert (play.execution.status, play.kinds) == ("completed", [])


def test_a_message_of_a_boundary_event_is_stored() -> None:
    play = hosted("user task", EVENTS["message"], True).receive("m", n=1)
    assert play.waiting.user_tasks[0].data["v2"] == {"n": 1}


CONDITION = (
    '<dataObject id="level"/><dataObjectReference id="level_ref" dataObjectRef="level"/>'
    + START + gateway("parallelGateway", "split") + user("host") + END
    + script("raise", "level = set.n", inner='<dataOutputAssociation id="out"><targetRef>level_ref</targetRef>'
                                            "</dataOutputAssociation>")
    + user("set") + user("edge_task")
    + flow("start", "split") + flow("split", "host") + flow("host", "end") + flow("split", "set")
    + flow("set", "raise") + flow("edge", "edge_task") + flow("edge_task", "end")
)  # fmt: skip


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_condition_happens_when_the_data_object_makes_it_hold(interrupting: bool) -> None:
    edge = boundary("edge", "host", when("level &gt; 1"), interrupting)
    loop = gateway("exclusiveGateway", "back", "back__end", maxIterations="9") + flow("raise", "back")
    loop += flow("back", "end") + flow("back", "set", "set.again = true")
    play = Play(model(CONDITION + edge + loop))
    assert play.complete("set", n=1, again=True).tasks == ["host", "set"]
    assert play.complete("set", n=2, again=True).tasks == sorted(
        ["edge_task", "set"] + ([] if interrupting else ["host"])
    )
    if not interrupting:
        assert play.complete("set", n=3, again=True).tasks == ["edge_task", "host", "set"]
        play.complete("set", n=0, again=True).complete("set", n=5, again=False)
        assert play.tasks == ["edge_task", "edge_task", "host"]
    assert play.kinds == []


@pytest.mark.parametrize("host", ["sub-process", "instances of a sub-process", "transaction"])
@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_what_is_thrown_inside_is_caught_at_the_boundary(host: str, kind: str) -> None:
    ref = {"error": "e", "escalation": "x"}[kind]
    inside = event("start", "i") + user("u") + event("end", "j", on(kind, ref)) + flows("i", "u", "j")
    tag = "transaction" if host == "transaction" else "subProcess"
    inner = many("items") if host.startswith("instances") else ""
    body = START + sub("host", inside, inner, tag) + boundary("edge", "host", on(kind, ref)) + user("edge_task") + END
    play = Play(model(body + flows("start", "host", "end") + flows("edge", "edge_task", "end")), items=["x", "y"])
    play.complete("u")
    assert (play.tasks, play.kinds) == (["edge_task"], [])
    assert play.complete("edge_task").execution.status == "completed"


def test_an_escalation_that_does_not_interrupt_may_come_again() -> None:
    inside = event("start", "i") + user("u") + event("intermediateThrow", "up", on("escalation", "x"))
    inside += user("v") + event("end", "j", on("escalation", "x")) + flows("i", "u", "up", "v", "j")
    edge = boundary("edge", "host", on("escalation", "x"), interrupting=False)
    body = START + sub("host", inside) + edge + user("edge_task") + END
    play = Play(model(body + flows("start", "host", "end") + flows("edge", "edge_task", "end")))
    assert play.complete("u").tasks == ["edge_task", "v"]
    assert play.complete("v").tasks == ["edge_task", "edge_task"]
    play.complete("edge_task").complete("edge_task")
    assert (play.execution.status, play.kinds) == ("completed", [])


def test_a_boundary_event_goes_on_listening_while_its_activity_is_stopped() -> None:
    reminder = boundary("remind", "broken", timer("P1D"), interrupting=False) + user("chase")
    edge = boundary("edge", "broken", on("message", "m"), variable="v")
    body = START + script("broken", "x = missing + 1") + reminder + edge + user("z") + END
    body += flows("start", "broken", "end") + flows("remind", "chase", "end") + flows("edge", "z", "end")
    play = Play(model(body))
    assert play.execution.status == "stopped"
    assert play.later(days=1).tasks == ["chase"]
    assert play.receive("m").tasks == ["chase", "z"]
    assert play.execution.status == "running"
    assert play.complete("z").complete("chase").execution.status == "completed"


def test_what_was_due_first_happens_first_however_late_it_is_noticed() -> None:
    late = boundary("late", "a", timer("P5D")) + boundary("soon", "a", timer("P2D"), interrupting=False)
    body = START + user("a") + late + user("lost") + user("remind") + END
    body += flows("start", "a", "end") + flows("late", "lost", "end") + flows("soon", "remind", "end")
    play = Play(model(body))
    play.execution.drain_steps()
    play.later(days=9)
    assert play.tasks == ["lost", "remind"]
    entered = [one.element_id for one in play.execution.drain_steps() if one.what == "entered"]
    assert entered.index("remind") < entered.index("lost")


def test_what_a_cycle_began_goes_on_after_its_activity() -> None:
    body = START + user("a") + boundary("edge", "a", timer("R2/P1D", "timeCycle"), interrupting=False) + user("chase")
    play = Play(model(body + user("z") + END + flows("start", "a", "z", "end") + flow("edge", "chase"))).later(days=2)
    assert play.complete("a").tasks == ["chase", "chase", "z"]
    play.complete("z").complete("chase").complete("chase")
    assert (play.execution.status, play.kinds) == ("completed", [])
