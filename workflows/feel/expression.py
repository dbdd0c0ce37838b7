"""The front door: text in, a compiled Expression out, an Evaluation per context."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from workflows.feel import nodes as n
from workflows.feel.analysis import Reading, readings
from workflows.feel.budget import MAX_CALLS, MAX_LIST, Problem, Run, Scope
from workflows.feel.code import Code
from workflows.feel.compile import compile_expression
from workflows.feel.errors import FeelBudgetExceeded
from workflows.feel.parse import expression
from workflows.feel.spans import Spans
from workflows.feel.tokens import Cursor, advising
from workflows.feel.trace import Explanation, TracedRun, TracingBuilder
from workflows.feel.types import Types
from workflows.feel.values import Value

MAX_RESULT = 100_000


@dataclass(frozen=True, slots=True)
class Evaluation:
    """problems: why parts of the expression were null; a value can be good in spite of them."""

    value: Value
    problems: tuple[Problem, ...]


class Expression:
    """A compiled expression. text: as given. tree: its syntax. code: its closure. types: those it was read with."""

    def __init__(self, text: str, tree: n.Node, code: Code, types: Types) -> None:
        self.text = text
        self.tree = tree
        self.code = code
        self.types = types

    def evaluate(self, context: Mapping[str, Value], *, now: datetime) -> Evaluation:
        """The value in this context. Wrong data gives null and problems; raises only FeelBudgetExceeded.

        now: the aware time that now() and today() answer with, in the zone the practice lives in.
        """
        run = Run(now)
        value = self.run_in(Scope(run, context))
        return Evaluation(value, tuple(run.problems))

    def explain(self, context: Mapping[str, Value], *, now: datetime) -> Explanation:
        """The value and how each part contributed to it. Slower than `evaluate`. Raises only FeelBudgetExceeded."""
        run = TracedRun(now, Spans(self.text))
        value = self._run(TracingBuilder(self.types)(self.tree), Scope(run, context))
        return run.explanation(value)

    def run_in(self, scope: Scope) -> Value:
        """The value in a scope that is part of a larger run. Raises FeelBudgetExceeded."""
        return self._run(self.code, scope)

    def _run(self, code: Code, scope: Scope) -> Value:
        try:
            value = code(scope)
        except RecursionError:
            raise FeelBudgetExceeded("calls", MAX_CALLS) from None
        if type(value) is list or type(value) is dict:
            _check_result(value)
        return value

    @cached_property
    def _reading(self) -> Reading:
        return readings(self.tree)

    @property
    def names(self) -> frozenset[str]:
        """Every name it may read from the context, filters included (their names may be fields of the items)."""
        return frozenset(path[0] for path in self._reading.paths | self._reading.item_paths)

    @property
    def paths(self) -> frozenset[tuple[str, ...]]:
        """The same with what is read below each name: ("claim", "amount")."""
        return self._reading.paths | self._reading.item_paths

    @property
    def item_names(self) -> frozenset[str]:
        """Names read only inside filters, where they may also be fields of the filtered items."""
        outside = {path[0] for path in self._reading.paths}
        return frozenset(path[0] for path in self._reading.item_paths) - outside


def _check_result(value: Value) -> None:
    """Raises FeelBudgetExceeded when a result is too large to keep: parts may be shared in memory, not when stored."""
    left = MAX_RESULT
    waiting: list[Value] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
        left -= len(item) // 16 + 1 if isinstance(item, str) else 1
        if left < 0 or len(waiting) > MAX_RESULT:
            raise FeelBudgetExceeded("list", MAX_LIST)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Compile an expression; a leading "=" is dropped. Raises FeelSyntaxError."""
    return parse_in(text, (), {})


def parse_in(text: str, names: Iterable[str], types: Types) -> Expression:
    """Compile where names with symbols or keywords, or named types, are declared. Raises FeelSyntaxError."""
    cursor = Cursor(text, names)
    cursor.take("=")
    with advising(text):
        tree = expression(cursor)
        cursor.finish()
    return Expression(text, tree, compile_expression(tree, types), types)
