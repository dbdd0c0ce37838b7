"""Branches that come together lose nothing: values, lists, and what happens when they contradict each other."""

from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflows.engine.draw import (
    END,
    START,
    boundary,
    flow,
    flows,
    gateway,
    many,
    model,
    script,
    task,
    timer,
    user,
)
from tests.workflows.engine.play import Play


def two(left: str, right: str, after: str = "") -> bytes:
    """Two branches: a user task in front of each script, so that a test says which one is first."""
    body = (
        START
        + gateway("parallelGateway", "split")
        + gateway("parallelGateway", "join")
        + user("a")
        + user("b")
        + user("z")
    )
    body += script("left", left) + script("right", right) + END + after
    body += (
        flow("start", "split") + flows("split", "a", "left", "join", "z", "end") + flows("split", "b", "right", "join")
    )
    return model(body)


def test_lists_that_both_branches_append_to_are_put_together_in_order_of_arrival() -> None:
    both = two('log = append(log, "l")', 'log = concatenate(log, ["r", "s"])')
    play = Play(both, log=["base"]).complete("b").complete("a")
    assert play.execution.variables["log"] == ["base", "r", "s", "l"]
    play = Play(both, log=["base"]).complete("a").complete("b")
    assert play.execution.variables["log"] == ["base", "l", "r", "s"]


def test_a_list_that_only_one_branch_replaced_is_taken() -> None:
    play = Play(two('log = ["new"]', "x = 1"), log=["base"]).complete("a").complete("b")
    assert (play.execution.variables["log"], play.kinds) == (["new"], [])


def test_the_same_value_written_twice_is_no_contradiction() -> None:
    play = Play(two("x = 1", "x = 1.0"), x=0).complete("a").complete("b")
    assert (play.execution.variables["x"], play.kinds) == (1, [])


def test_different_values_stop_at_the_join_until_an_operator_says_which_one_holds() -> None:
    play = Play(two("x = 1", "x = 2"), x=0).complete("a").complete("b")
    (incident,) = play.incidents
    assert (incident.kind, incident.element_id, play.execution.status) == ("parallel-write-conflict", "join", "stopped")
    assert incident.facts["names"] == ["x"]
    assert incident.facts["elements"] == ["left", "right"]
    assert play.retry().kinds == ["parallel-write-conflict"] * 2
    play.reload().set_variables({"x": 2})
    assert play.retry().tasks == ["z"]
    assert play.execution.variables["x"] == 2


def test_lists_that_do_not_go_on_from_the_same_list_contradict_each_other() -> None:
    play = Play(two('log = ["l"]', 'log = append(log, "r")'), log=["base"]).complete("a").complete("b")
    assert play.kinds == ["parallel-write-conflict"]


def test_a_value_that_only_one_branch_removed_stays_removed() -> None:
    play = Play(two("y = 1", "x = 1"), x=0, gone=1)
    play.execution.set_variables({}, ["gone"])
    assert "gone" not in play.complete("a").complete("b").execution.variables


def test_an_end_without_a_gateway_is_a_join_too() -> None:
    body = (
        START
        + gateway("parallelGateway", "split")
        + user("a")
        + user("b")
        + script("left", "x = 1")
        + script("right", "x = 2")
    )
    body += END + flow("start", "split") + flows("split", "a", "left", "end") + flows("split", "b", "right", "end")
    play = Play(model(body), x=0).complete("a").complete("b")
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (
        ["parallel-write-conflict"],
        "right",
        "stopped",
    )
    play.reload().set_variables({"x": 1})
    assert play.retry().execution.status == "completed"
    assert play.execution.variables["x"] == 1


def test_answers_of_one_element_that_runs_again_follow_each_other() -> None:
    edge = boundary("remind", "a", timer("R3/P1D", "timeCycle"), interrupting=False) + user("chase")
    body = START + user("a") + edge + END + flows("start", "a", "end") + flow("remind", "chase")
    play = Play(model(body)).later(days=3)
    for number in (1, 2, 3):
        play.complete("chase", n=number)
    play.complete("a")
    assert (play.execution.status, play.kinds) == ("completed", [])
    assert play.execution.variables["chase"] == {"n": 3}


