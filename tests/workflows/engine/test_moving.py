"""What operators may do to an instance by hand, and what is refused."""

from collections.abc import Callable
from uuid import UUID

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
    many,
    model,
    on,
    rule,
    script,
    service,
    sub,
    task,
    timer,
    user,
)
from tests.workflows.engine.play import Decisions, Play
from workflows.engine import (
    DecisionsReadOnly,
    NothingStopped,
    NotRewound,
    StepNotSkipped,
    TokenNotMoved,
    VariableRefused,
)

LINE = START + user("a") + user("b") + user("c") + END + flows("start", "a", "b", "c", "end")


def task_of(play: Play, element_id: str) -> UUID:
    """The id of an open task, or of the last one that was passed."""
    waiting = play.waiting
    for one in (*waiting.user_tasks, *waiting.service_calls, *waiting.timers, *waiting.messages):
        if one.element_id == element_id:
            return one.id
    return next(one.task_id for one in play.execution.rewind_points() if one.element_id == element_id)


def move(play: Play, source: str, target: str) -> Play:
    task_id = task_of(play, source)
    play.reload().move_token(task_id, target)
    return play._noted()


def rewind(play: Play, target: str) -> Play:
    task_id = task_of(play, target)
    play.reload().rewind(task_id)
    return play._noted()


def skip(play: Play, result: object = None) -> Play:
    play.reload().skip(UUID(play.incidents[-1].facts["task_id"]), result)
    return play._noted()


# -- skip


def test_a_stopped_service_is_answered_by_hand() -> None:
    play = Play(model(START + service("ask") + user("z") + END + flows("start", "ask", "z", "end")))
    play.answer("ask", object())
    assert skip(play, {"paid": True}).execution.variables == {"r": {"paid": True}}
    assert (play.tasks, play.execution.status) == (["z"], "running")


def test_a_service_that_waits_is_answered_by_hand() -> None:
    play = Play(model(START + service("ask") + user("z") + END + flows("start", "ask", "z", "end")))
    play.reload().skip(play.waiting.service_calls[0].id, 7)
    assert (play.tasks, play.execution.variables) == (["z"], {"r": 7})


def test_a_stopped_decision_script_and_timer_are_answered_by_hand() -> None:
    def broken(context: object) -> object:
        raise ValueError("no")

    steps = (
        rule("decide", "route", "way")
        + script("count", "n = missing + 1")
        + event("intermediateCatch", "wait", timer("soon"))
    )
    body = START + steps + user("z") + END + flows("start", "decide", "count", "wait", "z", "end")
    play = Play(model(body), Decisions(route=broken))
    assert skip(play, "letter").kinds == ["decision", "expression"]
    with pytest.raises(StepNotSkipped, match="names and values"):
        skip(play, 3)
    assert skip(play, {"n": 1}).kinds == ["decision", "expression", "expression"]
    assert skip(play).tasks == ["z"]
    assert play.execution.variables == {"way": "letter", "n": 1}


def test_an_answer_by_hand_is_checked_like_any_other_value() -> None:
    play = Play(model(START + script("count", "n = missing + 1") + END + flows("start", "count", "end")))
    with pytest.raises(DecisionsReadOnly):
        skip(play, {"decisions": {"x": "y"}})
    with pytest.raises(VariableRefused):
        skip(play, {"n": b"raw"})
    assert play.reload().status == "stopped"


def test_what_people_and_gateways_do_is_not_answered_by_hand() -> None:
    choice = START + gateway("exclusiveGateway", "g") + user("a") + user("b") + END + flow("start", "g")
    choice += flow("g", "a", "x = 1") + flow("g", "b", "x = 2") + flow("a", "end") + flow("b", "end")
    play = Play(model(choice), x=3)
    with pytest.raises(StepNotSkipped, match="move its token"):
        skip(play)
    with pytest.raises(NothingStopped):
        Play(model(LINE)).execution.skip(UUID(int=1), None)


def test_a_guard_is_not_skipped() -> None:
    play = Play("guard").complete("review", "do_not_appeal")
    with pytest.raises(StepNotSkipped, match="medical_necessity"):
        skip(play, {})
    assert play.execution.status == "stopped"


# -- variables


