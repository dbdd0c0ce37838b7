"""A history as the runtime writes it, of a tiny model that is played in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from workflows import history
from workflows.engine import Execution, same
from workflows.scenarios import Happened, Material
from workflows.scenarios.material import Host

START = datetime(2026, 3, 10, 14, 30, tzinfo=UTC)


@dataclass
class Tape:
    """Plays and writes down. outcomes: of clinical tasks, by the engine's task id.

    at_once: how operators that run within a verb answer: a result, or the code of an error.
    """

    material: Material
    variables: Mapping[str, Any]
    zone: tzinfo = UTC
    lines: list[Happened] = field(default_factory=list)
    outcomes: dict[UUID, str] = field(default_factory=dict)
    at_once: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.host = Host(self.material, self.zone, START)
        self.known: dict[str, Any] = {}
        self.execution = Execution.start(self.material.process, self.variables, host=self.host, now=START)
        self._write("system", first=True)

    def complete(self, element_id: str, outcome: str | None = None, **answers: Any) -> None:
        task = next(one for one in self.execution.waiting().user_tasks if one.element_id == element_id)
        if outcome is not None:
            self.outcomes[task.id] = outcome
        self._do("ada", lambda: self.execution.complete_user_task(task.id, answers, outcome))

    def message(self, name: str, payload: Mapping[str, Any]) -> None:
        waiting = next(one for one in self.execution.waiting().messages if one.name == name)
        self._do("webhook", lambda: self.execution.deliver_message(name, payload, waiting.id))

    def signal(self, name: str) -> None:
        waiting = next(one for one in self.execution.waiting().signals if one.name == name)
        self._do("system", lambda: self.execution.deliver_signal(name, {}, waiting.id))

    def later(self, **span: float) -> None:
        self.host.now += timedelta(**span)
        self._do("clock", lambda: self.execution.fire_timers(self.host.now), minutes=0)

    def answer(self, result: Any) -> None:
        (call,) = self.execution.waiting().service_calls
        self._do("worker", lambda: self.execution.finish_service_call(call.id, result))

    def error(self, code: str) -> None:
        (call,) = self.execution.waiting().service_calls
        self._do("worker", lambda: self.execution.throw_error(call.id, code, {}))

    def note(self, what: str) -> None:
        """What an operator did."""
        self.lines.append(Happened(what, None, None, "gus", self.host.now))

    def _do(self, by: str, act: Callable[[], None], minutes: int = 10) -> None:
        self.host.now += timedelta(minutes=minutes)
        self.execution = Execution.load(self.material.process, self.execution.dump(), host=self.host, now=self.host.now)
        act()
        self._write(by)

    def _write(self, by: str, *, first: bool = False) -> None:
        for call in self.execution.waiting().service_calls:
            answer = self.at_once.get(call.operator)
            if isinstance(answer, str):
                self.execution.throw_error(call.id, answer, {})
            elif answer is not None:
                self.execution.finish_service_call(call.id, answer)
        now, after = self.host.now, self.execution.variables
        if first:
            self.lines.append(Happened(history.STARTED, None, None, by, now))
        steps = self.execution.drain_steps()
        self.lines += [Happened(one.what, one.element_id, one.task_id, by, now) for one in steps]
        changed = {key: one for key, one in after.items() if key not in self.known or not same(self.known[key], one)}
        if changed:
            self.lines.append(Happened(history.DATA, None, None, by, now, changed))
        self.known = after
        if self.execution.status == "completed":
            self.lines.append(Happened(history.ENDED, None, None, by, now))
