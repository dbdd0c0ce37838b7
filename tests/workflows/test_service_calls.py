"""Service tasks that reach outside: asked for with the step, made by a worker, answered exactly once."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from mso.demo import LAKESHORE
from store import clock
from store.practice import as_practice
from store.transaction import is_transaction_open, transaction
from tests.together import at_once
from tests.workflows.desk import Desk, desk, parameter, service
from tests.workflows.lint.draw import END, START, flow, flows, line, process, task, user
from workflows import runtime, service_calls
from workflows.engine import ServiceCallNotWaiting
from workflows.service_calls import asking, attempts, pacing
from workflows.service_calls.records import ServiceCallWake, input_of
from workflows.service_tasks import BusinessError, Pace, Permanent, TechnicalFailure

__all__ = ["desk"]

ASK = line(service("ask", "t.ask", inner=parameter("claim", "claim"), errorCodes="CLOSED"), user("after"))
BARE = line(service("ask", "t.ask"), user("after"))
TAKES: dict[str, Any] = {"parameters": {"claim": "string"}, "errors": ("CLOSED",)}


def caught() -> bytes:
    """A call whose error CLOSED has a boundary event."""
    boundary = (
        '<boundaryEvent id="closed" attachedToRef="ask"><errorEventDefinition id="e" errorRef="error"/></boundaryEvent>'
    )
    error = '<error id="error" errorCode="CLOSED"/>'
    body = START + service("ask", "t.ask", errorCodes="CLOSED") + boundary + user("after") + user("handle") + END
    ways = flows("start", "ask", "after", "end") + flow("closed", "handle") + flow("handle", "end")
    return process(body + ways, error)


def test_a_call_is_a_row_and_a_job_of_the_same_transaction(desk: Desk) -> None:
    desk.operator("t.ask", {}, **TAKES)
    instance = desk.start(ASK, claim="C-4711")
    call = desk.call(instance)
    assert (call.status, call.attempts, call.element_id, call.operator) == ("waiting", 0, "ask", "t.ask")
    assert ("workflows:service_call.run", {"practice_id": LAKESHORE, "call_id": str(call.id)}, None) in desk.queued()
    assert desk.asked == [] and desk.open(instance) == {}


def test_a_rolled_back_step_asks_nobody(desk: Desk) -> None:
    desk.operator("t.ask", {}, **TAKES)
    desk.publish(ASK)
    with pytest.raises(ZeroDivisionError), as_practice(LAKESHORE), transaction():
        runtime.start("p", {"claim": "C"}, runtime.About(LAKESHORE), now=clock.now())
        raise ZeroDivisionError
    assert desk.queued() == []


def test_the_answer_goes_on_with_the_process(desk: Desk) -> None:
    desk.operator("t.ask", {"status": "paid", "amount": 12}, **TAKES)
    instance = desk.start(ASK, claim="C-4711")
    call = desk.work(instance)
    assert (call.status, call.attempts, call.last_error) == ("answered", 1, None)
    assert desk.look(instance).variables["result"] == {"status": "paid", "amount": Decimal(12)}
    assert list(desk.open(instance)) == ["after"]
    assert [one.parameters for one in desk.asked] == [{"claim": "C-4711"}]


def test_the_handler_works_with_no_transaction_open_and_no_database_at_hand(desk: Desk) -> None:
    seen: list[Any] = []

    def look_around(call: Any) -> Mapping[str, object]:
        seen.append(is_transaction_open())
        try:
            with transaction():
                pass
        except Exception as error:
            seen.append(type(error).__name__)
        return {}

    desk.operator("t.ask", look_around)
    desk.work(desk.start(BARE))
    assert seen == [False, "RuntimeError"]


def test_a_declared_error_goes_to_its_boundary_event(desk: Desk) -> None:
    desk.operator("t.ask", BusinessError("CLOSED", "the claim is closed"), errors=("CLOSED",))
    instance = desk.start(caught())
    assert desk.work(instance).status == "answered"
    assert list(desk.open(instance)) == ["handle"] and desk.incidents(instance) == []


def test_a_technical_failure_is_tried_again_with_growing_pauses_and_the_same_key(desk: Desk) -> None:
    desk.operator("t.ask", ConnectionError("patient Doe is unknown"), retries=2, backoff=timedelta(seconds=10))
    instance = desk.start(BARE)
    pauses = []
    for _ in range(2):
        call = desk.work(instance)
        assert call.status == "waiting" and call.next_at is not None
        pauses.append(call.next_at - desk.clock.at)
        assert any(at == call.next_at for _, _, at in desk.queued())
        assert desk.work(instance).attempts == call.attempts, "too early: nothing is done"
        desk.clock.set(call.next_at)
    assert pauses == [timedelta(seconds=10), timedelta(seconds=20)]
    assert desk.work(instance).status == "failed"
    assert [one.key for one in desk.asked] == [str(call.id)] * 3
    assert [one.attempt for one in desk.asked] == [1, 2, 3]


def test_after_the_last_attempt_it_is_an_incident_without_case_data(desk: Desk) -> None:
    desk.operator("t.ask", ConnectionError("patient Doe is unknown"), retries=0, **TAKES)
    instance = desk.start(ASK, claim="C-4711")
    call = desk.work(instance)
    (incident,) = desk.incidents(instance)
    assert (incident.kind, incident.element_id) == ("service-failed", "ask")
    assert incident.facts["error"] == "ConnectionError" and incident.facts["attempts"] == 1
    assert any("handler" in place for place in incident.facts["places"])
    assert incident.facts["task_id"] == str(call.id)
    said = incident.message + repr(incident.facts) + repr(call.log) + str(call.last_message)
    assert "Doe" not in said and "C-4711" not in said
    assert (call.status, call.last_error) == ("failed", "ConnectionError")
    assert desk.row(instance).status == "stopped"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Permanent("The payer refuses this claim (HTTP 404)."), "Permanent"),
        (BusinessError("SURPRISE", "nobody declared this"), "UndeclaredError"),
        (lambda call: "no mapping", "ResultRefused"),
    ],
    ids=("refused", "undeclared", "no-mapping"),
)
def test_what_would_fail_again_is_not_tried_again(desk: Desk, answer: Any, error: str) -> None:
    desk.operator("t.ask", answer)
    instance = desk.start(BARE)
    call = desk.work(instance)
    assert (call.status, call.attempts, call.last_error) == ("failed", 1, error)
    assert len(desk.incidents(instance)) == 1


def test_an_operator_nobody_registered_is_an_incident(desk: Desk) -> None:
    instance = desk.start(BARE)
    desk.work(instance)
    (incident,) = desk.incidents(instance)
    assert incident.facts["error"] == "UnknownOperator" and "t.ask" in incident.message


def test_a_refused_parameter_is_an_incident_that_names_the_field_and_the_handler_is_not_called(desk: Desk) -> None:
    desk.operator("t.ask", {}, **TAKES)
    instance = desk.start(ASK, claim=4711)
    assert desk.work(instance).status == "failed"
    (incident,) = desk.incidents(instance)
    assert incident.facts["fields"] == {"claim": ["This is a number and should be a string."]}
    assert "claim" in incident.message and "4711" not in incident.message + repr(incident.facts)
    assert desk.asked == []


def test_a_refused_result_is_an_incident_that_names_the_field(desk: Desk) -> None:
    desk.operator("t.ask", {"days": "many"}, result="context<days: number>")
    instance = desk.start(BARE)
    desk.work(instance)
    (incident,) = desk.incidents(instance)
    assert list(incident.facts["fields"]) == ["days"] and "many" not in incident.message


def test_a_handler_that_takes_too_long_is_left_behind(desk: Desk) -> None:
    release = threading.Event()
    desk.operator("t.ask", lambda call: release.wait(20) and {}, timeout=timedelta(milliseconds=50), retries=1)
    instance = desk.start(BARE)
    call = desk.work(instance)
    release.set()
    assert (call.status, call.last_error) == ("waiting", "Timeout")


def test_the_element_goes_before_the_operator(desk: Desk) -> None:
    desk.operator("t.ask", ConnectionError(), retries=9)
    instance = desk.start(line(service("ask", "t.ask", retries="1", backoff="PT5M")))
    call = desk.work(instance)
    assert call.next_at == desk.clock.at + timedelta(minutes=5) and call.attempts_allowed == 2


def test_the_other_side_may_ask_for_a_longer_pause(desk: Desk) -> None:
    desk.operator("t.ask", TechnicalFailure("Too many calls (HTTP 429).", retry_in=timedelta(hours=2)))
    call = desk.work(desk.start(BARE))
    assert call.next_at == desk.clock.at + timedelta(hours=2)
    assert call.last_message == "Too many calls (HTTP 429)."


def test_pauses_double_up_to_an_hour_and_chance_spreads_them() -> None:
    pace = Pace(backoff=timedelta(minutes=10))
    middle = [pacing.pause(attempt, pace, None, lambda: 0.5) for attempt in (1, 2, 3, 4, 50)]
    assert middle == [timedelta(minutes=10 * factor) for factor in (1, 2, 4, 6, 6)]
    assert pacing.pause(1, pace, None, lambda: 0.0) == timedelta(minutes=5)
    assert pacing.pause(1, pace, None, lambda: 0.999) < timedelta(minutes=15)


# Killed workers and races


def test_a_worker_killed_while_it_calls_costs_the_lease_and_the_call_is_made_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.operator("t.ask", {"n": 1}, timeout=timedelta(seconds=30))
    instance = desk.start(BARE)
    with monkeypatch.context() as killed:
        killed.setattr(attempts, "ask", _die)
        with pytest.raises(KeyboardInterrupt):
            desk.work(instance)
    assert desk.call(instance).status == "running"
    assert desk.work(instance).attempts == 1, "the lease still runs"
    desk.pass_time(seconds=61)
    call = desk.work(instance)
    assert (call.status, call.attempts) == ("answered", 2)
    assert [one["error"] for one in call.log] == ["WorkerLost", None]


def test_a_worker_killed_with_the_answer_in_its_hands_asks_again_under_the_same_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.operator("t.ask", {"n": 1})
    instance = desk.start(BARE)
    with monkeypatch.context() as killed:
        killed.setattr(attempts, "_record", _die)
        with pytest.raises(KeyboardInterrupt):
            desk.work(instance)
    assert list(desk.open(instance)) == []
    desk.pass_time(seconds=61)
    desk.work(instance)
    assert list(desk.open(instance)) == ["after"]
    assert len({one.key for one in desk.asked}) == 1 and len(desk.asked) == 2


def test_a_call_that_kills_its_workers_ends_as_an_incident(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.operator("t.ask", {}, retries=1)
    instance = desk.start(BARE)
    with monkeypatch.context() as killed:
        killed.setattr(attempts, "ask", _die)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                desk.work(instance)
            desk.pass_time(seconds=61)
        assert desk.work(instance).status == "failed"
    assert desk.incidents(instance)[0].facts["error"] == "WorkerLost"


def test_the_wake_up_finds_what_lost_its_job_or_its_worker(desk: Desk) -> None:
    desk.operator("t.ask", {})
    instance = desk.start(BARE)
    call_id = desk.call(instance).id
    assert _woken(desk) == 0
    desk.pass_time(minutes=1)
    assert (_woken(desk), _woken(desk)) == (1, 0)
    assert desk.queued()[-1][1]["call_id"] == str(call_id)
    desk.work(instance)
    with desk.reading() as session:
        assert session.get(ServiceCallWake, call_id) is None


def test_two_workers_on_one_call_ask_once(desk: Desk) -> None:
    desk.operator("t.ask", {"n": 1})
    instance = desk.start(BARE)
    found = at_once(desk.office.app, lambda: desk.work(instance), lambda: desk.work(instance))
    assert not [one for one in found if isinstance(one, Exception)]
    assert len(desk.asked) == 1 and desk.call(instance).attempts == 1
    assert list(desk.open(instance)) == ["after"]


def test_of_two_answers_one_counts(desk: Desk) -> None:
    """A worker that was paused beyond its lease comes back with an answer after another one has answered."""
    numbers = iter((1, 2))

    def answer(call: Any) -> Mapping[str, object]:
        number = next(numbers)
        if number == 1:
            desk.pass_time(seconds=61)
            with desk.office.app.app_context():
                desk.work(instance)
        return {"n": number}

    desk.operator("t.ask", answer)
    instance = desk.start(BARE)
    assert desk.work(instance).status == "answered"
    assert desk.look(instance).variables["result"] == {"n": 2}
    assert list(desk.open(instance)) == ["after"] and desk.incidents(instance) == []


def test_a_failure_of_an_older_attempt_says_nothing_about_the_newer_one(desk: Desk) -> None:
    numbers = iter((1, 2))

    def answer(call: Any) -> Mapping[str, object]:
        if next(numbers) == 1:
            desk.pass_time(seconds=61)
            with desk.office.app.app_context():
                desk.monkeypatch.setattr(attempts, "_record", lambda *given: None)
                desk.work(instance)
                desk.monkeypatch.undo()
            raise Permanent("too late")
        return {}

    desk.operator("t.ask", answer)
    instance = desk.start(BARE)
    record = attempts._record
    desk.work(instance)
    assert record is not None and desk.call(instance).status == "running"


def test_an_answer_after_the_cancellation_changes_nothing(desk: Desk) -> None:
    def answer(call: Any) -> Mapping[str, object]:
        with desk.office.app.app_context(), desk.writing():
            runtime.cancel(instance, now=clock.now(), by="tester")
        return {}

    desk.operator("t.ask", answer)
    instance = desk.start(BARE)
    assert desk.work(instance).status == "withdrawn"
    assert desk.row(instance).status == "cancelled" and desk.incidents(instance) == []


def test_a_call_whose_scope_ended_is_not_made(desk: Desk) -> None:
    timer = (
        '<boundaryEvent id="late" attachedToRef="ask"><timerEventDefinition id="t">'
        '<timeDuration>duration("PT1H")</timeDuration></timerEventDefinition></boundaryEvent>'
    )
    body = START + service("ask", "t.ask") + timer + user("after") + user("slow") + END
    desk.operator("t.ask", {})
    instance = desk.start(
        process(body + flows("start", "ask", "after", "end") + flow("late", "slow") + flow("slow", "end"))
    )
    desk.pass_time(hours=2)
    with desk.writing():
        runtime.fire_timers(instance, now=clock.now())
    assert desk.work(instance).status == "withdrawn"
    assert desk.asked == [] and list(desk.open(instance)) == ["slow"]


def test_an_answer_that_finds_the_database_busy_is_kept_and_taken_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.operator("t.ask", {"n": 1})
    instance = desk.start(BARE)
    with monkeypatch.context() as busy:
        busy.setattr(runtime, "finish_service_call", _busy)
        with pytest.raises(TimeoutError):
            desk.work(instance)
    assert desk.call(instance).status == "held"
    assert desk.work(instance).status == "answered"
    assert len(desk.asked) == 1 and list(desk.open(instance)) == ["after"]


def test_an_answer_is_taken_once_by_the_engine_too(desk: Desk) -> None:
    desk.operator("t.ask", {})
    instance = desk.start(BARE)
    call_id = desk.work(instance).id
    with pytest.raises(ServiceCallNotWaiting), desk.writing():
        runtime.finish_service_call(instance, call_id, {}, now=clock.now())


# Secrets and case data


def test_neither_rows_nor_logs_hold_parameters_answers_or_settings_in_clear(
    desk: Desk, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    secrets = ("Zz-parameter-9", "Zz-answer-9", "Zz-setting-9", "Zz-error-9")

    def answer(call: Any) -> Mapping[str, object]:
        assert call.settings == {"key": "Zz-setting-9"}
        assert "Zz-" not in repr(call)
        if call.attempt == 1:
            raise ValueError("Zz-error-9 about Zz-parameter-9")
        return {"note": "Zz-answer-9"}

    desk.operator("t.ask", answer, **TAKES)
    service_calls_settings({"key": "Zz-setting-9"})
    instance = desk.start(ASK, claim="Zz-parameter-9")
    desk.work(instance)
    desk.pass_time(minutes=5)
    assert desk.work(instance).status == "answered"
    with desk.reading() as session:
        rows = session.connection().exec_driver_sql(
            "select to_jsonb(c)::text from service_call c union all select to_jsonb(j)::text from procrastinate_jobs j"
            " union all select body from audit_entry union all select to_jsonb(e)::text from instance_event e"
        )
        stored = "\n".join(str(one[0]) for one in rows)
    assert str(instance) in stored
    written = stored + caplog.text + "".join(capfd.readouterr())
    for secret in secrets:
        assert secret not in written and secret.encode().hex() not in written
    with desk.reading():
        assert input_of(desk_call(desk, instance)) == {"claim": "Zz-parameter-9"}


def service_calls_settings(settings: Any) -> None:
    from workflows import service_tasks

    service_tasks.configure("t.ask", settings)


def desk_call(desk: Desk, instance: Any) -> Any:
    from sqlalchemy import select

    from store.transaction import require_transaction
    from workflows.service_calls.records import ServiceCallRecord

    return (
        require_transaction().scalars(select(ServiceCallRecord).where(ServiceCallRecord.instance_id == instance)).one()
    )


def test_an_operator_that_reaches_outside_asks_no_decisions() -> None:
    with pytest.raises(Permanent, match="business rule task"):
        asking.no_decisions("d", {})


def _woken(desk: Desk) -> int:
    with transaction():
        return service_calls.wake_due(clock.now())


def _die(*given: Any, **more: Any) -> Any:
    raise KeyboardInterrupt


def _busy(*given: Any, **more: Any) -> Any:
    raise TimeoutError


assert task  # Drawn with by `service`.
