"""History that was put away: it changes nothing of what happens, and it can be taken out again exactly."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflows.engine.play import Play
from tests.workflows.engine.states.drawn import started
from tests.workflows.engine.test_codec import REGISTRY
from tests.workflows.engine.token_game import measured
from tests.workflows.engine.token_game.random_models import Made, models
from workflows.engine import attic, compact, compile_process, tree
from workflows.engine.index import DONE
from workflows.engine.values import same

_IDS = ("joined", "arrival", "arrivals", "took", "merged")
"""Internal data that names tasks by their ids, or numbers them."""


def shape(play: Play) -> list[Any]:
    """The trees of all open scopes, without ids. Finished instances of multi-instance activities are not kept."""
    return [_below(scope.task_tree) for scope in tree.scopes(play.execution._instance)]


def _below(task: Any) -> Any:
    internal = {name: value for name, value in task.internal_data.items() if name not in _IDS}
    children = [
        _below(child)
        for child in task.children
        if child._state & (tree.ACTIVE | DONE) and not (child.task_spec.is_child and child._state & DONE)
    ]
    return task.task_spec.name, task._state, REGISTRY.convert(internal), REGISTRY.convert(task.data), children


def outside(play: Play) -> Any:
    """What can be seen from outside, without ids."""
    waiting, execution = play.waiting, play.execution
    return (
        [(one.element_id, one.data) for one in waiting.user_tasks],
        [(one.element_id, one.due_at) for one in waiting.timers],
        [one.element_id for one in waiting.messages],
        execution.status,
        execution.end_events,
    )


def act(play: Play, draw: int) -> bool:
    """One step that depends on the number alone."""
    waiting = play.waiting
    count = len(waiting.user_tasks) + len(waiting.messages) + bool(waiting.timers)
    if not count:
        return False
    number = draw % count
    if number < len(waiting.user_tasks):
        play.execution.complete_user_task(waiting.user_tasks[number].id, {"n": draw % 4, "at": draw})
    elif number < len(waiting.user_tasks) + len(waiting.messages):
        one = waiting.messages[number - len(waiting.user_tasks)]
        play.execution.deliver_message(one.name, {"n": 1}, one.id)
    else:
        play.now = max(play.now, min(one.due_at for one in waiting.timers))
        play.execution.fire_timers(play.now)
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=models(), draws=st.lists(st.integers(0, 1000), min_size=5, max_size=30), limit=st.sampled_from([0, 3, 8]))
def test_an_instance_runs_the_same_with_its_history_put_away_and_gets_it_back(
    made: Made, draws: list[int], limit: int
) -> None:
    process = compile_process({"drawn.bpmn": made.xml}, "main")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attic, "KEPT", 10**6)
        patch.setattr(compact, "MAX_ENDED", 10**6)
        patch.setattr(compact, "LIMIT", 10**6)
        whole = started(process, **made.variables)
        patch.setattr(compact, "LIMIT", limit)
        small = started(process, **made.variables)
        for draw in draws:
            patch.setattr(compact, "LIMIT", 10**6)
            goes_on = act(whole, draw)
            patch.setattr(compact, "LIMIT", limit)
            assert act(small, draw) == goes_on
            small.reload()
            assert outside(small) == outside(whole)
            assert same(
                dict(sorted(small.execution.variables.items())), dict(sorted(whole.execution.variables.items()))
            )
        before = outside(small)
        compact.recall(small.execution._instance)
        assert shape(small) == shape(whole)
        assert outside(small) == before


def test_only_so_much_history_is_kept() -> None:
    play = Play("loop")
    for _ in range(300):
        play.complete("work", more=True)
    (kept,) = [sum(count for count, _ in scope.attic) for scope in tree.scopes(play.execution._instance)]
    assert attic.KEPT <= kept < 2 * attic.KEPT
    compact.recall(play.execution._instance)
    assert attic.KEPT <= len(play.execution._instance.tasks) < 2 * attic.KEPT + 2 * compact.LIMIT
    assert play.complete("work", more=False).execution.status == "completed"


def test_what_many_branches_changed_that_ended_in_a_loop_is_there_at_the_end() -> None:
    process = compile_process({"beside.bpmn": measured.loop_beside_a_task()}, "main")
    play = started(process, work={"n": 0}, noted=0)
    for round_ in range(1, 60):
        play.complete("work", n=round_)
        assert play.execution.variables["noted"] == round_
        assert len(play.execution._instance.tasks) < 6 * compact.MAX_ENDED + compact.LIMIT
    play.complete("work", n=-1).complete("beside", done=True)
    assert (play.execution.status, play.incidents) == ("completed", [])
    assert {name: play.execution.variables[name] for name in ("noted", "work", "beside")} == {
        "noted": -1,
        "work": {"n": -1},
        "beside": {"done": True},
    }


def test_a_retry_after_history_was_put_away_goes_on() -> None:
    play = Play("loop_bound")
    for _ in range(3):
        play.complete("work", more=True)
    assert (play.kinds, play.tasks) == (["loop-bound"], [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact, "LIMIT", 0)
        assert play.retry().tasks == ["work"]
        assert play.complete("work", more=False).execution.status == "completed"
