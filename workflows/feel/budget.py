"""How much may one evaluation use, and what went wrong while it ran?

Sizes are checked before memory is taken: a step counter alone does not interrupt one long built-in call.
Steps are charged where work repeats (iterations, calls, list arguments), with the size of the repeated part, so that
one step is about a quarter of a microsecond. Steps are the limit that is met: the same expression over the same data
always ends at the same place. The time behind them ends what the prices did not foresee.

All limits are for one evaluation, or one decision request with everything it requires. A job over more data than
that evaluates once per row or per page of rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import thread_time
from typing import Any

from workflows.feel.errors import FeelBudgetExceeded

MAX_SOURCE = 10_000  # characters of one expression
MAX_NODES = 2_000  # syntax nodes of one expression
MAX_DEPTH = 50  # nesting of one expression
MAX_STEPS = 100_000  # per evaluation, about 25 ms
MAX_MILLISECONDS = 35  # of processor time of the evaluating thread: waiting for a busy machine does not count
MAX_TEXT = 100_000  # characters of one string
MAX_LIST = 10_000  # items of one list, or of a range when iterated
MAX_CALLS = 32  # nested calls of FEEL functions
MAX_PATTERN = 500  # characters of a regular expression
MAX_PROBLEMS = 20  # further problems of one evaluation are dropped
CHARACTERS_PER_STEP = 64
STEPS_OF_FAILURE = 8
STEPS_BETWEEN_LOOKS = 500  # at the clock, which costs as much as a step


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
    """One evaluation: its clock, its remaining steps and the problems met so far.

    failures: how many problems there were, those included that were not kept.
    patterns: the regular expressions it has used; the first use of each is charged for.
    """

    __slots__ = ("_deadline", "_next_look", "calls", "failures", "now", "patterns", "problems", "steps")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.steps = MAX_STEPS
        self.calls = 0
        self.problems: list[Problem] = []
        self.failures = 0
        self.patterns: set[tuple[str, str]] | None = None
        self._next_look = MAX_STEPS - STEPS_BETWEEN_LOOKS
        self._deadline = 0.0

    def charge(self, steps: int) -> None:
        """Use up steps. Raises FeelBudgetExceeded when none are left, or no time."""
        self.steps -= steps
        if self.steps < self._next_look:
            self._look()

    def _look(self) -> None:
        """Most evaluations are over before the first look, which starts the clock."""
        if self.steps < 0:
            raise FeelBudgetExceeded("steps", MAX_STEPS)
        used = thread_time()
        if not self._deadline:
            self._deadline = used + MAX_MILLISECONDS / 1000
        elif used > self._deadline:
            raise FeelBudgetExceeded("time", MAX_MILLISECONDS)
        self._next_look = max(0, self.steps - STEPS_BETWEEN_LOOKS)

    def charge_text(self, length: int) -> None:
        """Account for a string about to be built."""
        check_text(length)
        self.charge(length // CHARACTERS_PER_STEP)

    def problem(self, kind: str, message: str, position: int | None = None) -> bool | None:
        """Note why something is null. Always None, typed so that it can be returned as a value or as an answer.

        Raises FeelBudgetExceeded: coming to a failure costs more than coming to a value.
        """
        self.charge(STEPS_OF_FAILURE)
        self.failures += 1
        if self.failures <= MAX_PROBLEMS:
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
