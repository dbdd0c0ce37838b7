"""Reading steps, expectations and answers of service tasks from a scenario file."""

from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine import parse_duration
from workflows.feel import FeelError, parse
from workflows.scenarios.book import (
    Act,
    Answers,
    Complete,
    Deliver,
    Expectation,
    ExpectedIncident,
    Move,
    Reply,
    Retry,
    Status,
    Step,
)
from workflows.scenarios.places import Place

_STATUS: Mapping[str, Status] = {"running": "running", "completed": "completed", "stopped": "stopped"}
_VERBS: Mapping[str, tuple[str, ...]] = {
    "complete": ("answers", "outcome", "where", "refused"),
    "message": ("payload", "unheard"),
    "signal": ("payload", "unheard"),
    "pass": (),
    "until": (),
    "answer": ("result", "error", "failure", "payload"),
    "retry": (),
}
"""What a step may do, and the further keys that belong to it."""
ANSWERS = ("services", "errors", "failures")
_EXPECT = (
    "open", "timers", "calls", "variables", "decisions", "rows", "status", "end", "path", "exact_path", "sent",
    "incidents",
)  # fmt: skip


def step(place: Place) -> Step:
    if not isinstance(place.value, dict):
        raise place.refuse("A step is an object.")
    verbs = [one for one in _VERBS if one in place.value]
    if len(verbs) > 1:
        raise place.refuse(f"A step does one thing, not {' and '.join(verbs)}.")
    if not verbs and "expect" not in place.value:
        raise place.refuse(f'A step needs one of {", ".join(_VERBS)}, or "expect".')
    known = (*verbs, *(_VERBS[verbs[0]] if verbs else ()), *ANSWERS, "expect")
    entries = place.object(known)
    act = _ACTS[verbs[0]](entries, place) if verbs else None
    return Step(act, answers(entries), expectation(entries.get("expect")))


def _complete(entries: Mapping[str, Place], place: Place) -> Act:
    return Complete(
        entries["complete"].id(),
        values(entries, "answers"),
        _optional(entries, "outcome"),
        _feel(entries["where"]) if "where" in entries else None,
        _optional(entries, "refused"),
    )


def _message(entries: Mapping[str, Place], place: Place) -> Act:
    unheard = entries["unheard"].flag() if "unheard" in entries else False
    return Deliver("message", entries["message"].id(), values(entries, "payload"), unheard)


def _signal(entries: Mapping[str, Place], place: Place) -> Act:
    unheard = entries["unheard"].flag() if "unheard" in entries else False
    return Deliver("signal", entries["signal"].id(), values(entries, "payload"), unheard)


def _pass(entries: Mapping[str, Place], place: Place) -> Act:
    text = entries["pass"].id()
    if parse_duration(text) is None:
        raise entries["pass"].refuse("A duration is expected, such as P3D, PT4H or 2 business days.")
    return Move(by=text)


def _until(entries: Mapping[str, Place], place: Place) -> Act:
    return Move(to=entries["until"].text())


def _reply(entries: Mapping[str, Place], place: Place) -> Act:
    ways = [one for one in ("result", "error", "failure") if one in entries]
    if len(ways) != 1:
        raise place.refuse('An answer has one of "result", "error" and "failure".')
    if "payload" in entries and ways != ["error"]:
        raise place.refuse('"payload" belongs to an "error".')
    return Reply(
        entries["answer"].id(),
        entries["result"].value if "result" in entries else None,
        _optional(entries, "error"),
        _optional(entries, "failure"),
        values(entries, "payload"),
    )


def _retry(entries: Mapping[str, Place], place: Place) -> Act:
    return Retry(entries["retry"].id())


_ACTS: Mapping[str, Callable[[Mapping[str, Place], Place], Act]] = {
    "complete": _complete,
    "message": _message,
    "signal": _signal,
    "pass": _pass,
    "until": _until,
    "answer": _reply,
    "retry": _retry,
}


def expectation(place: Place | None) -> Expectation:
    if place is None:
        return Expectation()
    entries = place.object(_EXPECT)
    if not entries:
        raise place.refuse("Nothing is expected here. Name what should hold, or leave it out.")
    many = {key: entries[key].ids() for key in ("open", "calls", "end", "path", "exact_path", "sent") if key in entries}
    return Expectation(
        **many,
        timers=values(entries, "timers"),
        variables=values(entries, "variables"),
        decisions=entries["decisions"].each(_outcome) if "decisions" in entries else {},
        rows=entries["rows"].each(Place.ids) if "rows" in entries else {},
        status=_status(entries["status"]) if "status" in entries else None,
        incidents=_incidents(entries["incidents"]) if "incidents" in entries else None,
    )


def _outcome(place: Place) -> str | None:
    return None if place.value is None else place.id()


def _status(place: Place) -> Status:
    found = _STATUS.get(place.text())
    if found is None:
        raise place.refuse(f"The status is one of {', '.join(_STATUS)}.")
    return found


def _incidents(place: Place) -> tuple[ExpectedIncident, ...]:
    return tuple(_incident(one) for one in place.list(100))


def _incident(place: Place) -> ExpectedIncident:
    if isinstance(place.value, str):
        return ExpectedIncident(place.id())
    entries = place.object(("kind", "element"), ("kind",))
    return ExpectedIncident(entries["kind"].id(), _optional(entries, "element"))


def answers(entries: Mapping[str, Place]) -> Answers:
    return Answers(
        values(entries, "services"),
        entries["errors"].each(Place.id) if "errors" in entries else {},
        entries["failures"].each(Place.text) if "failures" in entries else {},
    )


def values(entries: Mapping[str, Place], key: str) -> Mapping[str, Any]:
    return entries[key].values() if key in entries else {}


def _optional(entries: Mapping[str, Place], key: str) -> str | None:
    return entries[key].id() if key in entries else None


def _feel(place: Place) -> str:
    try:
        parse(place.text())
    except FeelError as error:
        raise place.refuse(f"This is no FEEL that can be read: {error}") from None
    return place.text()