def test_a_variable_is_set_in_every_branch_that_sees_it() -> None:
    inside = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
    body = START + gateway("parallelGateway", "split") + user("a") + sub("part", inside) + END + flow("start", "split")
    play = Play(model(body + flows("split", "a", "end") + flows("split", "part", "end")), x={"old": 1})
    play.reload().set_variables({"x": {"new": 2}, "y": 3})
    assert [one.data for one in play.waiting.user_tasks] == [{"x": {"new": 2}, "y": 3}] * 2
    play.complete("u").complete("a")
    assert {**play.execution.variables, "u": 0, "a": 0} == {"x": {"new": 2}, "y": 3, "u": 0, "a": 0}


def test_a_removed_variable_is_gone() -> None:
    play = Play(model(LINE), x=1, y=2)
    play.reload().set_variables({"y": 3}, ["x", "nothing"])
    assert play.execution.variables == {"y": 3}


def test_setting_a_variable_wakes_what_waited_for_it() -> None:
    body = START + event("intermediateCatch", "c", "<conditionalEventDefinition><condition>x = 1</condition>"
                         "</conditionalEventDefinition>") + user("z") + END  # fmt: skip
    play = Play(model(body + flows("start", "c", "z", "end")), x=0)
    play.reload().set_variables({"x": 1})
    assert play.tasks == ["z"]


def test_setting_a_variable_corrects_the_key_of_a_message() -> None:
    play = Play("message", facts={"claim_id": "C1"})
    assert play.waiting.messages[0].key is None
    play.reload().set_variables({"facts": {"claim_id": "C1", "payer_id": "P"}})
    assert play.waiting.messages[0].key == '{"claim_id":"C1","payer_id":"P"}'


@pytest.mark.parametrize("name", ["decisions", "now", "today"])
def test_names_of_the_engine_are_never_set_or_removed(name: str) -> None:
    play = Play(model(LINE))
    with pytest.raises(DecisionsReadOnly):
        play.execution.set_variables({name: 1})
    with pytest.raises(DecisionsReadOnly):
        play.execution.set_variables({}, [name])


# -- move


def test_a_token_is_moved_forwards_and_backwards_with_what_it_wrote() -> None:
    play = Play(model(LINE)).complete("a", n=1)
    assert move(play, "b", "c").tasks == ["c"]
    assert move(play, "c", "a").tasks == ["a"]
    assert play.execution.variables == {"a": {"n": 1}}
    assert play.complete("a").complete("b").complete("c").execution.status == "completed"


def test_a_moved_task_is_another_task() -> None:
    play = Play(model(LINE))
    before = task_of(play, "a")
    assert task_of(move(play, "a", "a"), "a") != before


def test_a_stopped_token_is_moved_on() -> None:
    body = START + script("broken", "n = missing + 1") + user("z") + END + flows("start", "broken", "z", "end")
    play = Play(model(body))
    play.reload().move_token(UUID(play.incidents[0].facts["task_id"]), "z")
    assert (play.tasks, play.execution.status) == (["z"], "running")


def test_a_moved_activity_takes_its_boundary_events_and_its_inside_along() -> None:
    inside = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
    edge = boundary("edge", "part", timer("P1D")) + user("late")
    body = (
        START + sub("part", inside) + edge + user("z") + END + flows("start", "part", "z", "end") + flow("edge", "late")
    )
    play = Play(model(body))
    part = next(task for task in play.execution._instance.tasks.values() if task.task_spec.name == "part").id
    play.reload().move_token(part, "z")
    assert (play.tasks, play.waiting.timers) == (["z"], ())
    assert move(play, "z", "part").tasks == ["u"]
    assert [one.element_id for one in play.waiting.timers] == ["edge"]
    assert play.later(days=1).tasks == ["late"]


def test_a_reminder_that_already_runs_goes_on_when_its_activity_is_moved() -> None:
    body = START + user("a") + boundary("edge", "a", timer("P1D"), interrupting=False) + user("chase") + user("z") + END
    play = Play(model(body + flows("start", "a", "z", "end") + flow("edge", "chase"))).later(days=1)
    assert move(play, "a", "z").tasks == ["chase", "z"]
    assert play.complete("z").complete("chase").execution.status == "completed"


