"""A scenario from what happened: the history of an instance, told again without anything of its patient.

The engine's part of the history (elements entered and left, data changed, in order of time) falls into verbs: what one
person, one message or the clock did at one moment. Each becomes a step. What no step can tell (an operator moved a
token, a variable was corrected by hand) is said in the notes, and whether the result plays is shown by playing it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from workflows import history, service_tasks
from workflows.engine import Element
from workflows.feel import Value
from workflows.scenarios.masking import Mask, shift, shortest, vocabulary
from workflows.scenarios.material import Material
from workflows.scenarios.reading import read_books
from workflows.scenarios.running import Result, run
from workflows.scenarios.writing import duration, written_by, written_out

BASE = date(2026, 1, 5)
"""The week in which every recorded scenario begins."""
PAGE = 1_000
MAX_EVENTS = 20_000
_STEPS = ("entered", "completed", "cancelled")
_TOUCHED = (*_STEPS, history.STARTED, history.ENDED, history.DATA)


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an instance's history."""

    what: str
    element_id: str | None
    task_id: UUID | None
    by: str | None
    at: datetime
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """text: a scenario file with one book. notes: what could not be told. result: what came of playing it."""

    text: str
    notes: tuple[str, ...]
    result: Result


def history_of(session: Session, instance_id: UUID) -> list[Happened]:
    """An instance's whole history. Raises SealBroken or KeyDestroyed for data that can no longer be read."""
    found: list[Happened] = []
    after: UUID | None = None
    while len(found) < MAX_EVENTS:
        page = history.of_instance(session, instance_id, limit=PAGE, after=after)
        for one in page:
            values = history.changes_of(one).values
            found.append(Happened(one.what, one.element_id, one.engine_task_id, one.by, one.at, values))
        if len(page) < PAGE:
            break
        after = page[-1].id
    return found


def record(
    material: Material,
    events: Sequence[Happened],
    *,
    name: str,
    zone: tzinfo = UTC,
    outcomes: Mapping[UUID, str] | None = None,
) -> Recorded:
    """Write a scenario from a history and play it. outcomes: of clinical tasks, by the engine's task id.

    Raises ValueError when the history does not begin with the start.
    """
    verbs = list(_verbs(events))
    if not verbs or not verbs[0].has(history.STARTED):
        raise ValueError("The history does not begin with the start of the instance.")
    start = verbs[0].at
    mask = Mask(vocabulary(material), shift=shift(start.date(), BASE), shortest=shortest(material))
    teller = _Teller(material, mask, outcomes or {})
    scenario = teller.scenario(name, verbs)
    book: dict[str, Any] = {
        "process": material.process.process_id,
        "now": (start + mask.shift).replace(microsecond=0).isoformat(),
    }
    key = getattr(zone, "key", None)
    if key:
        book["zone"] = key
    text = written_out({**book, "scenarios": [scenario]})
    read = read_books(text.encode())[0]
    return Recorded(text, tuple(teller.notes), run(material, read, read.scenarios[0]))


@dataclass(frozen=True, slots=True)
class Verb:
    """What somebody did at one moment, with everything that followed at once."""

    at: datetime
    by: str | None
    lines: list[Happened]

    def has(self, what: str) -> bool:
        """Whether a line says so."""
        return any(one.what == what for one in self.lines)

    def completed(self) -> Iterator[Happened]:
        """The elements that were completed, in order."""
        return (one for one in self.lines if one.what == "completed" and one.element_id)

    def changes(self) -> dict[str, Value]:
        """Variables after the verb, as far as it changed them."""
        return {name: value for one in self.lines for name, value in one.values.items()}


def _verbs(events: Iterable[Happened]) -> Iterator[Verb]:
    """A verb ends where the time or the person changes, and after its data, which are written last."""
    for (at, by), lines in groupby(events, key=lambda one: (one.at, one.by)):
        found: list[Happened] = []
        for line in lines:
            if found and found[-1].what == history.DATA and line.what != history.ENDED:
                yield Verb(at, by, found)
                found = []
            found.append(line)
        yield Verb(at, by, found)


