"""Instances that go on in another version of their model, and what is refused."""

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
    gateway,
    handler,
    many,
    model,
    on,
    script,
    service,
    sub,
    task,
    timer,
    user,
)
from tests.workflows.engine.play import MODELS, NOON, Decisions, Play
from workflows.engine import NotMigrated, compare, compile_process, migrate


def line(*names: str) -> bytes:
    return model(START + "".join(user(name) for name in names) + END + flows("start", *names, "end"))


def to(play: Play, xml: bytes, **mapping: str) -> Play:
    """The instance in the version of these bytes."""
    new = compile_process({"new": xml}, "p")
    play.execution = migrate(play.execution, new, mapping, host=play.host, now=play.now)
    play.process = new
    return play._noted()


def test_a_token_stays_with_its_id_and_goes_on_in_what_is_new_behind_it() -> None:
    play = Play(line("a", "b")).complete("a", n=1)
    before = play.waiting.user_tasks[0].id
    to(play, line("a", "b", "c"))
    assert play.waiting.user_tasks[0].id == before
    assert play.complete("b").tasks == ["c"]
    assert play.complete("c").execution.status == "completed"
    assert play.execution.variables["a"] == {"n": 1}


def test_what_is_new_before_a_token_is_not_made_up_for() -> None:
    assert to(Play(line("a", "b")), line("z", "a", "b")).complete("a").tasks == ["b"]


def test_a_passed_step_may_disappear() -> None:
    play = to(Play(line("a", "b", "c")).complete("a", n=1).complete("b"), line("c"))
    assert (play.tasks, play.execution.variables["a"]) == (["c"], {"n": 1})
    assert play.complete("c").execution.status == "completed"


def test_a_coming_step_may_disappear() -> None:
    assert to(Play(line("a", "b", "c")), line("a", "c")).complete("a").tasks == ["c"]


def test_a_token_at_a_step_that_is_gone_needs_a_place() -> None:
    play = Play(line("a", "b", "c")).complete("a", n=1)
    blob = play.execution.dump()
    with pytest.raises(NotMigrated, match="no place for what waits at b") as refused:
        to(play, line("a", "c"))
    assert refused.value.elements == ("b",)
    assert play.execution.dump() == blob
    to(play, line("a", "c"), b="c")
    assert (play.tasks, play.execution.variables) == (["c"], {"a": {"n": 1}})


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(NotMigrated, match="no element of the same"):
        to(Play(line("a", "b")), line("b"), a="nowhere")


def test_a_step_that_became_another_kind_of_work_needs_a_place_too() -> None:
    other = model(START + service("a") + user("b") + END + flows("start", "a", "b", "end"))
    with pytest.raises(NotMigrated, match="waits at a"):
        to(Play(line("a", "b")), other)
    assert [one.element_id for one in to(Play(line("a", "b")), other, a="a").waiting.service_calls] == ["a"]


def test_what_a_token_was_told_by_an_operator_goes_along() -> None:
    play = Play(line("a", "b"), x=1, y=1)
    play.execution.set_variables({"x": 2}, ["y"])
    assert to(play, line("b"), a="b").execution.variables == {"x": 2}


def test_tokens_inside_sub_processes_calls_and_instances_stay() -> None:
    def version(extra: str) -> bytes:
        inside = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
        each = sub("each", event("start", "k") + user("w") + event("end", "l") + flows("k", "w", "l"), many("items"))
        io = "<ioSpecification><inputSet/><outputSet/></ioSpecification>"
        called = io + event("start", "q0") + user("called") + event("end", "q1") + flows("q0", "called", "q1")
        body = START + gateway("parallelGateway", "split") + sub("part", inside) + each + call("ask", "q") + user(extra)
        body += gateway("parallelGateway", "join") + END + flow("start", "split") + flows("join", extra, "end")
        body += "".join(flows("split", one, "join") for one in ("part", "each", "ask"))
        run = 'isExecutable="true"'
        return file(f'<process id="p" {run}>{body}</process><process id="q" {run}>{called}</process>')

    play = Play(version("old"), items=[1, 2]).complete("w")
    before = {one.id for one in play.waiting.user_tasks}
    to(play, version("new"))
    assert {one.id for one in play.waiting.user_tasks} == before
    play.complete("u").complete("w").complete("called")
    assert (play.tasks, play.execution.variables["results"]) == (["new"], [None, None])


def test_an_arrival_at_a_join_is_kept() -> None:
    def version(last: str) -> bytes:
        body = START + gateway("parallelGateway", "split") + gateway("parallelGateway", "join") + user("a") + user("b")
        return model(
            body + user(last) + END + flows("start", "split", "a", "join", last, "end") + flows("split", "b", "join")
        )

    play = to(Play(version("old")).complete("a", n=1), version("new"))
    assert play.complete("b", n=2).tasks == ["new"]
    assert play.execution.variables == {"a": {"n": 1}, "b": {"n": 2}}


def with_edge(edge: str) -> bytes:
    body = START + user("a") + edge + user("late") + user("z") + END + flows("start", "a", "z", "end")
    return model(
        body + (flow("edge", "late") if edge else flow("start2", "late")) + ("" if edge else event("start", "start2"))
    )


