"""Where tokens begin, jump and end: start events, links, implicit ends, terminate, event-based gateways."""

from datetime import timedelta

import pytest

from tests.workflows.engine.draw import (
    END,
    START,
    boundary,
    event,
    flow,
    flows,
    gateway,
    handler,
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
from tests.workflows.engine.play import NOON, Decisions, Play
from workflows.engine import Execution, StartUnknown

LINK = '<linkEventDefinition name="{}"/>'


def throw(name: str, link: str) -> str:
    return event("intermediateThrow", name, LINK.format(link))


def catch(name: str, link: str) -> str:
    return event("intermediateCatch", name, LINK.format(link))


def test_a_link_goes_on_at_the_catching_event_of_its_name() -> None:
    body = (
        START + user("a") + throw("out", "L") + catch("other", "K") + catch("back", "L") + user("b") + user("z") + END
    )
    play = Play(model(body + flows("start", "a", "out") + flows("back", "b", "end") + flows("other", "z", "end")))
    assert play.complete("a").tasks == ["b"]
    assert play.complete("b").execution.status == "completed"


def test_several_links_may_lead_to_one_place() -> None:
    body = (
        START + gateway("parallelGateway", "split") + user("a") + user("b") + throw("out_a", "L") + throw("out_b", "L")
    )
    body += catch("back", "L") + user("c") + END + flow("start", "split")
    body += flows("split", "a", "out_a") + flows("split", "b", "out_b") + flows("back", "c", "end")
    play = Play(model(body)).complete("a")
    assert play.tasks == ["b", "c"]
    assert play.complete("b").tasks == ["c", "c"]
    assert play.complete("c").complete("c").execution.status == "completed"


def test_a_link_inside_a_sub_process_stays_inside() -> None:
    inside = event("start", "i") + throw("out", "L") + catch("back", "L") + user("u") + event("end", "j")
    inside += flows("i", "out") + flows("back", "u", "j")
    body = START + sub("part", inside) + catch("outer", "L") + user("z") + END
    play = Play(model(body + flows("start", "part", "end") + flows("outer", "z", "end")))
    assert play.tasks == ["u"]


def test_a_loop_drawn_with_links_counts_its_rounds() -> None:
    body = START + gateway("exclusiveGateway", "merge") + user("a") + END
    body += gateway("exclusiveGateway", "g", "g__end", maxIterations="2") + throw("out", "L") + catch("back", "L")
    body += flows("start", "merge", "a", "g", "end") + flow("g", "out", "a.more = true") + flow("back", "merge")
    play = Play(model(body)).complete("a", more=True).complete("a", more=True).complete("a", more=True)
    assert play.kinds == ["loop-bound"]


@pytest.mark.parametrize(
    ("node", "act"),
    [
        (user("last"), lambda play: play.complete("last")),
        (service("last"), lambda play: play.answer("last", 1)),
        (script("last", "x = 1"), lambda play: play),
        (sub("last", event("start", "i") + user("u") + flow("i", "u")), lambda play: play.complete("u")),
        (event("intermediateCatch", "last", timer("P1D")), lambda play: play.later(days=1)),
        (event("intermediateThrow", "last", on("signal", "s")), lambda play: play),
        (task("userTask", "last", inner='<standardLoopCharacteristics loopMaximum="1"/>', formKey="f"),
         lambda play: play.complete("last")),
    ],
)  # fmt: skip
def test_an_activity_without_anything_behind_it_ends_its_token(node: str, act: object) -> None:
    play = Play(model(START + node + flow("start", "last")))
    act(play)  # type: ignore[operator]
    assert (play.execution.status, play.kinds) == ("completed", [])


def test_a_branch_of_a_boundary_event_may_end_without_an_end_event() -> None:
    body = START + user("a") + boundary("edge", "a", timer("P1D"), interrupting=False) + user("chase") + END
    play = Play(model(body + flows("start", "a", "end") + flow("edge", "chase"))).later(days=1)
    assert play.complete("a").execution.status == "running"
    assert play.complete("chase").execution.status == "completed"


def test_branches_that_end_by_themselves_all_have_to_end() -> None:
    body = START + gateway("parallelGateway", "split") + user("a") + user("b") + flow("start", "split")
    play = Play(model(body + flow("split", "a") + flow("split", "b"))).complete("a", n=1)
    assert play.execution.status == "running"
    play.complete("b", n=2)
    assert (play.execution.status, play.execution.variables) == ("completed", {"a": {"n": 1}, "b": {"n": 2}})


def test_terminate_ends_its_own_scope_only() -> None:
    inside = event("start", "i") + gateway("parallelGateway", "split") + user("u") + user("v")
    inside += event("end", "stop", "<terminateEventDefinition/>") + sub(
        "deep", event("start", "k") + user("w") + flow("k", "w")
    )
    inside += flows("i", "split", "u", "stop") + flow("split", "v") + flow("split", "deep")
    body = START + gateway("parallelGateway", "fork") + sub("part", inside) + user("z") + user("y") + END
    body += flows("start", "fork", "part", "z", "end") + flows("fork", "y", "end")
    play = Play(model(body)).complete("u")
    assert (play.tasks, play.kinds) == (["y", "z"], [])
    assert play.complete("y").complete("z").execution.status == "completed"


def test_terminate_takes_a_stopped_branch_away() -> None:
    body = START + gateway("parallelGateway", "split") + script("broken", "x = missing + 1") + user("u")
    body += event("end", "stop", "<terminateEventDefinition/>") + END
    play = Play(model(body + flows("start", "split", "broken", "end") + flows("split", "u", "stop")))
    assert play.complete("u").execution.status == "completed"


# -- event-based gateways


def waiting_for(*events: str) -> bytes:
    names = [one.split('id="')[1].split('"')[0] for one in events]
    body = START + gateway("eventBasedGateway", "g") + "".join(events) + flow("start", "g") + END
    return model(body + "".join(user(f"after_{one}") + flows("g", one, f"after_{one}", "end") for one in names))


SLOW, FAST = (event("intermediateCatch", name, timer(text)) for name, text in (("slow", "P3D"), ("fast", "P1D")))


@pytest.mark.parametrize("order", [(SLOW, FAST), (FAST, SLOW)])
@pytest.mark.parametrize("days", [1, 9])
def test_of_several_timers_the_earliest_wins_in_whatever_order_they_stand(order: tuple[str, str], days: int) -> None:
    play = Play(waiting_for(*order))
    assert [(one.element_id, one.due_at) for one in play.waiting.timers] == [("fast", NOON + timedelta(days=1))]
    assert play.later(days=days).tasks == ["after_fast"]


def test_messages_signals_conditions_and_receive_tasks_stand_beside_timers() -> None:
    stored = "<s:messageVariable>v</s:messageVariable>"
    events = (
        FAST,
        event("intermediateCatch", "told", on("message", "m"), variable="v"),
        task("receiveTask", "received", extension=stored, attributes=' messageRef="m2"'),
        event("intermediateCatch", "heard", on("signal", "s")),
        event("intermediateCatch", "held", when("ready = true")),
    )
    assert Play(waiting_for(*events)).receive("m", n=1).tasks == ["after_told"]
    assert Play(waiting_for(*events)).receive("m2", n=1).execution.variables == {"v": {"n": 1}}
    assert Play(waiting_for(*events)).hear("s").tasks == ["after_heard"]
    assert Play(waiting_for(*events)).later(days=1).tasks == ["after_fast"]
    play = Play(waiting_for(*events))
    play.reload().set_variables({"ready": True})
    assert play.tasks == ["after_held"]
    assert play.waiting.timers == play.waiting.messages == play.waiting.signals == ()


# -- start events

STARTS = (
    event("start", "plain")
    + event("start", "told", on("message", "m"), "v")
    + event("start", "heard", on("signal", "s"))
    + event("start", "daily", timer("R/P1D", "timeCycle"))
    + "".join(user(f"after_{one}") + flows(one, f"after_{one}", "end") for one in ("plain", "told", "heard", "daily"))
    + END
)


def begun(play: Play, begin_at: str | None) -> Play:
    play.execution = Execution.start(play.process, {}, host=Decisions(), now=NOON, begin_at=begin_at)
    return play


def test_a_process_says_how_it_can_begin() -> None:
    starts = Play(model(STARTS)).process.starts
    assert [(one.element_id, one.kind, one.name) for one in starts] == [
        ("plain", "none", None),
        ("told", "message", "m"),
        ("heard", "signal", "s"),
        ("daily", "timer", None),
    ]
    assert starts[3].timer is not None
    assert (starts[3].timer.kind, starts[3].timer.text) == ("cycle", "R/P1D")


def test_an_instance_begins_at_the_start_event_that_happened() -> None:
    assert Play(model(STARTS)).tasks == ["after_plain"]
    assert begun(Play(model(STARTS)), "daily").tasks == ["after_daily"]
    told = begun(Play(model(STARTS)), "told")
    assert (told.tasks, [one.name for one in told.waiting.messages]) == ([], ["m"])
    assert told.receive("m", n=1).tasks == ["after_told"]
    assert begun(Play(model(STARTS)), "heard").hear("s").tasks == ["after_heard"]


def test_without_a_plain_start_the_first_event_wins() -> None:
    rest = event("start", "told", on("message", "m"), "v") + event("start", "heard", on("signal", "s"))
    body = rest + user("b") + user("c") + END + flows("told", "b", "end") + flows("heard", "c", "end")
    play = Play(model(body))
    assert play.hear("s").tasks == ["c"]
    assert (play.waiting.messages, play.waiting.signals) == ((), ())


def test_an_unknown_start_event_is_refused() -> None:
    with pytest.raises(StartUnknown, match="plain, told, heard, daily"):
        begun(Play(model(STARTS)), "nowhere")


def test_an_event_sub_process_listens_whichever_way_the_process_began() -> None:
    play = begun(Play(model(STARTS + handler("h", on("message", "m2"), variable="w"))), "daily")
    assert play.receive("m2").tasks == ["h_task"]
