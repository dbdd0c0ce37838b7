import pytest

from tests.workflows.engine.play import Play


def test_parallel_instances_are_open_at_once_and_their_answers_are_collected() -> None:
    play = Play("many_parallel", items=["x", "y", "z"])
    assert [task.data["item"] for task in play.waiting.user_tasks] == ["x", "y", "z"]
    for _ in range(3):
        play.complete("each", ok=True)
    assert play.tasks == ["after"]
    assert play.execution.variables["results"] == [{"ok": True}] * 3


def test_sequential_instances_come_one_after_the_other() -> None:
    play = Play("many_sequential", items=["x", None, "z"])
    seen = []
    for _ in range(3):
        (task,) = play.waiting.user_tasks
        seen.append(task.data["item"])
        play.complete("each", n=len(seen))
    assert (seen, play.tasks) == (["x", None, "z"], ["after"])
    assert play.execution.variables["results"] == [{"n": 1}, {"n": 2}, {"n": 3}]


@pytest.mark.parametrize("name", ["many_parallel", "many_sequential"])
def test_the_completion_condition_ends_it_early(name: str) -> None:
    play = Play(name, items=[1, 2, 3]).complete("each", stop=True)
    assert play.tasks == ["after"]
    assert play.execution.variables["results"] == [{"stop": True}]


@pytest.mark.parametrize("name", ["many_parallel", "many_sequential"])
def test_nothing_to_do_is_done_at_once(name: str) -> None:
    play = Play(name, items=[])
    assert (play.tasks, play.execution.variables["results"]) == (["after"], [])


def test_a_number_of_instances_may_be_a_feel_number() -> None:
    assert Play("many_counted", count=3).tasks == ["each"] * 3


@pytest.mark.parametrize("count", [-1, 1.5, "3"])
def test_a_number_that_is_none_stops_the_element(count: object) -> None:
    assert Play("many_counted", count=count).kinds == ["expression"]


def test_more_instances_than_the_limit_stop_the_element() -> None:
    assert Play("many_parallel", items=list(range(201))).kinds == ["too-many-items"]


def test_a_missing_collection_stops_the_element() -> None:
    assert Play("many_parallel").kinds == ["data"]


def test_a_standard_loop_repeats_while_its_condition_holds_up_to_its_maximum() -> None:
    play = Play("standard_loop")
    for _ in range(3):
        play.complete("again", more=True)
    assert play.tasks == ["after"]
    assert Play("standard_loop").complete("again", more=False).tasks == ["after"]


def test_sub_process_instances_collect_their_answers() -> None:
    play = Play("many_interrupted", items=["x", "y"]).complete("reply", n=1).complete("reply", n=2)
    assert (play.tasks, play.execution.variables["results"]) == (["after"], [{"n": 1}, {"n": 2}])
    assert play.complete("after").execution.status == "completed"


def test_an_error_in_one_instance_takes_all_of_them_away() -> None:
    play = Play("many_interrupted", items=["x", "y", "z"]).complete("reply", bad=True)
    assert (play.tasks, play.waiting.timers, play.kinds) == (["handle"], (), [])
    assert play.complete("handle").execution.end_events == ["handled"]
    assert play.execution.status == "completed"


def test_a_timer_takes_all_open_instances_away() -> None:
    play = Play("many_interrupted", items=["x", "y", "z"]).complete("reply").later(days=1)
    assert (play.tasks, play.waiting.timers) == (["lost"], ())
    assert play.complete("lost").execution.status == "completed"
