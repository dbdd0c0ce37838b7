"""The side of a driver: a process of its own that does measured work when it is told to, in lines of JSON.

Every system that is measured has a driver, ours and the peers alike, and all take the same commands, so nobody is
measured in another way. This file needs the standard library only, because peers run it in environments of their own.

| command (standard input) | answer (standard output) |
|---|---|
| `{"do": "open", "module": M, …}`: import M and call its `open` | `{"ok": true, "facts": {…}}` |
| `{"do": "load", "subject": S, "work": […]}`: give a subject its work | `{"ok": true}` |
| `{"do": "window", "subject": S, "begin": t, "end": t}`: warm up until begin, measure until end | samples |
| `{"do": "steps", "subject": S, "count": n}`: so many operations | samples |
| `{"do": "call", "name": N, "given": …}`: a tool of the driver, not measured | `{"ok": true, "found": …}` |

Times are seconds of CLOCK_MONOTONIC, which all processes of a machine share.
"""

import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol


class Subject(Protocol):
    """Something that can be done again and again."""

    def load(self, work: list[Any]) -> None:
        """Take work; each item serves one operation."""

    def step(self) -> float | None:
        """Do it once and say how many milliseconds it took; None when there is no work left."""


@dataclass(frozen=True)
class Driver:
    """What a driver's module offers. facts: versions and the like; tools: untimed helpers by name."""

    subjects: Mapping[str, Subject]
    tools: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Samples:
    """ends: seconds after `begin` at which an operation ended; times: how many milliseconds it took."""

    ends: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    ran_dry: bool = False
    warmed: int = 0
    cpu: float = 0.0

    def as_answer(self) -> dict[str, Any]:
        found = dict(vars(self))
        found["ends"] = [round(one, 5) for one in self.ends]
        found["times"] = [round(one, 4) for one in self.times]
        return {"ok": True, **found, "rss": resident()}


def resident() -> float:
    """Resident memory of this process now, MB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


def window(subject: Subject, begin: float, end: float) -> Samples:
    """Work without a pause from now until `end`; what ended before `begin` was for warming up and is not counted."""
    found, busy = Samples(), None
    while True:
        milliseconds = _attempt(subject, found)
        now = time.monotonic()
        if found.ran_dry:
            break
        if busy is None and now >= begin:
            busy = time.process_time()
        if now >= end:
            break
        if milliseconds is None:
            continue
        if now - milliseconds / 1000 < begin:
            found.warmed += 1
        else:
            found.ends.append(now - begin)
            found.times.append(milliseconds)
    found.cpu = time.process_time() - busy if busy is not None else 0.0
    return found


def steps(subject: Subject, count: int) -> Samples:
    """So many operations."""
    found, begin, busy = Samples(), time.monotonic(), time.process_time()
    for _ in range(count):
        milliseconds = _attempt(subject, found)
        if found.ran_dry:
            break
        if milliseconds is not None:
            found.ends.append(time.monotonic() - begin)
            found.times.append(milliseconds)
    found.cpu = time.process_time() - busy
    return found


def _attempt(subject: Subject, found: Samples) -> float | None:
    """One operation. One that fails is counted by its error and never as time."""
    try:
        milliseconds = subject.step()
    except Exception as error:  # A measurement goes on; the error is reported and the workload counts as failed.
        name = _told(error)
        if name not in found.errors:
            traceback.print_exc(file=sys.stderr)
        found.errors[name] = found.errors.get(name, 0) + 1
        return None
    found.ran_dry = milliseconds is None
    return milliseconds


def _told(error: Exception) -> str:
    """An error with the place it comes from; statements of the database are long."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())[:400]
    return f"{type(error).__name__}: {text} ({'/'.join(place.filename.split('/')[-2:])}:{place.lineno})"


def _answer(driver: Driver | None, command: dict[str, Any]) -> tuple[Driver | None, dict[str, Any]]:
    match command["do"]:
        case "open":
            driver = import_module(command["module"]).open_driver(command)
            assert driver is not None
            return driver, {"ok": True, "facts": dict(driver.facts), "subjects": sorted(driver.subjects)}
        case _ if driver is None:
            raise RuntimeError("The driver was not opened.")
        case "load":
            driver.subjects[command["subject"]].load(command["work"])
            return driver, {"ok": True}
        case "window":
            return driver, window(driver.subjects[command["subject"]], command["begin"], command["end"]).as_answer()
        case "steps":
            return driver, steps(driver.subjects[command["subject"]], command["count"]).as_answer()
        case "call":
            return driver, {"ok": True, "found": driver.tools[command["name"]](command.get("given"))}
    raise ValueError(f"There is no command {command['do']!r}.")


def main() -> None:
    """Answer each line of standard input with one of standard output, until it closes."""
    answers, sys.stdout = sys.stdout, sys.stderr  # What a library prints must not look like an answer.
    driver: Driver | None = None
    for line in sys.stdin:
        try:
            driver, answer = _answer(driver, json.loads(line))
        except Exception as error:  # The other side decides what a failure means.
            traceback.print_exc(file=sys.stderr)
            answer = {"ok": False, "error": _told(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
