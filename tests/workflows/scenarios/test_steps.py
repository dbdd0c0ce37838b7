"""Every kind of step does what it says, in memory and at the scenario's own time."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from store.errors import Invalid
from tests.workflows.lint.draw import END, START, flows, process, task, user
from tests.workflows.scenarios.tell import Material, difference, material
from workflows import service_tasks
from workflows.scenarios import material as forms
from workflows.scenarios import read_forms_by


@pytest.fixture
def operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """demo.call reaches outside, demo.local runs at once."""
    monkeypatch.setattr(service_tasks, "_operators", {})
    declared: dict[str, Any] = {
        "parameters": {"n": "number"},
        "result": "context<total: number>",
        "errors": ("CLOSED",),
    }
    service_tasks.service_task("demo.call", **declared)(_never)
    service_tasks.service_task("demo.local", **declared, local=True)(_nor_this)


def _never(call: object) -> Any:
    raise AssertionError("a scenario calls no operator")


def _nor_this(call: object) -> Any:
    raise AssertionError("a scenario calls no operator")


def service(operator: str, value: str = "21 * 2") -> bytes:
    """A process that calls an operator, with a boundary event for the error CLOSED, and then has a task."""
    parameter = f'<s:parameters><s:parameter id="n" type="any" value="{value}"/></s:parameters>'
    extension = f'<s:serviceTaskOperator id="{operator}" resultVariable="result">{parameter}</s:serviceTaskOperator>'
    caught = '<boundaryEvent id="closed" attachedToRef="call"><errorEventDefinition errorRef="e"/></boundaryEvent>'
    body = START + task("serviceTask", "call", extension=extension, errorCodes="CLOSED") + caught
    body += user("a") + user("b") + END + flows("start", "call", "a", "end") + flows("closed", "b", "end")
    return process(body, '<error id="e" name="closed" errorCode="CLOSED"/>')


def test_a_person_completes_a_task_with_the_books_answers_and_its_own() -> None:
    given = {"answers": {"a": {"x": 1, "y": 2}}}
    expect = {"variables": {"a.x": 1, "a.y": 3, "a.z": "=a.x + a.y"}}
    steps = [{"complete": "a", "answers": {"y": 3, "z": 4}, "expect": expect}, {"complete": "b"}]
    assert difference("two_tasks", *steps, end="end", book={"given": given}) == ""


def test_a_clinical_task_takes_an_outcome_and_an_edit_makes_it_void() -> None:
    told = {
        "complete": "review",
        "outcome": "do_not_appeal",
        "expect": {"decisions": {"medical_necessity": "do_not_appeal"}},
    }
    steps = [told, {"complete": "stop"}, {"complete": "edit", "expect": {"decisions": {"medical_necessity": None}}}]
    assert difference("clinical", *steps, end="end") == ""


def test_a_refusal_can_be_expected_by_its_code_and_leaves_the_task_open() -> None:
    refused = {"complete": "review", "refused": "engine.outcome_required", "expect": {"open": ["review"]}}
    assert difference("clinical", refused) == ""
    assert "got a refusal (engine.outcome_required)" in difference("clinical", {"complete": "review"})
    wrong = {**refused, "refused": "engine.task_not_ready"}
    assert "to be refused with engine.task_not_ready; got a refusal (engine.outcome_required)" in difference(
        "clinical", wrong
    )
    passed = {"complete": "review", "outcome": "appeal", "refused": "form.invalid"}
    assert difference("clinical", passed).endswith("to be refused with form.invalid; got it completed")


def test_the_instances_of_a_task_are_told_apart_by_their_data() -> None:
    steps = [
        {"complete": "each", "where": 'item = "y"', "answers": {"n": 2}, "expect": {"open": ["each"]}},
        {"complete": "each", "answers": {"n": 1}, "expect": {"open": ["after"]}},
        {"complete": "after"},
    ]
    assert difference("many_parallel", *steps, start={"items": ["x", "y"]}, end="end") == ""
    none = difference("many_parallel", {"complete": "each", "where": 'item = "z"'}, start={"items": ["x", "y"]})
    assert none == 'Step 1 (complete each): expected an open each where item = "z"; got 2 open, none of them so'


def test_the_clock_moves_by_a_duration_and_to_an_instant_and_what_is_due_happens_at_its_time() -> None:
    steps = [
        {"expect": {"open": [], "timers": {"wait": '=now() + @"P3D"'}}},
        {"pass": "P3D", "expect": {"open": ["a"], "timers": {"due": "2026-12-01", "late": '=date("2026-12-02")'}}},
        {"until": "2026-12-01T08:00:00+00:00", "expect": {"open": ["a", "remind"]}},
        {"until": '=@"2026-12-02"', "expect": {"open": ["lost", "remind"]}},
        {"complete": "lost"},
        {"complete": "remind"},
    ]
    assert difference("timers", *steps, start={"deadline": '=@"2026-12-01"'}, end="reminded") == ""


def test_a_long_pass_lets_everything_happen_in_order() -> None:
    expect = {"open": ["lost", "remind"], "path": ["wait", "due", "late"]}
    assert difference("timers", {"pass": "P30D", "expect": expect}, start={"deadline": '=@"2026-12-01"'}) == ""
    assert difference("cycle", {"pass": "P9D", "expect": {"open": ["a", "chase", "chase"]}}) == ""


def test_days_begin_where_the_book_says() -> None:
    expect = {"timers": {"due": "2026-12-01T05:00:00+00:00"}}
    told = {"start": {"deadline": '=@"2026-12-01"'}, "book": {"zone": "America/New_York"}}
    assert difference("timers", {"pass": "P3D", "expect": expect}, **told) == ""


def test_business_days_skip_the_books_holidays() -> None:
    timer = "<timerEventDefinition><timeDuration>2 business days</timeDuration></timerEventDefinition>"
    wait = f'<intermediateCatchEvent id="wait">{timer}</intermediateCatchEvent>'
    xml = process(START + wait + END + flows("start", "wait", "end"))
    assert difference(xml, {"expect": {"timers": {"wait": "2026-11-26T15:00:00+00:00"}}}) == ""
    thanksgiving = {"holidays": ["2026-11-26", "2026-11-28"]}
    assert difference(xml, {"pass": "2 business days"}, book=thanksgiving, end="end") == ""
    assert difference(xml, {"expect": {"timers": {"wait": "2026-11-27T15:00:00+00:00"}}}, book=thanksgiving) == ""


FACTS = {"facts": {"claim_id": "C1", "payer_id": "P"}}
KEYS = {"given": {"correlation": {"claim": {"claim_id": "C1", "payer_id": "P"}}}}


def test_a_message_reaches_who_waits_for_its_key() -> None:
    told = {"message": "payer_decision", "payload": {"result": "won"}}
    heard = {**told, "expect": {"open": ["a"], "variables": {"payer": {"result": "won", "claim": FACTS["facts"]}}}}
    assert difference("message_or_timer", heard, {"complete": "a"}, start=FACTS, book=KEYS, end="end") == ""
    other = {**told, "payload": {"claim": {"claim_id": "C2"}}}
    said = difference("message_or_timer", other, start=FACTS, book=KEYS)
    assert "expected something to wait for payer_decision with the key" in said
    assert "; got waiting for payer_decision; waiting until 2026-12-24 15:00 UTC at overdue" in said
    assert difference("message_or_timer", {**other, "unheard": True}, start=FACTS, book=KEYS) == ""
    said = difference("message_or_timer", {**told, "unheard": True}, start=FACTS, book=KEYS)
    assert said.endswith("expected nothing to wait for payer_decision; got decided waits for it")


def test_a_signal_from_outside_reaches_who_waits_for_it() -> None:
    assert difference("signal", {"signal": "sig", "expect": {"open": ["a", "b"]}}) == ""
    said = difference("signal", {"signal": "other"})
    assert said.endswith("expected something to wait for other; got open: a; waiting for the signal sig")
    assert difference("signal", {"signal": "other", "unheard": True}) == ""


def test_what_is_sent_can_be_expected() -> None:
    assert difference("signal", {"complete": "a", "expect": {"open": ["b"], "sent": ["sig"]}}) == ""
    assert difference("message_thrown", start=FACTS, expect={"sent": ["request"], "end": ["end"]}) == ""


@pytest.mark.usefixtures("operators")
def test_a_call_outside_waits_until_a_step_answers_it() -> None:
    xml = service("demo.call")
    waits = {"expect": {"calls": ["call"], "open": []}}
    answer = {
        "answer": "call",
        "result": {"total": "=6 * 7"},
        "expect": {"open": ["a"], "variables": {"result.total": 42}},
    }
    assert difference(xml, waits, answer, {"complete": "a"}, end="end") == ""
    error = {"answer": "call", "error": "CLOSED", "expect": {"open": ["b"], "calls": []}}
    assert difference(xml, error) == ""
    failure = {"answer": "call", "failure": "The line is dead.", "expect": {"incidents": ["service-failed"]}}
    assert difference(xml, failure, {"retry": "call", "expect": {"calls": ["call"]}}, answer) == ""
    assert difference(xml, {"answer": "a", "result": {}}).endswith("got waiting for an answer at call")


@pytest.mark.usefixtures("operators")
def test_services_are_answered_by_element_before_operator_and_by_step_before_scenario_before_book() -> None:
    xml = service("demo.local")

    def total(**told: Any) -> str:
        return difference(xml, {"expect": {"variables": {"result.total": 1}}}, **told)

    one, two = {"total": 1}, {"total": 2}
    assert total(services={"demo.local": one}, book={"given": {"services": {"call": two}}}) == ""
    assert total(services={"demo.local": two, "call": one}) == ""
    assert total(services={"demo.local": {"total": "=n - 41"}}) == "", "FEEL reads the parameters"
    stopped = {"expect": {"incidents": [{"kind": "service-failed", "element": "call"}], "status": "stopped"}}
    again = {"retry": "call", "services": {"demo.local": one}, "expect": {"variables": {"result": one}}}
    assert difference(xml, stopped, again, failures={"call": "It broke."}) == ""
    caught = {"expect": {"open": ["b"]}}
    assert difference(xml, caught, errors={"call": "CLOSED"}, services={"demo.local": one}) == ""


@pytest.mark.usefixtures("operators")
def test_a_local_operator_that_nobody_answers_is_refused_by_name() -> None:
    said = difference(service("demo.local"))
    assert said == (
        'At the start: expected an answer of demo.local at call (in "services"); got none, and it is an operator that '
        "runs at once"
    )
    assert difference(service("demo.nobody")).endswith("got none, and it is an operator that is not known here")


@pytest.mark.usefixtures("operators")
def test_answers_and_parameters_are_held_against_what_the_operator_declares() -> None:
    said = difference(service("demo.local"), services={"demo.local": {"sum": 1}})
    assert "expected an answer that demo.local may give; got demo.local answered with something else" in said
    said = difference(service("demo.call"), {"answer": "call", "error": "OTHER"})
    assert "expected an error code of demo.call (declared: CLOSED); got OTHER" in said
    wrong = service("demo.local", "&quot;twelve&quot;")
    said = difference(wrong, services={"demo.local": {"total": 1}})
    assert "expected no incident; got service-failed at call: demo.local cannot be called with these parameters" in said


@pytest.fixture
def form() -> Iterator[Material]:
    """A task whose form takes a positive number and types a date."""

    def validate(form: Any, posted: Any, context: Any, *, now: Any) -> Any:
        assert form == {"components": []}
        if posted.get("n") == 0:
            raise Invalid(fields={"n": ["Too small."]})
        return {**posted, "day": date.fromisoformat(posted["day"])} if "day" in posted else posted

    before = list(forms._validate)
    read_forms_by(validate)
    yield material("two_tasks", a={"components": []})
    forms._validate[:] = before


def test_answers_go_through_the_form(form: Material) -> None:
    told = {"complete": "a", "answers": {"day": "=today()"}, "expect": {"variables": {"a.day": '=@"2026-11-24"'}}}
    assert difference(form, told) == ""
    said = difference(form, {"complete": "a", "answers": {"n": 0}})
    assert "got a refusal (invalid)" in said and "n: Too small." in said
    assert difference(form, {"complete": "a", "answers": {"n": 0}, "refused": "invalid"}) == ""