def test_a_token_that_waits_at_a_join_is_no_place_to_put_another_one() -> None:
    body = (
        START
        + gateway("parallelGateway", "split")
        + gateway("parallelGateway", "join")
        + user("a")
        + user("b")
        + user("z")
        + END
    )
    body += flow("start", "split") + flows("split", "a", "join", "z", "end") + flows("split", "b", "join")
    play = Play(model(body))
    with pytest.raises(TokenNotMoved, match="waits for tokens"):
        move(play, "a", "join")
    assert move(play, "a", "z").tasks == ["b", "z"]


EDGED = START + user("a") + boundary("edge", "a", timer("P1D")) + END + flows("start", "a", "end") + flow("edge", "end")
MANY = task("userTask", "each", inner=many("items"), formKey="f")


@pytest.mark.parametrize(
    ("body", "source", "target", "why"),
    [
        (LINE, "a", "nowhere", "no element of the same"),
        (LINE, "a", "start", "nothing but the beginning"),
        (START + sub("part", event("start", "i") + user("u") + flow("i", "u")) + user("z") + END
         + flows("start", "part", "z", "end"), "u", "z", "no element of the same"),
        (START + MANY + user("z") + END + flows("start", "each", "z", "end"), "each", "z", "several instances"),
        (EDGED, "edge", "a", "boundary event that waits"),
        (EDGED, "a", "edge", "only begins when it happens"),
        (LINE + handler("h", on("message", "m"), variable="v"), "a", "h", "event sub-process"),
        (START + user("a") + gateway("eventBasedGateway", "g") + event("intermediateCatch", "x1", timer("P1D")) + END
         + flows("start", "a", "g", "x1", "end"), "a", "x1", "Choose the gateway"),
        (START + user("r", clinicalDecision="d", outcomes="yes") + user("g", requiresDecision="d") + END
         + flows("start", "r", "g", "end"), "r", "g", "needs the decision d"),
    ],
)  # fmt: skip
def test_where_a_token_cannot_go_is_said_and_nothing_happens(body: str, source: str, target: str, why: str) -> None:
    play = Play(model(body), items=[1, 2])
    before = play.tasks
    with pytest.raises(TokenNotMoved, match=why):
        move(play, source, target)
    assert (play.reload().status, play.tasks) == ("running", before)


def test_a_token_that_is_gone_is_not_moved() -> None:
    play = Play(model(LINE))
    gone = task_of(play, "a")
    play.complete("a")
    with pytest.raises(TokenNotMoved, match="no token waits"):
        play.execution.move_token(gone, "c")


# -- rewind


def test_a_passed_step_is_open_again_and_what_came_of_it_is_dropped() -> None:
    play = rewind(Play(model(LINE)).complete("a", n=1).complete("b", n=2), "a")
    assert (play.tasks, play.execution.variables) == (["a"], {})
    assert play.complete("a", n=3).complete("b").complete("c").execution.status == "completed"
    assert play.execution.variables["a"] == {"n": 3}


def test_the_points_to_go_back_to_are_offered_latest_first() -> None:
    play = Play(model(LINE)).complete("a")
    play.now = play.now.replace(hour=13)
    play.complete("b")
    assert [one.element_id for one in play.reload().rewind_points()] == ["b", "a"]


def test_decisions_taken_downstream_are_dropped_and_those_upstream_stay() -> None:
    clinical = (
        user("r1", clinicalDecision="one", outcomes="yes")
        + user("mid")
        + user("r2", clinicalDecision="two", outcomes="yes")
    )
    play = Play(model(START + clinical + user("z") + END + flows("start", "r1", "mid", "r2", "z", "end")))
    play.complete("r1", "yes").complete("mid").complete("r2", "yes")
    assert play.execution.decisions == {"one": "yes", "two": "yes"}
    assert rewind(play, "mid").execution.decisions == {"one": "yes"}
    play.complete("mid").complete("r2", "yes")
    assert rewind(play, "r1").execution.decisions == {}


def test_decisions_taken_inside_a_dropped_sub_process_are_dropped() -> None:
    inside = (
        event("start", "i") + user("r", clinicalDecision="d", outcomes="yes") + event("end", "j") + flows("i", "r", "j")
    )
    play = Play(
        model(START + user("a") + sub("part", inside) + user("z") + END + flows("start", "a", "part", "z", "end"))
    )
    play.complete("a").complete("r", "yes")
    assert play.execution.decisions == {"d": "yes"}
    assert rewind(play, "a").execution.decisions == {}


