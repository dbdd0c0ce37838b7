"""Event sub-processes: what listens beside the flow, in the process and inside of it."""

from datetime import timedelta

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
    handler,
    model,
    on,
    script,
    service,
    sub,
    timer,
    user,
    when,
)
from tests.workflows.engine.play import NOON, Play

FLOW = START + user("a") + user("b") + END + flows("start", "a", "b", "end")


def test_an_interrupting_handler_takes_everything_else_away_and_ends_the_process() -> None:
    play = Play(model(FLOW + handler("h", on("message", "m"), variable="got")))
    play.receive("m", why="stop")
    assert (play.tasks, play.waiting.messages) == (["h_task"], ())
    play.complete("h_task", done=True)
    assert (play.execution.status, play.execution.end_events, play.kinds) == ("completed", ["h_end"], [])


def test_what_was_done_before_an_interruption_stays_known() -> None:
    play = Play(model(FLOW + handler("h", on("message", "m"), variable="got"))).complete("a", n=1)
    play.receive("m", why="stop").complete("h_task", n=2)
    assert play.execution.variables == {"a": {"n": 1}, "got": {"why": "stop"}, "h_task": {"n": 2}}


def test_a_handler_beside_the_flow_runs_as_often_as_it_is_woken() -> None:
    play = Play(model(FLOW + handler("h", on("message", "m"), interrupting=False, variable="got")))
    play.receive("m", n=1).receive("m", n=2)
    assert play.tasks == ["a", "h_task", "h_task"]
    play.complete("h_task").complete("a").complete("b")
    assert (play.execution.status, play.tasks) == ("running", ["h_task"])
    assert play.complete("h_task").execution.status == "completed"


def test_an_interruption_takes_other_handlers_away_too() -> None:
    beside = handler("h", on("message", "m"), interrupting=False, variable="got")
    play = Play(model(FLOW + beside + handler("k", on("message", "m2"), variable="got2")))
    play.receive("m").receive("m2")
    assert (play.tasks, play.waiting.messages) == (["k_task"], ())
    assert play.complete("k_task").execution.status == "completed"


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_timer_wakes_a_handler_once(interrupting: bool) -> None:
    play = Play(model(FLOW + handler("h", timer("P2D"), interrupting=interrupting)))
    assert [(one.element_id, one.due_at) for one in play.waiting.timers] == [("h_start", NOON + timedelta(days=2))]
    assert play.later(days=1).tasks == ["a"]
    assert play.later(days=1).tasks == (["h_task"] if interrupting else ["a", "h_task"])
    assert play.waiting.timers == ()
    assert len(play.later(days=30).tasks) == (1 if interrupting else 2)


def test_a_cycle_wakes_a_handler_as_often_as_it_says() -> None:
    play = Play(model(FLOW + handler("h", timer("R3/P1D", "timeCycle"), interrupting=False)))
    play.later(days=5)
    assert (play.tasks, play.waiting.timers) == (["a", "h_task", "h_task", "h_task"], ())


def test_a_signal_wakes_a_handler() -> None:
    play = Play(model(FLOW + handler("h", on("signal", "s"))))
    assert [(one.element_id, one.name) for one in play.waiting.signals] == [("h_start", "s")]
    assert play.hear("s").tasks == ["h_task"]


def test_a_condition_wakes_a_handler_each_time_it_comes_to_hold() -> None:
    body = START + user("a") + user("b") + user("c") + END + flows("start", "a", "b", "c", "end")
    play = Play(model(body + handler("h", when("a.n &gt; 1 and b.n = null"), interrupting=False)))
    assert play.complete("a", n=1).tasks == ["b"]
    play = Play(model(body + handler("h", when("a.n &gt; 1"), interrupting=False)))
    assert play.complete("a", n=2).tasks == ["b", "h_task"]
    assert play.complete("b", n=5).tasks == ["c", "h_task"]
    assert play.kinds == []


def test_a_condition_that_is_none_is_reported_once() -> None:
    play = Play(model(FLOW + handler("h", when("a.n + 1"), interrupting=False)))
    play.complete("a", n=2).complete("b")
    assert play.execution.status == "completed"


def test_an_error_end_event_is_caught_by_a_handler_of_its_scope() -> None:
    inside = event("start", "i") + event("end", "failed", on("error", "e")) + flow("i", "failed")
    caught = handler("h", on("error", "e"))
    play = Play(model(START + sub("part", inside + caught) + user("z") + END + flows("start", "part", "z", "end")))
    assert (play.tasks, play.kinds) == (["h_task"], [])
    assert play.complete("h_task").tasks == ["z"]