class _Teller:
    """Tells verbs as steps. data: variables as of now; open: the user tasks that are open, by engine task."""

    def __init__(self, material: Material, mask: Mask, outcomes: Mapping[UUID, str]) -> None:
        self.material, self.mask, self.outcomes = material, mask, outcomes
        self.elements = material.process.elements
        self.data: dict[str, Value] = {}
        self.open: dict[UUID | None, str] = {}
        self.notes: list[str] = []

    def scenario(self, name: str, verbs: Sequence[Verb]) -> dict[str, Any]:
        """The whole run."""
        first, *rest = verbs
        self._follow(first)
        own = {one for element in self.elements.values() for one in written_by(element)}
        start = {key: self.mask.told(value) for key, value in self.data.items() if key not in own}
        told: dict[str, Any] = {"name": name, "start": start, **self._answers(first)}
        steps: list[dict[str, Any]] = [{"expect": {"open": sorted(self.open.values())}}]
        before = first.at
        for verb in rest:
            steps += self._steps(verb, verb.at - before)
            before = verb.at
        ends = [one.element_id for one in verbs[-1].completed() if self._kind(one) == "endEvent"]
        ended = verbs[-1].has(history.ENDED) and ends
        return {**told, "steps": steps, **({"end": ends[-1]} if ended else {})}

    def _follow(self, verb: Verb) -> None:
        self.data |= verb.changes()
        for one in verb.lines:
            if self._kind(one) not in ("userTask", "manualTask"):
                continue
            if one.what == "entered":
                self.open[one.task_id] = one.element_id or ""
            else:
                self.open.pop(one.task_id, None)

    def _kind(self, line: Happened) -> str:
        element = self.elements.get(line.element_id or "")
        return element.kind if element is not None else ""

    def _steps(self, verb: Verb, waited: timedelta) -> list[dict[str, Any]]:
        """The time that passed, then what was done."""
        self._follow(verb)
        strange = sorted({one.what for one in verb.lines} - set(_TOUCHED))
        if strange:
            self.notes.append(f"At {verb.at:%Y-%m-%d %H:%M} somebody did what no step tells: {', '.join(strange)}.")
        act = self._act(verb)
        passed = duration(waited)
        steps: list[dict[str, Any]] = [{"pass": passed}] if passed else []
        if act is not None:
            steps.append(act)
        if not steps:
            return []
        answers = self._answers(verb)
        steps[-1] = {**steps[-1], **answers, "expect": {"open": sorted(self.open.values())}}
        return steps

    def _act(self, verb: Verb) -> dict[str, Any] | None:
        """What set the verb in motion; None when it was the clock alone."""
        for line in verb.completed():
            element = self.elements[line.element_id or ""]
            if element.kind == "eventBasedGateway":
                continue
            return self._told(element, line, verb)
        return None

    def _told(self, element: Element, line: Happened, verb: Verb) -> dict[str, Any] | None:
        if element.kind in ("userTask", "manualTask"):
            return self._completion(element, line)
        if element.kind == "serviceTask":
            return self._reply(element, verb)
        trigger = next((one for one in element.triggers), None)
        kind = trigger.kind if trigger is not None else ""
        if trigger is not None and kind in ("message", "signal"):
            variable = trigger.variable or element.extensions.get("messageVariable") or ""
            payload = self.data.get(variable)
            told = self.mask.told(payload) if isinstance(payload, dict) else {}
            return {kind: trigger.name or "", **({"payload": told} if told else {})}
        if kind == "error" and element.attached_to:
            return {"answer": element.attached_to, "error": trigger.code or "" if trigger else ""}
        if kind != "timer":
            self.notes.append(f"At {verb.at:%Y-%m-%d %H:%M} {element.id} went on, and no step tells why.")
        return None

    def _completion(self, element: Element, line: Happened) -> dict[str, Any]:
        variable = element.properties.get("variable") or element.id
        answers = self.data.get(variable)
        if not isinstance(answers, dict):
            self.notes.append(f"The answers of {element.id} are not in the history.")
            answers = {}
        told: dict[str, Any] = {"complete": element.id, "answers": self.mask.told(answers)}
        if "clinicalDecision" in element.properties:
            outcome = self.outcomes.get(line.task_id) if line.task_id else None
            if outcome is None:
                self.notes.append(f"The outcome of {element.id} is not known. Write it.")
            told["outcome"] = outcome or element.names("outcomes")[0]
        return told

    def _reply(self, element: Element, verb: Verb) -> dict[str, Any] | None:
        operator = element.operator
        if operator is None or _runs_at_once(element):
            self.notes.append(f"At {verb.at:%Y-%m-%d %H:%M} an operator made {element.id} go on.")
            return None
        return {"answer": element.id, "result": self.mask.told(self.data.get(operator.result_variable or "", {}))}

    def _answers(self, verb: Verb) -> dict[str, Any]:
        """How the service tasks that ran within a verb were answered."""
        results, errors = dict(self._results(verb.completed())), dict(self._errors(verb.completed()))
        found: dict[str, Any] = {"services": results} if results else {}
        return found | ({"errors": errors} if errors else {})

    def _results(self, lines: Iterable[Happened]) -> Iterator[tuple[str, Any]]:
        for line in lines:
            element = self.elements[line.element_id or ""]
            if element.operator is not None and _runs_at_once(element):
                yield element.id, self.mask.told(self.data.get(element.operator.result_variable or "", {}))

    def _errors(self, lines: Iterable[Happened]) -> Iterator[tuple[str, str]]:
        for line in lines:
            element = self.elements[line.element_id or ""]
            trigger = element.trigger("error") if element.kind == "boundaryEvent" else None
            host = self.elements.get(element.attached_to or "")
            if trigger is not None and trigger.code and host is not None and _runs_at_once(host):
                yield host.id, trigger.code


def _runs_at_once(element: Element) -> bool:
    """Whether a service task is answered within the verb that reaches it. An operator nobody knows counts as one."""
    known = service_tasks.find(element.operator.id) if element.operator is not None else None
    return element.operator is not None and (known is None or known.local)
