"""Pools that are never run are drawings: nothing in them stands against publication."""

from tests.workflows.lint.draw import END, START, file, flow, flows, found, user
from workflows.lint import LintContext, lint_file
from workflows.model import read

CLOSED = '<process id="payer"><task id="think"/></process>'
CALLED = f'<process id="payer">{START.replace("start", "s2")}<task id="think"/></process>'


def runs(body: str = "") -> str:
    return f'<process id="ours" isExecutable="true">{START}{user("a")}{body}{END}{flows("start", "a", "end")}</process>'


def test_a_pool_beside_the_executable_one_has_no_findings() -> None:
    assert found(file(runs() + CLOSED), "abstract-task") == []


def test_without_an_executable_process_everything_is_looked_at() -> None:
    assert found(file(CLOSED), "abstract-task") == ["think"]


def test_what_is_called_is_run_and_must_say_so() -> None:
    calls = runs('<callActivity id="call" calledElement="payer"/>' + flow("a", "call"))
    assert found(file(calls + CALLED), "abstract-task") == ["think"]
    assert found(file(calls + CALLED), "not-executable") == ["payer"]


def test_what_another_file_calls_is_run() -> None:
    other = read(file(runs('<callActivity id="call" calledElement="payer"/>')))
    context = LintContext(called={"ours": other})
    assert found(file(runs().replace('"ours"', '"theirs"') + CLOSED), "abstract-task", context) == ["think"]


def test_an_id_that_is_used_in_both_is_told() -> None:
    twice = file(runs() + CLOSED.replace("think", "a"))
    assert "duplicate-id" in {one.rule for one in lint_file(twice)}
