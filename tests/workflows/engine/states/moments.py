"""Interesting moments of instances: stored as they were, with a tape of what was done next and what came of it.

A moment is one `.bin` (the stored state) and one `.tape` (packed: see Tape). Tapes name elements, never task ids, which
are drawn anew when an instance goes on. `python -m tests.workflows.engine.states.capture v2` stores a new set; a set of
an older version is never changed, since no code of today could make it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from workflows.engine import CompiledProcess, Execution, compile_process
from workflows.engine.values import pack, unpack

STATES = Path(__file__).parent
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Tape:
    """files: model files of the set; seen: the picture when stored; verbs: what was done next; end: the last picture.

    answers: what the host decided meanwhile, in order.
    """

    files: list[str]
    process_id: str
    at: datetime
    seen: Any
    verbs: list[list[Any]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    end: Any = None

    def packed(self) -> bytes:
        """As bytes."""
        return pack([self.files, self.process_id, self.at, self.seen, self.verbs, self.answers, self.end])


class Replies:
    """A host that decides as the tape says."""

    zone: tzinfo = UTC

    def __init__(self, answers: list[Any]) -> None:
        self.answers = list(answers)

    def decide(self, decision_id: str, context: Mapping[str, Any], element_id: str) -> Any:
        return self.answers.pop(0)


def read(path: Path) -> tuple[CompiledProcess, bytes, Tape]:
    """A moment by the path of its state."""
    tape = Tape(*unpack(path.with_suffix(".tape").read_bytes()))
    models = path.parent / "models"
    process = compile_process({one: (models / one).read_bytes() for one in tape.files}, tape.process_id)
    return process, path.read_bytes(), tape


def picture(execution: Execution) -> Any:
    """What can be seen from outside, without ids. Plain values, so that it can be kept."""
    waiting = execution.waiting()
    return {
        "user_tasks": [[one.element_id, one.lane, dict(one.data)] for one in waiting.user_tasks],
        "timers": sorted([one.element_id, one.due_at.isoformat()] for one in waiting.timers),
        "messages": sorted([one.element_id, one.name, one.key or ""] for one in waiting.messages),
        "service_calls": [[one.element_id, one.operator, dict(one.parameters)] for one in waiting.service_calls],
        "status": execution.status,
        "variables": dict(sorted(execution.variables.items())),
        "decisions": dict(execution.decisions),
        "end_events": execution.end_events,
    }


def find(execution: Execution, kind: str, name: str, nth: int) -> Any:
    """The task id of the nth thing of that name that is waited for."""
    waiting = execution.waiting()
    if kind == "message":
        return [one.id for one in waiting.messages if one.name == name][nth]
    found = waiting.user_tasks if kind == "user" else waiting.service_calls
    return [one.id for one in found if one.element_id == name][nth]


def act(execution: Execution, verb: list[Any]) -> None:
    """Do one verb of a tape."""
    kind, *arguments = verb
    if kind == "time":
        execution.fire_timers(arguments[0].astimezone(UTC))
    elif kind == "user":
        name, nth, answers, outcome = arguments
        execution.complete_user_task(find(execution, kind, name, nth), answers, outcome)
    elif kind == "message":
        name, nth, payload = arguments
        execution.deliver_message(name, payload, find(execution, kind, name, nth))
    elif kind == "answer":
        name, nth, result = arguments
        execution.finish_service_call(find(execution, kind, name, nth), result)
    elif kind == "throw":
        name, nth, code, payload = arguments
        execution.throw_error(find(execution, kind, name, nth), code, payload)
    else:
        raise AssertionError(kind)
