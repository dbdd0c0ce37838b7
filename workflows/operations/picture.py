"""An instance at one moment, and what is different in another one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from workflows.engine import CompiledProcess, Execution, Token, WaitingTimer, same
from workflows.feel import Value
from workflows.model import Element


@dataclass(frozen=True)
class Picture:
    """What an instance is. calls, messages, tasks: id to element id. timers: by id."""

    process: CompiledProcess = field(repr=False)
    version: int
    status: str
    is_suspended: bool
    tokens: tuple[Token, ...]
    tasks: Mapping[UUID, str]
    calls: Mapping[UUID, str]
    messages: Mapping[UUID, str]
    timers: Mapping[UUID, WaitingTimer]
    variables: Mapping[str, Value] = field(repr=False)
    decisions: Mapping[str, str]

    def element(self, element_id: str) -> Element | None:
        """The element of that id in this version."""
        return self.process.elements.get(element_id)

    def token(self, task_id: UUID | None) -> Token | None:
        """The token of that id."""
        return next((one for one in self.tokens if one.id == task_id), None)


@dataclass(frozen=True)
class Change:
    """A variable that differs. None with has_… false: it is not there."""

    name: str
    before: Value
    after: Value
    had: bool
    has: bool


@dataclass(frozen=True)
class Difference:
    """What two pictures differ in. Each line: (what it is, element id)."""

    begun: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    timers_set: tuple[WaitingTimer, ...]
    timers_dropped: tuple[WaitingTimer, ...]
    variables: tuple[Change, ...]
    decisions_void: tuple[str, ...]


def take(execution: Execution, version: int, *, is_suspended: bool) -> Picture:
    """The picture of an execution."""
    waiting = execution.waiting()
    return Picture(
        process=execution.process,
        version=version,
        status=execution.status,
        is_suspended=is_suspended,
        tokens=execution.tokens(),
        tasks={one.id: one.element_id for one in waiting.user_tasks},
        calls={one.id: one.element_id for one in waiting.service_calls},
        messages={one.id: one.element_id for one in waiting.messages},
        timers={one.id: one for one in waiting.timers},
        variables=execution.variables,
        decisions=execution.decisions,
    )


def compare(before: Picture, after: Picture) -> Difference:
    """What an operation changes."""
    return Difference(
        begun=tuple(_lines(after, before)),
        gone=tuple(_lines(before, after)),
        timers_set=_timers(after, before),
        timers_dropped=_timers(before, after),
        variables=tuple(_changes(before.variables, after.variables)),
        decisions_void=tuple(sorted(set(before.decisions) - set(after.decisions))),
    )


def _lines(one: Picture, other: Picture) -> Sequence[tuple[str, str]]:
    known = {(token.id, token.element_id, token.state) for token in other.tokens}
    fresh = [token for token in one.tokens if (token.id, token.element_id, token.state) not in known]
    messages = [("message", element) for key, element in one.messages.items() if other.messages.get(key) != element]
    of_tokens = [(_what(one, token), token.element_id) for token in fresh]
    named = {element for _, element in of_tokens}
    return [*of_tokens, *(line for line in messages if line[1] not in named)]


def _what(picture: Picture, token: Token) -> str:
    if token.id in picture.calls:
        return "call"
    return {"open": "task", "stopped": "stopped"}.get(token.state, "step")


def _timers(one: Picture, other: Picture) -> tuple[WaitingTimer, ...]:
    fresh = [timer for key, timer in one.timers.items() if other.timers.get(key) != timer]
    return tuple(sorted(fresh, key=_due))


def _due(timer: WaitingTimer) -> datetime:
    return timer.due_at


def _changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> Sequence[Change]:
    names = sorted({*before, *after})
    return [
        Change(name, before.get(name), after.get(name), name in before, name in after)
        for name in names
        if (name in before) != (name in after) or not same(before.get(name), after.get(name))
    ]
