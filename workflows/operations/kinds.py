"""What an operator may do to one instance, and reading it from a form, a request or a command line.

Values are FEEL literals: what is typed is a value, never evaluated against anything. Nothing here says whether an
operation is allowed; see `rules`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from store import ids
from store.errors import Invalid
from workflows.feel import FeelError, Value, parse

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class OperationInvalid(Invalid):
    """The operation cannot be read: a field is missing, or is no FEEL value."""

    code = "operation.invalid"
    message = "This operation cannot be read. Correct the fields named below and send again."


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do. kind: its name in addresses, forms and audit entries."""

    kind: ClassVar[str] = ""

    @property
    def task_id(self) -> UUID | None:
        """The engine's task it works on, if any."""
        return getattr(self, "step", None)

    @property
    def canonical(self) -> dict[str, Any]:
        """All of it as plain text, for its fingerprint. Holds values: not for logs."""
        return {"kind": self.kind, **{name: _plain(value) for name, value in asdict(self).items()}}

    @property
    def facts(self) -> dict[str, Any]:
        """What may stand in clear: ids and names, no values."""
        hidden = {"changes", "result"}
        found = {name: _plain(value) for name, value in asdict(self).items() if name not in hidden}
        changes = getattr(self, "changes", None)
        return found | ({"variables": sorted(changes)} if changes is not None else {})


@dataclass(frozen=True, slots=True)
class Suspend(Operation):
    """Hold the instance: nothing is completed, timers stay due, messages are kept."""

    kind: ClassVar[str] = "suspend"


@dataclass(frozen=True, slots=True)
class Resume(Operation):
    """Let a suspended instance go on: what became due fires now, in its order."""

    kind: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True)
class Cancel(Operation):
    """End the instance without an end event."""

    kind: ClassVar[str] = "cancel"


@dataclass(frozen=True, slots=True)
class SetVariables(Operation):
    """Change process data. changes: name to FEEL literal; removed: names to take away."""

    kind: ClassVar[str] = "set"
    changes: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Value]:
        """The values that were written."""
        return {name: literal(text, f"changes.{name}") for name, text in self.changes.items()}


@dataclass(frozen=True, slots=True)
class Retry(Operation):
    """Try a stopped step again with the data it has now."""

    kind: ClassVar[str] = "retry"
    step: UUID


@dataclass(frozen=True, slots=True)
class Answer(Operation):
    """Give the result of a service task by hand. result: FEEL literal, held against the operator's schema."""

    kind: ClassVar[str] = "answer"
    step: UUID
    result: str

    @property
    def value(self) -> Value:
        """The result that was written."""
        return literal(self.result, "result")


@dataclass(frozen=True, slots=True)
class Skip(Operation):
    """Go on behind a stopped step as if it had given nothing."""

    kind: ClassVar[str] = "skip"
    step: UUID


@dataclass(frozen=True, slots=True)
class Throw(Operation):
    """Let a service task end in a BPMN error instead of an answer."""

    kind: ClassVar[str] = "throw"
    step: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Move(Operation):
    """Take a token away from its step and put it before another element."""

    kind: ClassVar[str] = "move"
    step: UUID
    element: str


@dataclass(frozen=True, slots=True)
class Rewind(Operation):
    """Go back to a step that was passed: everything that came of it is dropped."""

    kind: ClassVar[str] = "rewind"
    step: UUID


@dataclass(frozen=True, slots=True)
class Migrate(Operation):
    """Go on in another published version. mapping: element of this version to the element that stands for it there."""

    kind: ClassVar[str] = "migrate"
    version: int
    mapping: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[str, type[Operation]] = {
    one.kind: one for one in (Suspend, Resume, Cancel, SetVariables, Retry, Answer, Skip, Throw, Move, Rewind, Migrate)
}


def read(kind: str, given: Mapping[str, Any]) -> Operation:
    """An operation of that kind from plain data; names it does not know are ignored. Raises OperationInvalid."""
    wanted = KINDS.get(kind)
    if wanted is None:
        raise OperationInvalid(fields={"kind": [f"Choose one of: {', '.join(KINDS)}."]})
    problems: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for one in fields(wanted):
        try:
            values[one.name] = _READERS[one.name](given.get(one.name))
        except ValueError as error:
            problems[one.name] = [str(error)]
    if problems:
        raise OperationInvalid(fields=problems)
    made = wanted(**values)
    _require_literals(made)
    return made


def literal(text: str, name: str) -> Value:
    """The value of a FEEL text that reads nothing. Raises OperationInvalid."""
    try:
        found = parse(text).evaluate({}, now=_ANY_TIME)
    except FeelError as error:
        raise OperationInvalid(fields={name: [f'{error} Write a FEEL value, e.g. "text" or 12.']}) from None
    if found.problems:
        raise OperationInvalid(fields={name: [f'{found.problems[0].message} Write a FEEL value, e.g. "text".']})
    return found.value


def _require_literals(made: Operation) -> None:
    if isinstance(made, SetVariables):
        if not made.changes and not made.removed:
            raise OperationInvalid(fields={"changes": ["Name a variable and its new value."]})
        _ = made.values
    if isinstance(made, Answer):
        _ = made.value


def _step(value: Any) -> UUID:
    found = value if isinstance(value, UUID) else ids.parse(str(value or ""))
    if found is None:
        raise ValueError("Name the step by the id that the instance shows.")
    return found


def _text(value: Any) -> str:
    if not str(value or "").strip():
        raise ValueError("This is needed.")
    return str(value).strip()


def _number(value: Any) -> int:
    if not str(value or "").strip().isdecimal():
        raise ValueError("Give the number of a published version.")
    return int(value)


def _names(value: Any) -> tuple[str, ...]:
    found = value.split(",") if isinstance(value, str) else value or ()
    return tuple(sorted({str(one).strip() for one in found} - {""}))


def _pairs(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping | None):
        raise ValueError("Give names and texts.")
    return {str(name).strip(): str(text).strip() for name, text in (value or {}).items() if str(name).strip()}


_READERS = {
    "step": _step,
    "result": _text,
    "code": _text,
    "element": _text,
    "version": _number,
    "changes": _pairs,
    "mapping": _pairs,
    "removed": _names,
}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int) else str(value)
