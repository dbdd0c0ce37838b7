"""Large instances finish, and a completion costs what is open, not what was.

Work is counted in function calls of one verb as the product does it: load, look, complete, look, store. The count does
not depend on the machine.
"""

import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any
from uuid import UUID

import pytest

from tests.workflows.engine.play import NOON, Decisions
from tests.workflows.engine.token_game import measured
from workflows.engine import CompiledProcess, Execution, compile_process

HOST = Decisions()


class Instance:
    """One instance that is stored and loaded for each verb. calls: what each completion cost."""

    def __init__(self, xml: bytes, **variables: Any) -> None:
        self.process: CompiledProcess = compile_process({"measured.bpmn": xml}, "main")
        execution = Execution.start(self.process, variables, host=HOST, now=NOON)
        self.blob, self.status, self.open = execution.dump(), execution.status, len(execution.waiting().user_tasks)
        self.variables: Mapping[str, Any] = execution.variables
        self.calls: list[int] = []

    def complete(self, pick: int = 0, **answers: Any) -> None:
        """Complete one of the open user tasks."""
        self.calls.append(_counted(lambda: self._verb(pick, answers)))

    def _verb(self, pick: int, answers: Mapping[str, Any]) -> None:
        execution = Execution.load(self.process, self.blob, host=HOST, now=NOON)
        execution.complete_user_task(execution.waiting().user_tasks[pick].id, answers)
        for _ in range(3):  # The runtime looks more than once.
            self.open = len(execution.waiting().user_tasks)
        self.status, self.variables = execution.status, execution.variables
        assert execution.drain_incidents() == []
        self.blob = execution.dump()

    def cost(self, at: int, window: int = 32) -> float:
        """Calls of a completion around a step; history is put away every few of them."""
        part = self.calls[max(0, at - window) : at]
        return sum(part) / len(part)


def _counted(work: Callable[[], None]) -> int:
    found = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return found


def test_a_completion_costs_nothing_for_the_tasks_that_were_completed_before() -> None:
    instance = Instance(measured.mixed(400), ok=False)
    for _ in range(220):
        instance.complete(n=1)
    assert instance.cost(200) <= 1.6 * instance.cost(32), instance.calls


def test_what_lies_ahead_costs_nothing() -> None:
    short, long = (Instance(measured.straight(count)) for count in (3, 300))
    short.complete(n=1)
    long.complete(n=1)
    assert long.calls[0] <= 1.1 * short.calls[0]


def test_a_loop_of_2500_rounds_costs_the_same_in_every_round() -> None:
    instance = Instance(measured.loop(), done=False)
    for number in range(2500):
        instance.complete(n=number)
    assert instance.cost(2500) <= 1.2 * instance.cost(100)
    assert len(instance.blob) < 6000
    assert (instance.open, instance.status) == (1, "running")


def test_a_loop_beside_a_task_whose_rounds_leave_tokens_behind_costs_the_same_in_every_round() -> None:
    instance = Instance(measured.loop_beside_a_task(), work={"n": 0}, noted=0)
    pick = 0
    for number in range(1, 401):
        instance.complete(pick, n=number)
    assert instance.cost(400) <= 2 * instance.cost(100)
    assert instance.variables["noted"] == 400
    assert len(instance.blob) < 20_000


@pytest.mark.parametrize("sequential", [True, False])
def test_many_instances_of_a_hundred_finish_in_any_order_with_all_results(sequential: bool) -> None:
    instance = Instance(measured.many_instances(sequential=sequential), items=list(range(100)))
    for number in range(100):
        instance.complete(number * 7 % instance.open, n=number)
    assert [one["n"] for one in instance.variables["results"]] == list(range(100))
    instance.complete(done=True)
    assert instance.status == "completed"


@pytest.mark.long
@pytest.mark.parametrize("sequential", [True, False])
def test_a_thousand_instances_finish_with_all_results(sequential: bool) -> None:
    instance = Instance(measured.many_instances(sequential=sequential), items=list(range(1000)))
    for number in range(1000):
        instance.complete(number * 7 % instance.open, n=number)
    assert [one["n"] for one in instance.variables["results"]] == list(range(1000))
    assert instance.cost(1000) <= instance.cost(32)
    instance.complete(done=True)
    assert instance.status == "completed"


def test_one_of_a_thousand_instances_costs_about_what_has_to_be_read_for_it() -> None:
    few, thousand = (
        Instance(measured.many_instances(sequential=False), items=list(range(count))) for count in (100, 1000)
    )
    for instance in (few, thousand):
        for number in range(3):
            instance.complete(n=number)
    assert thousand.cost(3) <= 10 * few.cost(3)


def test_in_memory_one_of_a_thousand_instances_is_completed_without_a_look_at_the_others() -> None:
    costs = []
    for count in (100, 1000):
        process = compile_process({"many.bpmn": measured.many_instances(sequential=False)}, "main")
        execution = Execution.start(process, {"items": list(range(count))}, host=HOST, now=NOON)
        task_id: UUID = execution.waiting().user_tasks[50].id
        costs.append(_counted(lambda: execution.complete_user_task(task_id, {"n": 1})))  # noqa: B023
    assert costs[1] <= 4 * costs[0], costs


def test_two_hundred_tokens_side_by_side_come_together() -> None:
    instance = Instance(measured.branches(200))
    for number in range(200):
        instance.complete(number * 7 % instance.open, n=number)
    assert instance.status == "completed"
    assert sum(1 for name in instance.variables if name.startswith("t")) == 200
    assert instance.cost(200) <= 2 * instance.cost(32)


def test_calls_twenty_deep_begin_and_end() -> None:
    shallow, deep = Instance(measured.calls(2)), Instance(measured.calls(20))
    for instance in (shallow, deep):
        instance.complete(n=1)
        assert instance.status == "completed"
        assert instance.variables["deepest"] == {"n": 1}
    assert deep.calls[0] <= 20 * shallow.calls[0]
