"""What can never happen any more is told, once, when it comes about."""

from datetime import timedelta

from tests.workflows.engine.play import Play
from tests.workflows.engine.states.drawn import started
from tests.workflows.engine.token_game.drawing import Scope, document, error, message, timer
from workflows.engine import compile_process


def drawn(scope: Scope, **variables: object) -> Play:
    play = started(
        compile_process({"m": document(("main", scope), messages=("note",), errors=("E",))}, "main"), **variables
    )
    play.incidents = play.execution.drain_incidents()
    return play


def branches() -> Scope:
    """A branch that may end early, one with two tasks, and the gateway that waits for both."""
    scope = Scope()
    scope.node("startEvent", "start")
    for gateway in ("split", "join"):
        scope.node("parallelGateway", gateway)
    scope.node("exclusiveGateway", "leave", default="leave__join")
    for task in ("early", "first", "second", "beside"):
        scope.user(task)
    for end in ("gone", "end", "besides"):
        scope.node("endEvent", end)
    scope.line("start", "split", "early", "leave", "join", "end")
    scope.flow("leave", "gone", "early.leaves = true")
    scope.line("split", "first", "second", "join")
    scope.line("split", "beside", "besides")
    return scope


def test_a_gateway_is_told_as_soon_as_a_branch_cannot_come_and_never_again() -> None:
    play = drawn(branches()).complete("early", leaves=True)
    assert play.kinds == []  # Nobody waits at the gateway yet.
    play.complete("first").complete("second")
    assert [(one.kind, one.element_id) for one in play.incidents] == [("stalled", "join")]
    assert play.execution.status == "running"
    play.complete("beside")
    assert play.execution.status == "stopped"
    play.later(days=1).later(days=1)
    assert play.kinds == ["stalled"]


def test_a_gateway_whose_branches_all_come_is_not_told() -> None:
    play = drawn(branches()).complete("first").complete("second").complete("early").complete("beside")
    assert (play.kinds, play.execution.status) == ([], "completed")


def test_a_deadlock_is_told_once_however_often_it_is_looked_at() -> None:
    play = Play("deadlock").complete("a")
    for _ in range(3):
        play.later(days=1)
    assert (play.kinds, play.execution.status) == (["stalled"], "stopped")


def test_an_instance_whose_open_task_was_lost_is_told_once() -> None:
    play = Play("two_tasks")
    instance = play.execution._instance
    instance._remove_task(play.waiting.user_tasks[0].id)
    play.later(days=1).later(days=1)
    assert (play.tasks, play.kinds, play.execution.status) == ([], ["stalled"], "stopped")


def test_an_instance_whose_task_was_finished_behind_its_back_is_told_once() -> None:
    play = Play("two_tasks")
    play.execution._instance.tasks[play.waiting.user_tasks[0].id]._state = 64
    play.later(days=1).later(days=1)
    assert (play.kinds, play.execution.status) == (["stalled"], "stopped")


def test_a_step_that_was_left_ready_is_run_at_the_next_verb() -> None:
    play = Play("gateway", amount=101)
    task = next(one for one in play.execution._instance.tasks.values() if one.task_spec.name == "g")
    task._drop_children(force=True)
    task._state = 16
    assert play.later(hours=1).reload().status == "running"
    assert (play.later(hours=1).tasks, play.kinds) == (["high"], [])


def stuck_with(handler: Scope | None) -> Scope:
    """A sub-process that stops at a gateway, with an error event beside it that nobody can bring about."""
    inside, scope = Scope(), Scope()
    inside.node("startEvent", "in_start")
    for gateway in ("in_split", "in_join"):
        inside.node("parallelGateway", gateway)
    inside.node("endEvent", "in_gone")
    inside.node("endEvent", "in_end")
    inside.line("in_start", "in_split", "in_gone")
    inside.line("in_split", "in_join", "in_end")
    inside.user("never")
    inside.line("never", "in_join")
    inside.line("in_join", "never")
    scope.node("startEvent", "start")
    scope.inside("subProcess", "sub", inside)
    scope.node("boundaryEvent", "failed", error("E"), attachedToRef="sub")
    scope.node("endEvent", "end")
    scope.node("endEvent", "ended")
    scope.line("start", "sub", "end")
    scope.line("failed", "ended")
    if handler is not None:
        scope.inside("subProcess", "handle", handler, triggeredByEvent="true")
    return scope


def listening(definition: str) -> Scope:
    handler = Scope()
    handler.node("startEvent", "woken", definition, isInterrupting="false")
    handler.user("look")
    handler.node("endEvent", "looked")
    handler.line("woken", "look", "looked")
    return handler


def test_an_error_event_that_nobody_can_bring_about_is_no_hope() -> None:
    play = drawn(stuck_with(None))
    assert ([one.element_id for one in play.incidents], play.execution.status) == (["in_join"], "stopped")


def test_an_event_sub_process_that_can_still_be_woken_is_hope() -> None:
    for definition in (message("note"), timer("P1D")):
        play = drawn(stuck_with(listening(definition)))
        assert ([one.element_id for one in play.incidents], play.execution.status) == (["in_join"], "running")
        play.now += timedelta(days=1)
        play.execution.fire_timers(play.now)
        play.reload()
        assert play.tasks == ([] if definition == message("note") else ["look"])