def test_results_of_instances_in_two_branches_are_put_one_behind_the_other_in_every_round() -> None:
    left = task("userTask", "left", inner=many("items"), formKey="f")
    right = task("userTask", "right", inner=many("items", item="answer2", each="item2"), formKey="f")
    body = START + gateway("exclusiveGateway", "again") + gateway("parallelGateway", "split") + left + right
    body += (
        gateway("parallelGateway", "join")
        + user("z")
        + gateway("exclusiveGateway", "g", "g__end", maxIterations="9")
        + END
    )
    body += flows("start", "again", "split", "left", "join", "z", "g", "end") + flows("split", "right", "join")
    play = Play(model(body + flow("g", "again", "z.more = true")), items=[1, 2])
    for _ in range(2):
        for name in ("left", "right", "right", "left"):
            play.complete(name, of=name)
        assert play.execution.variables["results"] == [{"of": "right"}] * 2 + [{"of": "left"}] * 2
        play.complete("z", more=True)
    assert play.kinds == []


ITEMS = st.lists(st.integers(0, 9).map(Decimal), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(base=ITEMS, appended=st.lists(ITEMS, min_size=2, max_size=4), data=st.data())
def test_whatever_the_order_no_item_is_lost_and_each_branch_keeps_its_own(
    base: list[Decimal], appended: list[list[Decimal]], data: st.DataObject
) -> None:
    """Each branch appends its items one by one, in steps that are mixed at random and stored in between."""
    body = START + gateway("parallelGateway", "split") + gateway("parallelGateway", "join") + user("z") + END
    body += flow("start", "split") + flows("join", "z", "end")
    for branch, items in enumerate(appended):
        names = [f"t{branch}_{number}" for number in range(len(items) + 1)]
        for number, name in enumerate(names):
            value = f"append(log, items[{branch + 1}][{number + 1}])" if number < len(items) else "log"
            body += user(name) + script(f"s_{name}", f"log = {value}")
        way = [one for name in names for one in (name, f"s_{name}")]
        body += flows("split", *way, "join")
    play = Play(model(body), log=base, items=appended)
    order: list[int] = []
    while play.tasks != ["z"]:
        name = data.draw(st.sampled_from(play.tasks))
        play.complete(name)
        branch = int(name[1 : name.index("_")])
        if not any(one.startswith(f"t{branch}_") for one in play.tasks):
            order.append(branch)
    assert play.execution.variables["log"] == [*base, *(item for branch in order for item in appended[branch])]
    assert play.kinds == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(st.integers(0, 2), min_size=2, max_size=4), data=st.data())
def test_whatever_the_order_different_values_stop_and_equal_ones_do_not(values: list[int], data: st.DataObject) -> None:
    body = START + gateway("parallelGateway", "split") + gateway("parallelGateway", "join") + user("z") + END
    body += flow("start", "split") + flows("join", "z", "end")
    for branch, value in enumerate(values):
        body += (
            user(f"t{branch}")
            + script(f"w{branch}", f"x = {value}")
            + flows("split", f"t{branch}", f"w{branch}", "join")
        )
    play = Play(model(body), x=0)
    for name in data.draw(st.permutations([f"t{branch}" for branch in range(len(values))])):
        play.complete(name)
    changed = {value for value in values if value != 0}
    if len(changed) > 1:
        assert (play.kinds, play.execution.status) == (["parallel-write-conflict"], "stopped")
        play.reload().set_variables({"x": 7})
        assert play.retry().execution.variables["x"] == 7
    else:
        assert play.execution.variables["x"] == (changed.pop() if changed else 0)
    assert play.tasks == ["z"]


def test_an_incident_of_a_join_names_the_step_to_retry() -> None:
    play = Play(two("x = 1", "x = 2"), x=0).complete("a").complete("b")
    assert UUID(play.incidents[0].facts["task_id"])


@pytest.mark.parametrize("order", list(permutations(("a", "b", "c"))))
@pytest.mark.parametrize("kind", ["inclusiveGateway", "parallelGateway"])
def test_a_second_token_on_one_flow_of_a_join_is_neither_lost_nor_taken_for_another(
    kind: str, order: tuple[str, ...]
) -> None:
    """Two tokens come by the first flow, one by the second: an inclusive join lets the extra one pass by itself."""
    body = START + gateway("parallelGateway", "split") + gateway("exclusiveGateway", "merge") + gateway(kind, "join")
    body += user("a") + user("b") + user("c") + user("z") + END + flow("start", "split") + flows("join", "z", "end")
    body += flows("split", "a", "merge", "join") + flows("split", "b", "merge") + flows("split", "c", "join")
    play = Play(model(body))
    for name in order:
        play.complete(name)
    assert play.tasks == ["z"] * (2 if kind == "inclusiveGateway" else 1)
