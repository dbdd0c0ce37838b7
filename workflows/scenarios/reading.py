"""Reading scenario files: JSON in, books out, with complaints that name the place.

The format is told in docs/administrators.md. A file holds one book or a list of books, each for one process.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from workflows.findings import Finding
from workflows.scenarios.book import Book, Expectation, Scenario, Step
from workflows.scenarios.places import NotReadable, Place
from workflows.scenarios.reading_steps import ANSWERS, answers, expectation, step, values

SUFFIX = "scenarios.json"
"""Ends the name of a scenario file, which is never a form."""
MAX_BYTES = 5_000_000
MAX_BOOKS = 50
MAX_SCENARIOS = 1_000
MAX_STEPS = 500
MAX_TOTAL = 20_000
"""Steps of a file: all of them are taken at every publication."""
MAX_HOLIDAYS = 1_000
_SCENARIO = ("name", "about", "start", *ANSWERS, "steps", "end", "expect")
_BOOK = ("process", "about", "now", "zone", "holidays", "given", "scenarios", "uncovered")
_GIVEN = ("start", "correlation", *ANSWERS, "answers")


class ScenariosRefused(Exception):
    """A scenario file cannot be read. findings: every complaint, rule "scenario-unreadable"."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.findings = tuple(Finding("scenario-unreadable", "error", None, one) for one in sentences)


def is_scenario_file(path: str) -> bool:
    """Whether a file holds scenarios, by its name."""
    return path.endswith(SUFFIX)


def read_books(data: bytes, name: str = SUFFIX) -> tuple[Book, ...]:
    """The books of a file. Raises ScenariosRefused with one complaint for each scenario that cannot be read."""
    whole = Place(name, _json(data, name))
    complaints: list[str] = []
    try:
        places = whole.list(MAX_BOOKS) if isinstance(whole.value, list) else [whole]
    except NotReadable as error:
        raise ScenariosRefused([str(error)]) from None
    books = [_attempt(one, _book(complaints), complaints) for one in places]
    total = sum(len(scenario.steps) for book in books if book is not None for scenario in book.scenarios)
    if total > MAX_TOTAL:
        complaints.append(f"{name}: {total:,} steps are more than the limit of {MAX_TOTAL:,}. Split the model.")
    if complaints:
        raise ScenariosRefused(complaints)
    return tuple(one for one in books if one is not None)


def read_scenario(told: Mapping[str, Any], name: str = "scenario") -> Scenario:
    """One scenario as it stands in a file. Raises ScenariosRefused."""
    complaints: list[str] = []
    found: Scenario | None = _attempt(Place(name, told), _scenario, complaints)
    if found is None:
        raise ScenariosRefused(complaints)
    return found


def read_step(told: Mapping[str, Any]) -> Step:
    """One step as it stands in a file. Raises ScenariosRefused."""
    try:
        return step(Place("step", told))
    except NotReadable as error:
        raise ScenariosRefused([str(error)]) from None


def _attempt(place: Place, read: Callable[[Place], Any], complaints: list[str]) -> Any:
    try:
        return read(place)
    except NotReadable as error:
        complaints.append(str(error))
        return None


def _json(data: bytes, name: str) -> Any:
    if len(data) > MAX_BYTES:
        raise ScenariosRefused([f"{name}: The file is larger than {MAX_BYTES:,} bytes. Split it."])
    try:
        return json.loads(data, parse_float=_decimal, parse_int=_decimal, parse_constant=_no, object_pairs_hook=_once)
    except (ValueError, InvalidOperation, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ScenariosRefused([f"{name}: The file is no JSON that can be used: {reason}."]) from None


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > 6000:
        raise ValueError(f"the number {text[:20]} is out of range")
    return value


def _no(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ValueError(f'"{twice[:40]}" stands twice in one object')
    return found


def _book(complaints: list[str]) -> Callable[[Place], Book]:
    def read(place: Place) -> Book:
        entries = place.object(_BOOK, ("process", "now", "scenarios"))
        process_id = entries["process"].id()
        given = entries.get("given", Place(f"{process_id}, given", {})).object(_GIVEN)
        scenarios = _scenarios(Place(process_id, entries["scenarios"].value), complaints)
        return Book(
            process_id,
            _moment(entries["now"]),
            _zone(entries.get("zone")),
            scenarios,
            holidays=frozenset(_days(entries["holidays"])) if "holidays" in entries else frozenset(),
            start=values(given, "start"),
            correlation=values(given, "correlation"),
            services=answers(given),
            answers=given["answers"].each(Place.values) if "answers" in given else {},
            uncovered=entries["uncovered"].each(Place.text) if "uncovered" in entries else {},
            about=entries["about"].text() if "about" in entries else "",
        )

    return read


def _scenarios(place: Place, complaints: list[str]) -> tuple[Scenario, ...]:
    found: dict[str, Scenario] = {}
    for number, one in enumerate(place.list(MAX_SCENARIOS), 1):
        name = one.value.get("name") if isinstance(one.value, dict) else None
        label = f'scenario "{name}"' if isinstance(name, str) else f"scenario {number}"
        read = _attempt(Place(f"{place.name}, {label}", one.value), _scenario, complaints)
        if read is not None and read.name in found:
            complaints.append(f"{place.name}, {label}: The name stands twice. Names tell scenarios apart.")
        if read is not None:
            found[read.name] = read
    return tuple(found.values())


def _scenario(place: Place) -> Scenario:
    entries = place.object(_SCENARIO, ("name", "steps"))
    steps = Place(f"{place.name}, step", entries["steps"].value).list(MAX_STEPS)
    found = Scenario(
        entries["name"].id(),
        tuple(step(one) for one in steps),
        start=values(entries, "start"),
        answers=answers(entries),
        end=entries["end"].id() if "end" in entries else None,
        expect=expectation(entries.get("expect")),
        about=entries["about"].text() if "about" in entries else "",
    )
    if found.end is None and not any(one != Expectation() for one in (found.expect, *(s.expect for s in found.steps))):
        raise place.refuse('Nothing is expected. Say which "end" it reaches, or what to "expect".')
    return found


def _moment(place: Place) -> datetime:
    try:
        found = datetime.fromisoformat(place.text())
    except ValueError:
        raise place.refuse("A date and time with its offset is expected, such as 2026-11-24T15:00:00+00:00.") from None
    if found.tzinfo is None:
        raise place.refuse("The offset is missing: 15:00 is another time in each zone. Write it, e.g. +00:00.")
    return found.astimezone(UTC)


def _days(place: Place) -> Iterator[date]:
    for one in place.list(MAX_HOLIDAYS):
        try:
            yield date.fromisoformat(one.text())
        except ValueError:
            raise one.refuse("A date is expected, such as 2026-11-26.") from None


def _zone(place: Place | None) -> tzinfo:
    if place is None:
        return UTC
    try:
        return ZoneInfo(place.id())
    except (ValueError, OSError, LookupError):
        raise place.refuse("This is no time zone. Write one such as America/New_York.") from None
