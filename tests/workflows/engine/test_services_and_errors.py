import pytest

from tests.workflows.engine.play import Play
from workflows.engine import ServiceCallNotWaiting


def test_a_service_task_is_parked_with_evaluated_parameters() -> None:
    play = Play("service", claim={"amount": 21})
    (call,) = play.waiting.service_calls
    assert (call.element_id, call.operator, call.result_variable) == ("call", "demo.call", "result")
    assert call.parameters == {"amount": 42, "who": play.now}
    assert play.execution.status == "running"


def test_the_answer_replaces_the_result_variable_whole() -> None:
    play = Play("service", claim={"amount": 1}, result={"old": [1, 2]}).answer("call", {"new": [9]})
    assert play.execution.variables["result"] == {"new": [9]}
    assert play.tasks == ["a"]


def test_a_call_is_answered_once() -> None:
    play = Play("service", claim={"amount": 1})
    call = play.waiting.service_calls[0].id
    play.answer("call", {})
    with pytest.raises(ServiceCallNotWaiting):
        play.execution.finish_service_call(call, {})
    with pytest.raises(ServiceCallNotWaiting):
        play.execution.throw_error(call, "X", {})


def test_an_answer_that_cannot_be_stored_stops_the_call() -> None:
    play = Play("service", claim={"amount": 1}).answer("call", object())
    assert (play.kinds, play.execution.status) == (["value"], "stopped")


def test_an_error_goes_to_the_boundary_of_its_own_task() -> None:
    play = Play("service_error").fail("call", "CLOSED")
    assert (play.tasks, play.waiting.service_calls) == (["handle"], ())
    assert play.complete("handle").execution.status == "completed"


def test_an_error_nobody_catches_is_an_incident() -> None:
    play = Play("service_error").fail("call", "OTHER")
    assert (play.kinds, play.execution.status, play.tasks) == (["uncaught-error"], "stopped", [])


def test_an_error_end_event_interrupts_only_the_scope_it_is_thrown_in() -> None:
    play = Play("error_scope").complete("A_task")
    assert play.tasks == ["A_handle", "B_task"]
    play.complete("B_task").complete("A_handle")
    assert play.execution.status == "completed"


def test_an_error_end_event_nobody_catches_is_an_incident() -> None:
    play = Play("uncaught_error").complete("a")
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (["uncaught-error"], "end", "stopped")


def test_an_escalation_wakes_its_boundary_and_the_thrower_goes_on() -> None:
    play = Play("escalation")
    assert play.tasks == ["A_task", "chase"]
    assert play.complete("chase").complete("A_task").execution.status == "completed"


def test_the_lane_of_a_called_process_is_the_lane_of_the_call() -> None:
    play = Play("call_activity", claim={"id": "C1"})
    assert [(task.element_id, task.lane) for task in play.waiting.user_tasks] == [("called_task", "billing")]


def test_the_last_lane_that_lists_a_node_counts_and_is_inherited_into_sub_processes() -> None:
    play = Play("call_activity", claim={"id": "C1"}).complete("called_task")
    assert [(task.element_id, task.lane) for task in play.waiting.user_tasks] == [("inside", "coding")]


def test_a_called_process_sees_its_inputs_and_gives_its_outputs_only() -> None:
    play = Play("call_activity", claim={"id": "C1"}, other=1)
    assert set(play.waiting.user_tasks[0].data) == {"claim"}
    play.complete("called_task")
    assert play.execution.variables == {"claim": {"id": "C1"}, "other": 1, "answer": "C1"}


def test_cancelling_ends_the_instance_without_an_end_event() -> None:
    play = Play("call_activity", claim={"id": "C1"})
    play.execution.cancel()
    assert play.reload().status == "cancelled"
    assert (play.tasks, play.execution.end_events) == ([], [])