def test_going_back_before_a_split_takes_all_branches_back() -> None:
    body = (
        START
        + user("first")
        + gateway("parallelGateway", "split")
        + gateway("parallelGateway", "join")
        + user("a")
        + user("b")
    )
    body += user("z") + END + flows("start", "first", "split", "a", "join", "z", "end") + flows("split", "b", "join")
    play = Play(model(body)).complete("first").complete("a").complete("b")
    assert play.tasks == ["z"]
    assert rewind(play, "first").tasks == ["first"]
    play.complete("first").complete("b").complete("a")
    assert play.tasks == ["z"]


def test_the_branch_that_came_last_to_a_join_can_be_done_again_and_the_other_waits_there() -> None:
    body = START + gateway("parallelGateway", "split") + gateway("parallelGateway", "join") + user("a") + user("b")
    body += user("z") + END + flows("start", "split", "a", "join", "z", "end") + flows("split", "b", "join")
    play = rewind(Play(model(body)).complete("a", n=1).complete("b", n=1), "b")
    assert play.tasks == ["b"]
    play.complete("b", n=2)
    assert (play.tasks, play.execution.variables) == (["z"], {"a": {"n": 1}, "b": {"n": 2}})
    assert "a" not in [one.element_id for one in play.execution.rewind_points()]


def test_an_activity_gone_back_to_has_its_boundary_events_again() -> None:
    body = START + user("a") + boundary("edge", "a", timer("P1D")) + user("late") + user("z") + END
    play = Play(model(body + flows("start", "a", "z", "end") + flow("edge", "late"))).complete("a")
    assert play.waiting.timers == ()
    assert [one.element_id for one in rewind(play, "a").waiting.timers] == ["edge"]


def test_all_instances_begin_again_together() -> None:
    play = Play(model(START + MANY + user("z") + END + flows("start", "each", "z", "end")), items=[1, 2])
    play.complete("each").complete("each")
    assert rewind(play, "each").tasks == ["each", "each"]


def test_a_loop_goes_back_to_the_round_that_is_chosen() -> None:
    play = Play("loop")
    for number in range(5):
        play.complete("work", more=True, number=number)
    points = [one for one in play.reload().rewind_points() if one.element_id == "work"]
    assert len(points) == 5
    play.execution.rewind(points[-1].task_id)
    assert play.execution.variables == {}


@pytest.mark.parametrize("rounds", [30, 150])
def test_a_long_history_is_known_as_far_as_it_is_offered(rounds: int) -> None:
    play = Play("loop")
    for number in range(rounds):
        play.complete("work", more=True, number=number)
    points = [one for one in play.reload().rewind_points() if one.element_id == "work"]
    assert points
    play.execution.rewind(points[-1].task_id)
    assert play._noted().tasks == ["work"]
    assert play.complete("work", more=False).execution.status == "completed"


def test_a_step_that_was_never_passed_is_refused() -> None:
    play = Play(model(LINE))
    for task_id in (UUID(int=1), task_of(play, "a")):
        with pytest.raises(NotRewound):
            play.execution.rewind(task_id)


def test_a_branch_that_has_ended_is_not_opened_again() -> None:
    body = START + gateway("parallelGateway", "split") + user("a") + user("b") + END + flow("start", "split")
    play = Play(model(body + flows("split", "a", "end") + flows("split", "b", "end")))
    task_id = task_of(play, "a")
    play.complete("a")
    with pytest.raises(NotRewound, match="has ended"):
        play.reload().rewind(task_id)


def test_a_scope_that_was_taken_over_is_not_gone_back_into() -> None:
    play = Play(model(LINE + handler("h", on("message", "m"), variable="v")))
    task_id = task_of(play, "a")
    play.complete("a").receive("m")
    with pytest.raises(NotRewound, match="taken over"):
        play.reload().rewind(task_id)


Verb = Callable[[Play], object]


@pytest.mark.parametrize(
    "verb",
    [
        lambda play: skip(play, {"decisions": {"d": "yes"}}),
        lambda play: play.execution.set_variables({"decisions": {"d": "yes"}}),
    ],
)
def test_no_verb_writes_a_decision(verb: Verb) -> None:
    play = Play(model(START + script("broken", "n = missing + 1") + END + flows("start", "broken", "end")))
    with pytest.raises(DecisionsReadOnly):
        verb(play)
    assert play.execution.decisions == {}
