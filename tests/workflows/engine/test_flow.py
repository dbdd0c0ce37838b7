from decimal import Decimal

import pytest
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment

from tests.workflows.engine.play import Decisions, Play, compiled
from workflows.engine.tree import Instance


def test_a_script_assigns_whole_values_and_paths() -> None:
    play = Play("script", claim={"amount": 21, "note": None})
    assert play.execution.variables == {
        "claim": {"amount": Decimal(21), "note": "seen"},
        "total": Decimal(42),
        "items": [Decimal(1), Decimal(2)],
    }


def test_an_exclusive_gateway_follows_its_condition_or_its_default() -> None:
    assert Play("gateway", amount=101).tasks == ["high"]
    assert Play("gateway", amount=100).tasks == ["low"]


def test_a_condition_that_is_null_by_mistake_stops_there_instead_of_taking_the_default() -> None:
    play = Play("gateway")
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (["expression"], "g", "stopped")


def test_a_gateway_without_a_match_opens_an_incident() -> None:
    play = Play("gateway_without_default", amount=50)
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (["no-gateway-match"], "g", "stopped")


def test_conditions_are_tried_in_the_order_of_the_outgoing_list() -> None:
    assert Play("gateway_order").tasks == ["second"]


def test_a_join_keeps_what_each_branch_wrote() -> None:
    play = Play("parallel", written="at start", a={"old": 1}, b={"old": 1})
    play.complete("b", x=1).complete("a", y=2)
    assert play.tasks == ["after"]
    assert play.execution.variables["written"] == "by s"
    assert (play.execution.variables["a"], play.execution.variables["b"]) == ({"y": 2}, {"x": 1})


def test_a_join_replaces_lists_whole() -> None:
    play = Play("parallel", a={"l": [1, 2, 3]}, b={"l": ["dr@x"]})
    play.complete("a", l=[9]).complete("b", l=["clerk@x"])
    assert play.execution.variables["a"] == {"l": [9]}
    assert play.execution.variables["b"] == {"l": ["clerk@x"]}


def test_an_error_in_one_branch_leaves_the_others_and_the_completion_alone() -> None:
    play = Play("parallel_with_error")
    assert (play.kinds, play.execution.status, play.tasks) == (["expression"], "stopped", ["a"])
    play.complete("a", done=True)
    assert play.execution.variables["a"] == {"done": True}
    assert play.execution.status == "stopped"


def test_a_stopped_step_can_be_retried_and_stops_again_when_nothing_changed() -> None:
    play = Play("gateway_without_default", amount=50).retry()
    assert (play.kinds, play.execution.status) == (["no-gateway-match"] * 2, "stopped")


def test_an_inclusive_gateway_takes_every_true_flow_and_joins_them() -> None:
    play = Play("inclusive", x=2)
    assert play.tasks == ["a", "b"]
    play.complete("a").complete("b")
    assert play.execution.status == "completed"
    assert Play("inclusive", x=0).tasks == ["c"]


def test_a_business_rule_result_replaces_its_variable_whole() -> None:
    play = Play("business_rule", Decisions(route=lambda context: {"queue": context["a"]["q"]}), route={"old": True})
    play.complete("a", q="appeals")
    assert play.execution.variables["route"] == {"queue": "appeals"}


def test_a_decision_conflict_keeps_the_completion_and_opens_an_incident() -> None:
    def conflict(context: object) -> object:
        raise ValueError("rules r1 and r2 both match")

    play = Play("business_rule", Decisions(route=conflict)).complete("a", x=1)
    assert (play.kinds, play.execution.status) == (["decision"], "stopped")
    assert play.reload().variables["a"] == {"x": 1}


def test_a_terminate_end_takes_the_other_tokens_away() -> None:
    play = Play("terminate").complete("a")
    assert (play.execution.status, play.execution.end_events) == ("completed", ["stop"])


def test_a_signal_reaches_who_waits_for_it_in_the_instance() -> None:
    play = Play("signal")
    assert play.tasks == ["a"]
    assert play.complete("a").tasks == ["b"]
    assert play.complete("b").execution.status == "completed"


def test_a_conditional_event_fires_when_its_data_object_says_so() -> None:
    play = Play("conditional")
    assert play.complete("a", ok=True).tasks == ["b"]


def test_a_deadlock_is_reported_as_stalled() -> None:
    play = Play("deadlock").complete("a")
    assert (play.kinds, play.execution.status) == (["stalled"], "stopped")


def test_an_endless_loop_of_engine_steps_is_stopped() -> None:
    play = Play("endless")
    assert (play.kinds, play.execution.status) == (["loop-bound"], "stopped")


def test_a_loop_stops_at_its_bound_and_a_retry_lets_it_go_on() -> None:
    play = Play("loop_bound")
    for _ in range(3):
        play.complete("work", more=True)
    assert (play.kinds, play.tasks) == (["loop-bound"], [])
    assert play.retry().tasks == ["work"]


def test_a_loop_of_2500_rounds_finishes_and_the_tree_stays_small() -> None:
    play = Play("loop")
    task_id = None
    for round_ in range(2500):
        task_id = play.waiting.user_tasks[0].id
        play.execution.complete_user_task(task_id, {"more": round_ < 2499})
        assert len(play.execution._instance.tasks) < 200
    assert play.execution.status == "completed"


def test_the_loop_survives_storing_after_history_was_dropped() -> None:
    play = Play("loop")
    for _ in range(100):
        play.complete("work", more=True)
    assert play.complete("work", more=False).execution.status == "completed"


def test_the_default_engine_of_the_library_runs_nothing() -> None:
    with pytest.raises(RuntimeError, match="No model runs Python"):
        PythonScriptEngine().environment.evaluate("1 + 1", {})
    with pytest.raises(RuntimeError, match="No model runs Python"):
        TaskDataEnvironment().execute("x = 1", {})


def test_an_instance_is_never_built_without_our_engine() -> None:
    process = compiled("two_tasks")
    with pytest.raises(TypeError):
        Instance(process.spec, process.parts, PythonScriptEngine())


def test_branches_in_a_loop_join_anew_in_every_round_and_keep_what_they_wrote() -> None:
    play = Play("parallel_in_loop", n=0)
    for round_ in range(60):
        first, second = ("a", "b") if round_ % 2 else ("b", "a")
        more = {"a": {}, "b": {"more": round_ < 59, "round": round_}}
        play.complete(first, **more[first]).complete(second, **more[second])
        assert (play.execution.variables["n"], play.kinds) == (round_ + 1, [])
    assert play.execution.status == "completed"
    assert play.execution.variables["b"]["round"] == 59


def test_an_inclusive_join_waits_anew_in_every_round() -> None:
    play = Play("inclusive_in_loop", odd=True)
    for round_ in range(5):
        play.complete("a", more=round_ < 4)
        assert play.tasks == ["b"]
        play.complete("b")
    assert (play.execution.status, play.kinds) == ("completed", [])


def test_a_second_token_on_one_flow_of_a_join_does_not_stand_in_for_the_other_flow() -> None:
    play = Play("uneven_tokens").complete("a1").complete("a2")
    assert play.tasks == ["b"]
    assert play.complete("b").tasks == ["after"]


def test_data_of_a_branch_that_ended_early_is_part_of_the_process_data() -> None:
    play = Play("escalation").complete("chase", reached="by phone")
    assert play.execution.variables["chase"] == {"reached": "by phone"}
    assert play.complete("A_task").execution.variables["chase"] == {"reached": "by phone"}
