from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from tests.workflows.engine.play import NOON, Decisions, Play, compiled
from workflows.engine import (
    DecisionsReadOnly,
    Execution,
    OutcomeNotExpected,
    OutcomeRequired,
    OutcomeUnknown,
    UserTaskNotReady,
    VariableRefused,
)


def test_a_process_runs_to_its_end_through_its_user_tasks() -> None:
    play = Play("two_tasks")
    assert (play.tasks, play.execution.status) == (["a"], "running")
    play.complete("a").complete("b")
    assert play.execution.status == "completed"
    assert play.execution.end_events == ["end"]
    assert play.waiting.user_tasks == ()


def test_answers_replace_the_variable_of_the_task_whole() -> None:
    play = Play("two_tasks", a={"chosen": ["x", "y", "z"], "old": True}).complete("a", chosen=["q"])
    assert play.execution.variables["a"] == {"chosen": ["q"]}


def test_values_keep_their_feel_types() -> None:
    play = Play("two_tasks").complete("a", on=date(2026, 1, 2), amount=Decimal("10.50"), count=3)
    assert repr(play.reload().variables["a"]["amount"]) == "Decimal('10.50')"
    assert play.execution.variables["a"]["on"] == date(2026, 1, 2)
    assert play.execution.variables["a"]["count"] == Decimal(3)


def test_a_task_that_is_not_ready_cannot_be_completed() -> None:
    play = Play("two_tasks")
    first = play.waiting.user_tasks[0].id
    play.complete("a")
    for task_id in (first, UUID(int=1)):
        with pytest.raises(UserTaskNotReady):
            play.execution.complete_user_task(task_id, {})
    assert play.tasks == ["b"]


def test_a_future_task_cannot_be_completed() -> None:
    play = Play("two_tasks")
    future = next(task for task in play.execution._instance.tasks.values() if task.task_spec.name == "b")
    with pytest.raises(UserTaskNotReady):
        play.execution.complete_user_task(future.id, {})


def test_a_value_that_feel_does_not_know_is_refused_and_nothing_happens() -> None:
    play = Play("two_tasks")
    with pytest.raises(VariableRefused):
        play.execution.complete_user_task(play.waiting.user_tasks[0].id, {"raw": b"bytes"})
    assert play.tasks == ["a"]


def test_a_clinical_task_needs_one_of_its_outcomes() -> None:
    play = Play("clinical")
    task = play.waiting.user_tasks[0].id
    with pytest.raises(OutcomeRequired):
        play.execution.complete_user_task(task, {})
    with pytest.raises(OutcomeUnknown):
        play.execution.complete_user_task(task, {}, "approve")
    assert (play.tasks, play.execution.decisions) == (["review"], {})


def test_the_outcome_of_a_clinical_task_becomes_the_decision_when_it_completes() -> None:
    play = Play("clinical").complete("review", "appeal")
    assert play.execution.decisions == {"medical_necessity": "appeal"}
    assert play.tasks == ["send"]


def test_another_task_takes_no_outcome() -> None:
    play = Play("two_tasks")
    with pytest.raises(OutcomeNotExpected):
        play.execution.complete_user_task(play.waiting.user_tasks[0].id, {}, "appeal")


def test_an_element_that_invalidates_makes_the_decision_void_when_it_completes() -> None:
    play = Play("clinical").complete("review", "do_not_appeal").complete("stop")
    assert play.execution.decisions == {"medical_necessity": "do_not_appeal"}
    play.complete("edit")
    assert play.execution.decisions == {}


def test_start_variables_cannot_bring_decisions_along() -> None:
    with pytest.raises(DecisionsReadOnly):
        Execution.start(compiled("two_tasks"), {"decisions": {"x": "y"}}, host=Decisions(), now=NOON)


def test_a_script_cannot_write_decisions() -> None:
    play = Play("script_writes_decisions")
    assert (play.kinds, play.execution.status, play.execution.decisions) == (["decisions-read-only"], "stopped", {})


def test_a_decision_table_cannot_write_decisions() -> None:
    play = Play("business_rule", Decisions(route=lambda context: {"decisions": context["decisions"]}))
    play.complete("a")
    assert play.execution.decisions == {}
    assert play.execution.variables["route"] == {"decisions": {}}


def test_steps_name_what_was_entered_and_completed() -> None:
    play = Play("two_tasks")
    steps = [(step.element_id, step.what) for step in play.execution.drain_steps()]
    assert steps == [("start", "entered"), ("start", "completed"), ("a", "entered")]
    play.complete("a")
    assert [(step.element_id, step.what) for step in play.execution.drain_steps()] == [
        ("a", "completed"),
        ("b", "entered"),
    ]
