"""The scenarios that are stored beside the shipped models, step by step: for what tests want to look at in between."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tasks.forms import validate
from workflows.decisions import DecisionModel, read
from workflows.engine import CompiledProcess, EngineIncident, Execution, WaitingUserTask, compile_process
from workflows.scenarios import Book, Material, read_books, read_forms_by, read_scenario, read_step
from workflows.scenarios.acting import take
from workflows.scenarios.stage import Stage
from workflows.scenarios.told import laid_over

FOLDER = files("workflows") / "bpmn" / "denial_appeal"


def source(name: str) -> bytes:
    """A file of the model's folder."""
    return FOLDER.joinpath(name).read_bytes()


@cache
def form(key: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(source(f"forms/{key}.json"))
    return found


@cache
def forms() -> Mapping[str, Mapping[str, Any]]:
    """Form key to the shipped form."""
    keys = (one.name.removesuffix(".json") for one in FOLDER.joinpath("forms").iterdir())
    return {key: form(key) for key in keys}


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
    """Process id to its part of scenarios.json, as it is written."""
    return {one["process"]: one for one in json.loads(source("scenarios.json"))}


@cache
def book(process_id: str) -> Book:
    """The same, as it is read."""
    return next(one for one in read_books(source("scenarios.json")) if one.process_id == process_id)


def material(process: CompiledProcess) -> Material:
    """A process with the shipped tables and forms, which are held against the answers."""
    read_forms_by(validate)
    return Material(process, tables(), forms())


def scenario(process_id: str, name: str) -> Mapping[str, Any]:
    return next(one for one in books()[process_id]["scenarios"] if one["name"] == name)


@dataclass
class Play:
    """One scenario under way. What it expects is not looked at: tests look for themselves."""

    stage: Stage
    told: Mapping[str, Any]
    incidents: list[EngineIncident] = field(default_factory=list)

    @classmethod
    def of(cls, process: CompiledProcess, told: Mapping[str, Any]) -> "Play":
        """Start the scenario's process."""
        usual, read_ = book(process.process_id), read_scenario(told)
        answers = (read_.answers, usual.services)
        play = cls(Stage.begin(material(process), usual, laid_over(usual.start, read_.start), answers), told)
        play._note()
        return play

    @property
    def execution(self) -> Execution:
        return self.stage.execution

    @property
    def seen(self) -> set[str]:
        """Element ids that were entered or left."""
        return {one.element_id for one in self.stage.steps}

    @property
    def called(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Service tasks that were answered, with their parameters."""
        return [(one.element_id, one.parameters) for one in self.stage.called]

    def run(self) -> "Play":
        """All steps, one after the other."""
        for step in self.told["steps"]:
            self.take(step)
        return self

    def take(self, step: Mapping[str, Any]) -> None:
        """One step: complete a task, bring a message, or let time pass."""
        read_ = read_step(step)
        if read_.act is None:
            return
        self.stage.usual = (read_.answers, *self.stage.usual[-2:])
        take(self.stage, read_.act)
        self._note()

    def open(self) -> set[str]:
        """Element ids of the user tasks that can be completed."""
        return {one.element_id for one in self.execution.waiting().user_tasks}

    def task(self, element_id: str) -> WaitingUserTask:
        return next(one for one in self.execution.waiting().user_tasks if one.element_id == element_id)

    def _note(self) -> None:
        self.incidents += self.stage.opened
        self.stage.opened = []
