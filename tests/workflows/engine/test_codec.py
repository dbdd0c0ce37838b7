"""The stored state against the library's own picture of a running instance, on random runs of every tiny model."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import SimpleTaskConverter
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.play import MODELS, NOON, Decisions, Play, compiled
from workflows.engine import Execution, StateUnreadable, codec
from workflows.engine.values import same
from workflows.feel import Range, YearsMonths

CONFIG = {kind: converter for kind, converter in DEFAULT_CONFIG.items() if kind is not Task}
REGISTRY = BpmnWorkflowSerializer.configure({**CONFIG, Task: SimpleTaskConverter})
KEYS = ("id", "task_spec", "state", "triggered", "internal_data", "data")
RUNNABLE = sorted(path.stem for path in MODELS.glob("*.bpmn"))
START = {
    "claim": {"id": "C1", "amount": Decimal("10.50")},
    "facts": {"claim_id": "C1", "payer_id": "P"},
    "items": [Decimal(1), "two", None],
    "count": Decimal(2),
    "amount": Decimal(500),
    "x": Decimal(2),
    "deadline": date(2026, 12, 1),
}


def picture(execution: Execution) -> list[Any]:
    """What the library would store of every scope. Predicted tasks are only guesses and are predicted again."""
    instance = execution._instance
    return [_scope(instance), *(_scope(sub) for sub in instance.subprocesses.values())]


def _scope(scope: Any) -> Any:
    seen = []
    stack = [(scope.task_tree, 0)]
    while stack:
        task, depth = stack.pop()
        stored = REGISTRY.convert(task)
        if not task.has_state(TaskState.PREDICTED_MASK | TaskState.FUTURE):
            seen.append((depth, {key: stored[key] for key in KEYS}))
        stack.extend((child, depth + 1) for child in reversed(task.children))
    last = scope.last_task.id if scope.last_task else None
    return scope.spec.name, seen, scope.data, scope.completed, scope.success, last


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(RUNNABLE), data=st.data())
def test_after_every_step_of_a_random_run_the_loaded_instance_equals_the_stored_one(
    name: str, data: st.DataObject
) -> None:
    play = Play(name, Decisions(route=lambda context: {"q": Decimal(1)}), **START)
    for _ in range(12):
        before, waiting = picture(play.execution), play.waiting
        play.reload()
        assert picture(play.execution) == before
        assert play.waiting == waiting
        choices = _choices(play)
        if not choices:
            break
        data.draw(st.sampled_from(choices))(data)
        play.incidents += play.execution.drain_incidents()
    assert "engine" not in play.kinds, play.incidents


def _choices(play: Play) -> list[Any]:
    waiting, choices = play.waiting, []
    for task in waiting.user_tasks:
        outcomes = [one.strip() for one in task.properties.get("outcomes", "").split(",") if one]

        def complete(data: st.DataObject, task: Any = task, outcomes: list[str] = outcomes) -> None:
            answers = {"more": data.draw(st.booleans()), "ok": data.draw(st.booleans()), "n": Decimal("1.0")}
            outcome = data.draw(st.sampled_from(outcomes)) if outcomes else None
            play.execution.complete_user_task(task.id, answers, outcome)

        choices.append(complete)
    for call in waiting.service_calls:
        choices.append(lambda data, call=call: play.execution.finish_service_call(call.id, [Decimal("1.50")]))
        choices.append(lambda data, call=call: play.execution.throw_error(call.id, "CLOSED", {}))
    for message in waiting.messages[:1]:
        choices.append(lambda data, one=message: play.execution.deliver_message(one.name, {"a": NOON}, one.id))
    if waiting.timers:
        choices.append(lambda data: play.later(days=data.draw(st.integers(1, 40))))
    return choices


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=-5))) | st.timezones())
    | st.timedeltas()
    | st.builds(YearsMonths, st.integers(-5000, 5000))
    | st.uuids()
    | st.builds(Range, st.integers().map(Decimal), st.none(), st.booleans(), st.booleans()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(value=VALUES)
def test_a_value_comes_back_with_its_type_and_every_digit(value: Any) -> None:
    assert same(codec.unpack_value(codec.pack_value(value)), value)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Decimal("1.0"), Decimal("1.00")),
        (True, Decimal(1)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))),
        ([Decimal(0)], [False]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (time(9, tzinfo=UTC), time(9)),
    ],
)
def test_values_that_merely_compare_equal_are_not_the_same(a: object, b: object) -> None:
    assert not same(a, b)


def test_a_branch_that_only_changes_the_digits_of_a_number_keeps_them() -> None:
    play = Play("two_tasks", a={"amount": Decimal("1.0")}).complete("a", amount=Decimal("1.00"))
    assert str(play.reload().variables["a"]["amount"]) == "1.00"


@pytest.mark.parametrize("value", [object(), {1, 2}, 1 + 2j, print])
def test_a_type_that_data_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        codec.pack_value(value)


def test_decisions_ends_and_rounds_are_part_of_the_state() -> None:
    play = Play("clinical").complete("review", "appeal")
    assert play.reload().decisions == {"medical_necessity": "appeal"}
    assert play.complete("send").reload().end_events == ["end"]
    assert play.execution.status == "completed"


def test_a_state_of_another_model_a_version_or_a_damaged_one_is_refused() -> None:
    play = Play("two_tasks")
    blob = play.execution.dump()
    bad = [b"", b"CSX", b"XXX" + blob[3:], blob[:3] + b"\x09" + blob[4:], blob[:-3], blob[:60] + b"\0\0" + blob[62:]]
    for one in bad:
        with pytest.raises(StateUnreadable):
            Execution.load(play.process, one, host=play.host, now=NOON)
    with pytest.raises(StateUnreadable):
        Execution.load(compiled("clinical"), blob, host=play.host, now=NOON)


def test_the_specification_is_not_in_the_blob() -> None:
    assert len(Play("two_tasks").execution.dump()) < 300


def test_task_ids_survive() -> None:
    play = Play("two_tasks")
    task_id = play.waiting.user_tasks[0].id
    assert isinstance(task_id, UUID)
    play.reload()
    assert play.waiting.user_tasks[0].id == task_id


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(RUNNABLE), draws=st.lists(st.integers(0, 1000), max_size=12))
def test_an_instance_that_is_stored_between_all_steps_runs_like_one_that_never_is(name: str, draws: list[int]) -> None:
    kept, stored = (Play(name, Decisions(route=lambda context: {"q": 1}), **START) for _ in range(2))
    for draw in draws:
        for play in (kept, stored):
            _act(play, draw)
        stored.reload()
        assert _outside(kept) == _outside(stored)


def _act(play: Play, draw: int) -> None:
    """One action, chosen by the draw among those that can be named without ids."""
    execution, waiting = play.execution, play.waiting
    tasks = sorted(waiting.user_tasks, key=lambda one: one.element_id)
    if draw % 4 == 0 and waiting.timers:
        play.now += timedelta(days=draw % 40)
        execution.fire_timers(play.now)
    elif draw % 4 == 1 and waiting.service_calls:
        execution.throw_error(waiting.service_calls[0].id, "CLOSED", {})
    elif draw % 4 == 1 and waiting.messages:
        execution.deliver_message(waiting.messages[0].name, {"n": draw}, waiting.messages[0].id)
    elif tasks:
        task = tasks[draw % len(tasks)]
        outcomes = [one.strip() for one in task.properties.get("outcomes", "").split(",") if one]
        answers = {"more": draw % 3 == 0, "ok": True, "n": draw}
        execution.complete_user_task(task.id, answers, outcomes[draw % len(outcomes)] if outcomes else None)
    elif waiting.service_calls:
        execution.finish_service_call(waiting.service_calls[0].id, {"n": draw})
    play.incidents += execution.drain_incidents()


def _outside(play: Play) -> Any:
    execution = play.execution
    timers = sorted((one.element_id, one.due_at) for one in play.waiting.timers)
    return (
        play.tasks,
        timers,
        execution.status,
        execution.variables,
        execution.decisions,
        execution.end_events,
        play.kinds,
    )
