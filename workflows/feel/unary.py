"""Cells of decision tables: does the input value match? `?` is the value under test."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property, lru_cache

from workflows.feel import nodes as n
from workflows.feel.analysis import readings
from workflows.feel.budget import MAX_CALLS, Run, Scope
from workflows.feel.code import TestCode
from workflows.feel.compile import compile_tests
from workflows.feel.compile_logic import tests_code
from workflows.feel.errors import FeelBudgetExceeded
from workflows.feel.parse import tests
from workflows.feel.spans import Spans
from workflows.feel.tokens import Cursor, advising
from workflows.feel.trace import Explanation, TracedRun, TracingBuilder
from workflows.feel.types import Types
from workflows.feel.values import Value


class UnaryTests:
    """A compiled cell. text: as given. tree: its syntax; no items in it means that anything matches. types: named
    types it was read with."""

    def __init__(self, text: str, tree: n.Tests, code: TestCode, types: Types) -> None:
        self.text = text
        self.tree = tree
        self.code = code
        self.types = types

    def matches(self, value: Value, context: Mapping[str, Value], *, now: datetime) -> bool | None:
        """True, False, or None when it cannot be told. Raises only FeelBudgetExceeded."""
        return self.matches_in(Scope(Run(now), context), value)

    def explain(self, value: Value, context: Mapping[str, Value], *, now: datetime) -> Explanation:
        """The answer and how each part of the cell contributed to it. Raises only FeelBudgetExceeded."""
        run = TracedRun(now, Spans(self.text))
        answer = self._run(tests_code(self.tree, TracingBuilder(self.types)), Scope(run, context), value)
        return run.explanation(answer)

    def matches_in(self, scope: Scope, value: Value) -> bool | None:
        """The same as part of a larger run; problems are collected in scope.run."""
        return self._run(self.code, scope, value)

    def _run(self, code: TestCode, scope: Scope, value: Value) -> bool | None:
        try:
            return code(scope, value)
        except RecursionError:
            raise FeelBudgetExceeded("calls", MAX_CALLS) from None

    @cached_property
    def names(self) -> frozenset[str]:
        """Names it may read besides `?`."""
        reading = readings(self.tree)
        return frozenset(path[0] for path in reading.paths | reading.item_paths)


@lru_cache(maxsize=4096)
def parse_unary_tests(text: str) -> UnaryTests:
    """Compile a cell. Raises FeelSyntaxError."""
    return parse_unary_tests_in(text, (), {})


def parse_unary_tests_in(text: str, names: Iterable[str], types: Types) -> UnaryTests:
    """Compile a cell where names with symbols, or named types, are declared. Raises FeelSyntaxError."""
    cursor = Cursor(text, names)
    with advising(text):
        tree = tests(cursor)
        cursor.finish()
    return UnaryTests(text, tree, compile_tests(tree, types), types)
