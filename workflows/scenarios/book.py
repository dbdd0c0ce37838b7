"""Scenarios as they stand beside a model: named runs with what is answered, what comes in, and what is expected.

A text that begins with "=" is FEEL and is evaluated when it is needed; every other value is taken as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Literal

Told = Any
"""A JSON value of the file (numbers are Decimal), not evaluated yet."""
Status = Literal["running", "completed", "stopped"]


@dataclass(frozen=True, slots=True)
class Answers:
    """How service tasks are answered. The keys are element ids or operator keys; the element goes before.

    results:  what the operator returns; FEEL in it reads the parameters of the call, then the process data.
    errors:   the BPMN error code it answers with.
    failures: the sentence of a technical failure, which stops the step with an incident.
    """

    results: Mapping[str, Told] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExpectedIncident:
    """An incident by its kind, and by its element when one is named."""

    kind: str
    element_id: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should hold after a step, or at the end. None: nothing is said about it.

    open:       element ids of the user tasks that can be completed, in any order; open twice stands twice.
    timers:     element id to due time (FEEL date or date and time); timers that are not named may wait as well.
    calls:      element ids of the service tasks that wait for an answer, in any order.
    variables:  dotted name to value; of a context, only the entries named are compared.
    decisions:  decision type to outcome; None: not taken.
    rows:       decision id to the rows that the table matched when it was last asked.
    end:        the end events of the process, in order.
    path:       elements that were completed in this order; others may stand between. exact_path: all of them.
    sent:       names of the messages and signals that were thrown since the last step, in order.
    incidents:  those opened since the last step. None means none at all: an incident nobody expects is a difference.
    """

    open: tuple[str, ...] | None = None
    timers: Mapping[str, Told] = field(default_factory=dict)
    calls: tuple[str, ...] | None = None
    variables: Mapping[str, Told] = field(default_factory=dict)
    decisions: Mapping[str, str | None] = field(default_factory=dict)
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    status: Status | None = None
    end: tuple[str, ...] | None = None
    path: tuple[str, ...] | None = None
    exact_path: tuple[str, ...] | None = None
    sent: tuple[str, ...] | None = None
    incidents: tuple[ExpectedIncident, ...] | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """A person completes a user task. where: FEEL over what the task sees, to tell tasks of one element apart.

    answers: laid over the book's answers of that task. refused: the error code with which the answers are turned back.
    """

    element_id: str
    answers: Mapping[str, Told] = field(default_factory=dict)
    outcome: str | None = None
    where: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message or signal comes in. unheard: nothing may wait for it."""

    kind: Literal["message", "signal"]
    name: str
    payload: Mapping[str, Told] = field(default_factory=dict)
    unheard: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The clock moves on: by a duration, or to an instant. Everything due on the way happens at its own time."""

    by: str | None = None
    to: Told = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A service task that waits is answered from outside: exactly one of the three. payload: of the BPMN error."""

    element_id: str
    result: Told = None
    error: str | None = None
    failure: str | None = None
    payload: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """An operator tries a stopped element again."""

    element_id: str


Act = Complete | Deliver | Move | Reply | Retry


@dataclass(frozen=True, slots=True)
class Step:
    """One step. act: None for a step that only looks. answers: of service tasks, for this step only."""

    act: Act | None
    answers: Answers = Answers()
    expect: Expectation = Expectation()

    @property
    def words(self) -> str:
        """The step as a person would say it."""
        return "look" if self.act is None else _WORDS[type(self.act)](self.act)


_WORDS: Mapping[type, Any] = {
    Complete: lambda act: f"complete {act.element_id}",
    Deliver: lambda act: f"{act.kind} {act.name}",
    Move: lambda act: f"pass {act.by}" if act.by else f"until {act.to}",
    Reply: lambda act: f"answer {act.element_id}",
    Retry: lambda act: f"retry {act.element_id}",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named run. end: the last end event that is reached; None when the run stops before the end."""

    name: str
    steps: tuple[Step, ...]
    start: Mapping[str, Told] = field(default_factory=dict)
    answers: Answers = Answers()
    end: str | None = None
    expect: Expectation = Expectation()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """The scenarios of one process and what they have in common.

    now, zone:   when every scenario begins, and where its days begin and end. holidays: no business days there.
    start:       variables of the start; what a scenario says itself is laid over it, entry by entry of a context.
    correlation: entries of every message, unless its payload says otherwise.
    services, answers: usual answers of service tasks, and of user tasks by element id.
    uncovered:   ids of elements, flows and table rows that no scenario reaches, each with the reason.
    """

    process_id: str
    now: datetime
    zone: tzinfo
    scenarios: tuple[Scenario, ...]
    holidays: frozenset[date] = frozenset()
    start: Mapping[str, Told] = field(default_factory=dict)
    correlation: Mapping[str, Told] = field(default_factory=dict)
    services: Answers = Answers()
    answers: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
    uncovered: Mapping[str, str] = field(default_factory=dict)
    about: str = ""

    def named(self, name: str) -> Scenario | None:
        """The scenario with that name."""
        return next((one for one in self.scenarios if one.name == name), None)