def test_an_error_of_a_service_is_caught_by_the_nearest() -> None:
    edge = boundary("edge", "call", on("error", "e2"))
    inside = event("start", "i") + service("call", errorCodes="E,E2,E3") + edge + user("u") + event("end", "j")
    inside += flows("i", "call", "j") + flows("edge", "u", "j") + handler("h", on("error", "e"))
    outer = boundary("around", "part", on("error"))
    body = (
        START
        + sub("part", inside)
        + outer
        + user("z")
        + END
        + flows("start", "part", "end")
        + flows("around", "z", "end")
    )
    assert Play(model(body)).fail("call", "E").tasks == ["h_task"]
    assert Play(model(body)).fail("call", "E2").tasks == ["u"]
    assert Play(model(body)).fail("call", "E3").tasks == ["z"]


def test_a_handler_does_not_catch_what_it_throws_itself() -> None:
    again = event("end", "again", on("error", "e")) + flow("h_start", "again")
    inside = event("start", "i") + event("end", "failed", on("error", "e")) + flow("i", "failed")
    inside += handler("h", on("error", "e"), again)
    body = START + sub("part", inside) + boundary("edge", "part", on("error", "e")) + user("z") + END
    play = Play(model(body + flows("start", "part", "end") + flows("edge", "z", "end")))
    assert (play.tasks, play.kinds) == (["z"], [])


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_wakes_a_handler_and_the_thrower_goes_on_if_it_may(interrupting: bool) -> None:
    inside = (
        event("start", "i") + event("intermediateThrow", "up", on("escalation", "x")) + user("u") + event("end", "j")
    )
    inside += flows("i", "up", "u", "j") + handler("h", on("escalation", "x"), interrupting=interrupting)
    play = Play(model(START + sub("part", inside) + END + flows("start", "part", "end")))
    assert play.tasks == (["h_task"] if interrupting else ["h_task", "u"])
    assert play.kinds == []


def test_a_handler_inside_a_sub_process_ends_only_that() -> None:
    inside = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
    inside += handler("h", on("message", "m"), variable="got")
    body = START + sub("part", inside) + user("z") + END + flows("start", "part", "z", "end")
    play = Play(model(body))
    play.receive("m", n=1)
    assert play.tasks == ["h_task"]
    play.complete("h_task")
    assert (play.tasks, play.execution.variables["got"], play.waiting.messages) == (["z"], {"n": 1}, ())


def test_a_handler_of_a_called_process_belongs_to_the_call() -> None:
    outputs = '<dataOutput id="got"/><inputSet/><outputSet><dataOutputRefs>got</dataOutputRefs></outputSet>'
    inside = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
    inside += handler("h", on("message", "m"), variable="got")
    caller = START + call("part", "q") + user("z") + END + flows("start", "part", "z", "end")
    called = f'<process id="q" isExecutable="true"><ioSpecification>{outputs}</ioSpecification>{inside}</process>'
    play = Play(file(f'<message id="m" name="m"/><process id="p" isExecutable="true">{caller}</process>{called}'))
    play.receive("m", n=1).complete("h_task")
    assert (play.tasks, play.execution.variables) == (["z"], {"got": {"n": 1}})


def test_a_signal_thrown_inside_wakes_a_handler_of_the_process_and_takes_the_thrower_away() -> None:
    inside = event("start", "i") + event("intermediateThrow", "cry", on("signal", "s")) + user("u") + event("end", "j")
    inside += flows("i", "cry", "u", "j")
    body = START + sub("part", inside) + END + flows("start", "part", "end") + handler("h", on("signal", "s"))
    play = Play(model(body))
    assert (play.tasks, play.kinds) == (["h_task"], [])
    assert [one.name for one in play.execution.drain_signals()] == ["s"]


def test_a_handler_that_appends_to_a_list_adds_to_what_the_flow_appended() -> None:
    body = (
        START + script("one", 'log = append(log, "one")') + user("a") + script("two", 'log = append(log, "two")') + END
    )
    noting = script("note", 'log = append(log, "noted")') + event("end", "noted") + flows("h_start", "note", "noted")
    play = Play(
        model(body + flows("start", "one", "a", "two", "end") + handler("h", on("signal", "s"), noting, False)),
        log=["base"],
    )
    play.hear("s").complete("a")
    assert (play.execution.status, play.kinds) == ("completed", [])
    assert play.execution.variables["log"] == ["base", "noted", "one", "two"]


def test_a_stopped_step_is_taken_away_by_an_interruption() -> None:
    body = START + script("broken", "x = missing + 1") + END + flows("start", "broken", "end")
    play = Play(model(body + handler("h", on("message", "m"), variable="got")))
    assert play.execution.status == "stopped"
    assert play.receive("m").execution.status == "running"
    assert play.complete("h_task").execution.status == "completed"


def test_a_timer_without_a_time_stops_the_beginning_and_can_be_retried() -> None:
    play = Play(model(FLOW + handler("h", timer("deadline", "timeDate"))))
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (["expression"], "h_start", "stopped")
    play.reload().set_variables({"deadline": "2026-12-24"})
    assert play.retry().tasks == ["a"]
    assert [one.element_id for one in play.waiting.timers] == ["h_start"]
