"""A player for tiny models: does what a test says by element id, with a dump and a load before every verb."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from uuid import UUID

from workflows.engine import CompiledProcess, EngineIncident, Execution, Waiting, compile_process

MODELS = Path(__file__).parent / "models"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def compiled(name: str) -> CompiledProcess:
    """The process "main" of a tiny model."""
    return compile_process({name: (MODELS / f"{name}.bpmn").read_bytes()}, "main")


class Decisions:
    """A host with canned decisions: id to a function of the context."""

    zone: tzinfo = UTC

    def __init__(self, **decisions: Callable[[Mapping[str, Any]], Any]) -> None:
        self.decisions = decisions

    def decide(self, decision_id: str, context: Mapping[str, Any], element_id: str) -> Any:
        return self.decisions[decision_id](context)


class Play:
    """One instance under test. `reload` is done before every verb."""

    def __init__(self, model: str | bytes, host: Decisions | None = None, **variables: Any) -> None:
        """model: name of a file, or the XML itself with a process "p"."""
        self.process = compiled(model) if isinstance(model, str) else compile_process({"drawn": model}, "p")
        self.host, self.now = host or Decisions(), NOON
        self.execution = Execution.start(self.process, variables, host=self.host, now=self.now)
        self.incidents: list[EngineIncident] = self.execution.drain_incidents()

    def reload(self) -> Execution:
        blob = self.execution.dump()
        self.execution = Execution.load(self.process, blob, host=self.host, now=self.now)
        return self.execution

    @property
    def waiting(self) -> Waiting:
        return self.execution.waiting()

    @property
    def tasks(self) -> list[str]:
        """Element ids of open user tasks, sorted."""
        return sorted(task.element_id for task in self.waiting.user_tasks)

    @property
    def kinds(self) -> list[str]:
        """Kinds of all incidents so far."""
        return [incident.kind for incident in self.incidents]

    def complete(self, element_id: str, outcome: str | None = None, **answers: Any) -> "Play":
        task = next(task for task in self.waiting.user_tasks if task.element_id == element_id)
        self.reload().complete_user_task(task.id, answers, outcome)
        return self._noted()

    def answer(self, element_id: str, result: Any) -> "Play":
        self.reload().finish_service_call(self._call(element_id), result)
        return self._noted()

    def fail(self, element_id: str, code: str) -> "Play":
        self.reload().throw_error(self._call(element_id), code, {"code": code})
        return self._noted()

    def receive(self, name: str, **payload: Any) -> "Play":
        message = next(one for one in self.waiting.messages if one.name == name)
        self.reload().deliver_message(name, payload, message.id)
        return self._noted()

    def hear(self, name: str, payload: Any = None) -> "Play":
        """A signal from outside, to everybody who waits for it."""
        for one in [one for one in self.waiting.signals if one.name == name]:
            self.reload().deliver_signal(name, payload, one.id)
        return self._noted()

    def later(self, **passed: float) -> "Play":
        self.now += timedelta(**passed)
        self.reload().fire_timers(self.now)
        return self._noted()

    def retry(self, index: int = -1) -> "Play":
        self.reload().retry(UUID(self.incidents[index].facts["task_id"]))
        return self._noted()

    def _call(self, element_id: str) -> Any:
        return next(call.id for call in self.waiting.service_calls if call.element_id == element_id)

    def _noted(self) -> "Play":
        self.incidents += self.execution.drain_incidents()
        return self
