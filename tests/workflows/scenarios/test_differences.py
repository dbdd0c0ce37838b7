"""What is not as a scenario says is told in words: where, what was expected, what there was instead."""

from typing import Any

import pytest

from tests.workflows.lint.draw import END, START, flow, flows, gateway, process, user
from tests.workflows.scenarios.tell import Step, difference, play

A, B = {"complete": "a", "answers": {"n": 1, "t": "x"}}, {"complete": "b"}


def after(**expected: Any) -> str:
    """The difference after completing the first of two tasks."""
    return difference("two_tasks", {**A, "expect": expected})


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"open": ["a"]}, "expected the open tasks to be a; got open: b"),
        ({"open": []}, "expected the open tasks to be none; got open: b"),
        ({"calls": ["b"]}, "expected these to wait for an answer: b; got waiting: none"),
        (
            {"timers": {"b": "2026-12-01"}},
            "expected b to be due 2026-12-01 00:00 UTC; got no timer there (timers: none)",
        ),
        ({"variables": {"a.n": 2}}, "expected a.n to be 2; got 1"),
        ({"variables": {"a": {"n": 1, "t": "y"}}}, "expected a.t to be y; got x"),
        ({"variables": {"a.z": 1}}, "expected a.z to be 1; got no such variable"),
        ({"variables": {"a.n": "=a.missing"}}, "expected a value of a.missing; got null, because"),
        (
            {"decisions": {"medical_necessity": "appeal"}},
            "expected the decision medical_necessity to be appeal; got not taken",
        ),
        ({"rows": {"route": "r1"}}, "expected the table route to be asked; got it was not"),
        ({"status": "completed"}, "expected the process to be completed; got running"),
        ({"end": ["end"]}, "expected the end events to be end; got none"),
        ({"path": ["a", "start"]}, "expected the path a, start; got no start in its place (start, a)"),
        ({"exact_path": ["a"]}, "expected exactly this path: a; got start, a"),
        ({"sent": ["hello"]}, "expected these to be sent: hello; got none"),
        ({"incidents": ["guard"]}, "expected the incident guard; got none"),
    ],
)
def test_what_is_expected_after_a_step_is_compared(expected: dict[str, Any], said: str) -> None:
    assert after(**expected).startswith(f"Step 1 (complete a): {said}")


def test_what_holds_passes() -> None:
    expected = {
        "open": ["b"], "calls": [], "variables": {"a": {"n": 1}}, "decisions": {"medical_necessity": None},
        "status": "running", "end": [], "path": ["start", "a"], "exact_path": ["start", "a"], "sent": [],
        "incidents": [],
    }  # fmt: skip
    assert after(**expected) == ""


def test_a_task_that_is_not_open_is_told_with_what_is() -> None:
    found = play("two_tasks", B).difference
    assert found is not None
    assert (found.step, found.element_id) == (1, "b")
    assert found.text == "Step 1 (complete b): expected b to be open; got open: a"


def test_the_end_is_compared_last() -> None:
    found = play("two_tasks", A, end="end").difference
    assert found is not None and found.step is None
    assert found.text == "At the end: expected the process to end at end; got a running process, open: b"
    assert difference("two_tasks", A, B, end="elsewhere").endswith("got an end elsewhere (it reached end)")
    assert difference("two_tasks", A, B, expect={"variables": {"a.n": 3}}) == "At the end: expected a.n to be 3; got 1"


CROSSROADS = process(
    START
    + gateway("exclusiveGateway", "g")
    + user("a")
    + user("b")
    + END
    + flow("start", "g")
    + flow("g", "a", "n = 1")
    + flow("g", "b", "n = 2")
    + flows("a", "end")
    + flows("b", "end")
)


def test_an_incident_that_nobody_expects_is_a_difference() -> None:
    said = difference(CROSSROADS, {"complete": "a"}, start={"n": 3})
    assert said.startswith(
        "At the start: expected no incident; got no-gateway-match at g: No condition of this gateway"
    )
    expected: Step = {"expect": {"incidents": [{"kind": "no-gateway-match", "element": "g"}], "status": "stopped"}}
    assert difference(CROSSROADS, expected, start={"n": 3}) == ""
    other: Step = {"expect": {"incidents": [{"kind": "no-gateway-match", "element": "a"}]}}
    assert difference(CROSSROADS, other, start={"n": 3}).startswith(
        "Step 1 (look): expected the incident no-gateway-match at a; got no-gateway-match at g"
    )
    assert "expected no incident" in difference(CROSSROADS, {"expect": {"incidents": []}}, start={"n": 3})
    assert difference(CROSSROADS, start={"n": 3}, expect={"incidents": ["no-gateway-match"]}) == ""


def test_a_start_that_is_refused_is_told() -> None:
    said = difference("two_tasks", A, start={"decisions": {}})
    assert said.startswith("At the start: expected the process to start; got a refusal (")
    assert "expected a value of 1 +" in difference("two_tasks", A, start={"n": "=1 +"})


def test_a_value_that_no_process_holds_is_told() -> None:
    assert "expected a date, or a date and time" in difference("two_tasks", {"until": "tomorrow"})
    assert "expected a time after 2026-11-24 15:00 UTC" in difference("two_tasks", {"until": "2026-11-24"})
    assert "expected a time after 2026-11-24 15:00 UTC" in difference("two_tasks", {"pass": "PT0S"})
    assert "expected a duration within the calendar; got P9999Y" in difference("two_tasks", {"pass": "P9999Y"})


def test_timers_without_end_do_not_run_on_for_ever() -> None:
    timer = "<timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition>"
    wait = f'<intermediateCatchEvent id="wait">{timer}</intermediateCatchEvent>'
    body = START + gateway("exclusiveGateway", "g", "g__wait", maxIterations="100000") + wait + END
    round_ = process(body + flows("start", "g", "wait", "g") + flow("g", "end", "1 = 2"))
    assert difference(round_, {"pass": "P1D"}).endswith(
        "expected the timers to come to rest; got 500 that fired before 2026-11-25 15:00"
    )
