"""Plays the scenarios that are stored beside a model, in memory: real engine, real decision tables, told services.

A text that begins with "=" is FEEL; it reads the parameters of the service call, if there is one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any

from tasks.forms import validate
from workflows.decisions import DecisionModel, decide, read
from workflows.engine import CompiledProcess, EngineIncident, Execution, WaitingUserTask, compile_process, message_key
from workflows.feel import parse

FOLDER = files("workflows") / "bpmn" / "denial_appeal"
HOUR = timedelta(hours=1)


def source(name: str) -> bytes:
    """A file of the model's folder."""
    return FOLDER.joinpath(name).read_bytes()


@cache
def form(key: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(source(f"forms/{key}.json"))
    return found


@cache
def tables() -> Mapping[str, DecisionModel]:
    """Decision id to the shipped table."""
    names = (one.name for one in FOLDER.iterdir() if one.name.endswith(".dmn"))
    return {decision: model for model in map(read, map(source, names)) for decision in model.decisions}


@cache
def shipped(process_id: str) -> CompiledProcess:
    return compile_process(
        {f"{one}.bpmn": source(f"{one}.bpmn") for one in ("denial_appeal", "era_exception")}, process_id
    )


@cache
def books() -> Mapping[str, Mapping[str, Any]]:
    """Process id to its part of scenarios.json."""
    return {one["process"]: one for one in json.loads(source("scenarios.json"))}


def scenario(process_id: str, name: str) -> Mapping[str, Any]:
    return next(one for one in books()[process_id]["scenarios"] if one["name"] == name)


@dataclass
class Play:
    """One scenario under way."""

    process: CompiledProcess
    given: Mapping[str, Any]
    scenario: Mapping[str, Any]
    now: datetime
    execution: Execution = field(init=False)
    seen: set[str] = field(default_factory=set)
    called: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    incidents: list[EngineIncident] = field(default_factory=list)
    zone: tzinfo = UTC

    @classmethod
    def of(cls, process: CompiledProcess, scenario: Mapping[str, Any]) -> "Play":
        """Start the scenario's process."""
        book = books()[process.process_id]
        play = cls(process, book["given"], scenario, datetime.fromisoformat(book["now"]).astimezone(UTC))
        start = play._value({**play.given["start"], **scenario.get("start", {})})
        play.execution = Execution.start(process, start, host=play, now=play.now)
        play._settle()
        return play

    def run(self) -> "Play":
        """All steps, one after the other."""
        for step in self.scenario["steps"]:
            self.take(step)
        return self

    def take(self, step: Mapping[str, Any]) -> None:
        """One step: complete a task, bring a message, or let time pass."""
        if "complete" in step:
            self._complete(step)
        elif "message" in step:
            self._deliver(step["message"], step["payload"])
        else:
            self._reload()
            self.now += self._value(f'=@"{step["pass"]}"')
            self.execution.fire_timers(self.now)
        self._settle()

    def open(self) -> set[str]:
        """Element ids of the user tasks that can be completed."""
        return {one.element_id for one in self.execution.waiting().user_tasks}

    def task(self, element_id: str) -> WaitingUserTask:
        found = [one for one in self.execution.waiting().user_tasks if one.element_id == element_id]
        assert found, f"{element_id} is not open; open are {sorted(self.open())}, incidents {self.incidents}"
        return found[0]

    def decide(self, decision_id: str, context: Mapping[str, Any], element_id: str) -> Any:
        """Host of the engine: the shipped decision tables."""
        return decide(tables()[decision_id], decision_id, context, now=self.now).value

    def _complete(self, step: Mapping[str, Any]) -> None:
        self._reload()
        task = self.task(step["complete"])
        answers = self._value({**self.given["answers"].get(task.element_id, {}), **step.get("answers", {})})
        posted = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in answers.items()}
        typed = validate(form(task.properties["formKey"]), posted, dict(task.data), now=self.now)
        self.now += HOUR
        self.execution.complete_user_task(task.id, typed, step.get("outcome"))

    def _deliver(self, name: str, payload: Mapping[str, Any]) -> None:
        self._reload()
        full = self._value({**self.given["correlation"], **payload})
        key = message_key(self.process, name, full, now=self.now)
        found = [one for one in self.execution.waiting().messages if (one.name, one.key) == (name, key)]
        assert found, f"nobody waits for {name}; open are {sorted(self.open())}"
        self.execution.deliver_message(name, full, found[0].id)

    def _reload(self) -> None:
        """Everything between two steps survives storing."""
        self.execution = Execution.load(self.process, self.execution.dump(), host=self, now=self.now)

    def _settle(self) -> None:
        """Answer service calls until people, messages or time are waited for."""
        while calls := self.execution.waiting().service_calls:
            call = calls[0]
            self.called.append((call.element_id, call.parameters))
            answer = {**self.given["services"], **self.scenario.get("services", {})}[call.operator]
            if "error" in answer and call.element_id == answer["only"]:
                self.execution.throw_error(call.id, answer["error"], {})
            else:
                usual = self.given["services"][call.operator] if "error" in answer else answer
                self.execution.finish_service_call(call.id, self._value(usual, call.parameters))
        self.seen |= {one.element_id for one in self.execution.drain_steps()}
        self.incidents += self.execution.drain_incidents()

    def _value(self, told: Any, context: Mapping[str, Any] | None = None) -> Any:
        if isinstance(told, dict):
            return {key: self._value(one, context) for key, one in told.items()}
        if isinstance(told, list):
            return [self._value(one, context) for one in told]
        if isinstance(told, str) and told.startswith("="):
            return parse(told).evaluate(dict(context or {}), now=self.now).value
        return told


def every_scenario() -> Iterator[tuple[str, str]]:
    """Process id and name of each."""
    for process_id, book in books().items():
        for one in book["scenarios"]:
            yield process_id, one["name"]