def test_boundary_events_come_go_and_stay() -> None:
    with_timer, without = with_edge(boundary("edge", "a", timer("P2D"))), line("a", "z")
    play = to(Play(without), with_timer)
    assert [(one.element_id, one.due_at) for one in play.waiting.timers] == [("edge", NOON + timedelta(days=2))]
    play.now = NOON + timedelta(days=1)
    to(play, with_edge(boundary("edge", "a", timer("P9D"))))
    assert [one.due_at for one in play.waiting.timers] == [NOON + timedelta(days=2)]
    assert to(play, without).waiting.timers == ()
    assert play.complete("a").complete("z").execution.status == "completed"
    assert to(Play(without), with_timer).later(days=2).tasks == ["late"]


def test_event_sub_processes_come_and_go() -> None:
    beside = model(START + user("a") + END + flows("start", "a", "end") + handler("h", timer("P1D")))
    play = to(Play(line("a")), beside)
    assert [one.element_id for one in play.waiting.timers] == ["h_start"]
    assert to(Play(beside), line("a")).waiting.timers == ()
    assert play.later(days=1).tasks == ["h_task"]
    with pytest.raises(NotMigrated, match="waits at h"):
        to(play, line("a"))
    assert to(play, line("a"), h="a").tasks == ["a"]


def test_a_stopped_step_stays_stopped_and_is_retried_in_the_new_version() -> None:
    def version(text: str) -> bytes:
        return model(START + script("s1", text) + user("z") + END + flows("start", "s1", "z", "end"))

    play = to(Play(version("x = missing + 1")), version("x = 2"))
    assert play.execution.status == "stopped"
    assert play.retry().execution.variables == {"x": 2}


def test_decisions_and_end_events_are_kept() -> None:
    def version(last: str) -> bytes:
        return model(
            START
            + user("r", clinicalDecision="d", outcomes="yes")
            + user(last)
            + END
            + flows("start", "r", last, "end")
        )

    play = to(Play(version("a")).complete("r", "yes"), version("b"), a="b")
    assert (play.execution.decisions, play.tasks) == ({"d": "yes"}, ["b"])


def test_a_guard_that_would_not_let_the_token_pass_is_a_reason_to_refuse() -> None:
    guarded = user("r", clinicalDecision="d", outcomes="yes") + user("g", requiresDecision="d")
    with pytest.raises(NotMigrated, match="needs the decision d"):
        to(Play(line("a")), model(START + guarded + END + flows("start", "r", "g", "end")), a="g")


def test_data_objects_come_and_go() -> None:
    objects = '<dataObject id="level"/><dataObjectReference id="ref" dataObjectRef="level"/>'
    play = to(Play(line("a")), model(objects + START + user("a") + END + flows("start", "a", "end")))
    assert play.execution.data_objects == {"level": None}
    assert to(play, line("a")).execution.data_objects == {}


def test_an_instance_that_has_ended_or_belongs_to_another_process_is_refused() -> None:
    with pytest.raises(NotMigrated, match="has ended"):
        to(Play(line("a")).complete("a"), line("a", "b"))
    cancelled = Play(line("a"))
    cancelled.execution.cancel()
    with pytest.raises(NotMigrated, match="has ended"):
        to(cancelled, line("a", "b"))
    other = compile_process({"x": (MODELS / "two_tasks.bpmn").read_bytes()}, "main")
    with pytest.raises(NotMigrated, match="belongs to p"):
        migrate(Play(line("a")).execution, other, {}, host=Decisions(), now=NOON)


def test_a_loop_with_a_long_history_goes_on() -> None:
    def version(extra: str) -> bytes:
        body = START + gateway("exclusiveGateway", "again") + user("work")
        body += gateway("exclusiveGateway", "g", f"g__{extra}", maxIterations="500") + user(extra) + END
        return model(body + flows("start", "again", "work", "g", extra, "end") + flow("g", "again", "work.more = true"))

    play = Play(version("z"))
    for _ in range(60):
        play.complete("work", more=True)
    to(play, version("y"))
    for _ in range(30):
        play.complete("work", more=True)
    assert play.complete("work", more=False).tasks == ["y"]


def test_the_difference_of_two_versions_is_told_by_element() -> None:
    old = compile_process({"x": line("a", "b", "c")}, "p")
    body = START + user("a", candidateGroup="g") + service("b") + user("d") + END + flows("start", "a", "b", "d", "end")
    found = compare(old, compile_process({"x": model(body)}, "p"))
    assert (found.added, found.removed, found.changed, found.moved) == (("d",), ("c",), ("b",), ("a",))
    cosmetic = compile_process({"x": line("a", "b", "c").replace(b'id="a"', b'id="a" name="Ask"')}, "p")
    assert compare(old, cosmetic) == compare(old, old)
    assert compare(old, old).added == ()


def test_a_message_that_is_awaited_keeps_its_key() -> None:
    def version(last: str) -> bytes:
        catch = event("intermediateCatch", "told", on("message", "m"), variable="v")
        return model(START + catch + user(last) + END + flows("start", "told", last, "end"))

    play = to(Play(version("a")), version("b"))
    assert play.receive("m", n=1).tasks == ["b"]


def test_a_host_of_many_instances_is_taken_along_whole() -> None:
    def version(name: str) -> bytes:
        each = task("userTask", name, inner=many("items"), formKey="f")
        return model(START + each + user("z") + END + flows("start", name, "z", "end"))

    play = Play(version("old"), items=[1, 2]).complete("old")
    with pytest.raises(NotMigrated) as refused:
        to(play, version("new"))
    assert refused.value.elements == ("old",)
    assert to(play, version("new"), old="new").tasks == ["new", "new"]
