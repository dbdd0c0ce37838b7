"""How much may one evaluation use, and what went wrong while it ran?

Sizes are checked before memory is taken: a step counter alone does not interrupt one long built-in call.
Steps are charged where work repeats (iterations, calls, list arguments), with the size of the repeated part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.feel.errors import FeelBudgetExceeded

MAX_SOURCE = 10_000  # characters of one expression
MAX_NODES = 2_000  # syntax nodes of one expression
MAX_DEPTH = 50  # nesting of one expression
MAX_STEPS = 100_000  # per evaluation, about 0.1 s
MAX_TEXT = 100_000  # characters of one string
MAX_LIST = 10_000  # items of one list, or of a range when iterated
MAX_CALLS = 32  # nested calls of FEEL functions
MAX_PATTERN = 500  # characters of a regular expression
MAX_PROBLEMS = 20  # further problems of one evaluation are dropped
CHARACTERS_PER_STEP = 64


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of an expression is null.

    kind:     "missing-name", "missing-field", "type", "arithmetic", "argument", "function" or "regex".
    message:  names types and fields, never data values.
    position: 0-based offset into the expression, None inside decision logic that has no text.
    """

    kind: str
    message: str
    position: int | None = None


class Run:
    """One evaluation: its clock, its remaining steps and the problems met so far."""

    __slots__ = ("calls", "now", "problems", "steps")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.steps = MAX_STEPS
        self.calls = 0
        self.problems: list[Problem] = []

    def charge(self, steps: int) -> None:
        """Use up steps. Raises FeelBudgetExceeded when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelBudgetExceeded("steps", MAX_STEPS)

    def charge_text(self, length: int) -> None:
        """Account for a string about to be built."""
        check_text(length)
        self.charge(length // CHARACTERS_PER_STEP)

    def problem(self, kind: str, message: str, position: int | None = None) -> bool | None:
        """Note why something is null. Always None, typed so that it can be returned as a value or as an answer."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(kind, message, position))
        return None


class Scope:
    """Names visible to a piece of an expression: innermost first, the caller's context last."""

    __slots__ = ("names", "parent", "run")

    def __init__(self, run: Run, names: Mapping[str, Any], parent: "Scope | None" = None) -> None:
        self.run = run
        self.names = names
        self.parent = parent


def check_text(length: int) -> None:
    """Raises FeelBudgetExceeded when a string of this length is not allowed."""
    if length > MAX_TEXT:
        raise FeelBudgetExceeded("text", MAX_TEXT)


def check_list(length: int) -> None:
    """Raises FeelBudgetExceeded when a list of this length is not allowed."""
    if length > MAX_LIST:
        raise FeelBudgetExceeded("list", MAX_LIST)


def check_range(length: int) -> None:
    """Raises FeelBudgetExceeded when a range of this many steps may not be iterated."""
    if length > MAX_LIST:
        raise FeelBudgetExceeded("range", MAX_LIST)
