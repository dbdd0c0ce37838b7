"""How did an expression come to its value? A second compilation of the same tree that notes every part's result.

The fast compilation stays free of it. Evaluating with a trace costs a few times more and is for people: the try-it
panel, the command line, a look at an incident.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from workflows.feel import nodes as n
from workflows.feel.budget import Problem, Run, Scope
from workflows.feel.code import Code
from workflows.feel.compile import Builder
from workflows.feel.spans import Spans
from workflows.feel.values import Function, Value

MAX_KEPT = 500
"""Parts noted in one evaluation. A filter over thousands of items shows its first ones."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of an expression that was evaluated.

    start, end: offsets into the source. text: the part as written. reads: is it a name or a path?
    problem:    why this part is null, when something was wrong with it rather than below it.
    parts:      what it was made from, in the order of evaluation.
    depth:      0 for the whole expression.
    """

    start: int
    end: int
    text: str
    value: Value
    reads: bool
    problem: Problem | None
    parts: tuple["Step", ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """value, problems: as in an Evaluation.

    parts: the outermost parts, each with those it was made from: one for an expression, one per test for a cell that
           speaks of more than constants, none for a plain constant.
    cut:   more parts were evaluated than are kept.
    """

    value: Value
    problems: tuple[Problem, ...]
    parts: tuple[Step, ...]
    cut: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every part, each before the parts it was made from."""
        return tuple(step for part in self.parts for step in _flattened(part, 0))

    @property
    def reads(self) -> dict[str, Value]:
        """The names and paths that were read, with the value each had first."""
        found: dict[str, Value] = {}
        for step in self.steps:
            if step.reads:
                found.setdefault(step.text, step.value)
        return found


def _flattened(step: Step, depth: int) -> Iterator[Step]:
    yield replace(step, depth=depth)
    for part in step.parts:
        yield from _flattened(part, depth + 1)


@dataclass(slots=True)
class _Open:
    """A part that is being evaluated. first: problems there were before it; seen: those its parts explain too."""

    first: int
    seen: int
    parts: list[Step] = field(default_factory=list)


class TracedRun(Run):
    """An evaluation that notes its parts."""

    __slots__ = ("kept", "opened", "spans")

    def __init__(self, now: datetime, spans: Spans) -> None:
        super().__init__(now)
        self.spans = spans
        self.kept = 0
        self.opened = [_Open(0, 0)]

    def run_part(self, node: n.Node, code: Code, scope: Scope) -> Value:
        """Evaluate a part and note it below the part it belongs to."""
        mine = _Open(len(self.problems), len(self.problems))
        self.opened.append(mine)
        try:
            value = code(scope)
        finally:
            self.opened.pop()
        if self.kept < MAX_KEPT:
            self._note(node, value, mine)
        self.opened[-1].seen = len(self.problems)
        self.kept += 1
        return value

    def _note(self, node: n.Node, value: Value, mine: _Open) -> None:
        if isinstance(value, Function):
            return
        start, end = self.spans.of(node)
        reads = n.is_path(node)
        parts = () if reads else tuple(mine.parts)
        unexplained = self.problems[mine.first if reads else mine.seen :]
        problem = unexplained[0] if unexplained else None
        step = Step(start, end, self.spans.text[start:end], value, reads, problem, parts)
        self.opened[-1].parts.append(step)

    def explanation(self, value: Value) -> Explanation:
        """What was noted, once all parts are closed."""
        parts = self.opened[0].parts
        return Explanation(value, tuple(self.problems), tuple(parts), self.kept > MAX_KEPT)


class TracingBuilder(Builder):
    """Compiles so that a TracedRun is told of every part."""

    tracing = True

    def __call__(self, node: n.Node) -> Code:
        code = super().__call__(node)
        return _traced(node, code) if _is_telling(node) else code


def _is_telling(node: n.Node) -> bool:
    """Constants and function literals tell nothing new."""
    if isinstance(node, n.FunctionNode):
        return False
    return isinstance(node, n.Name) or any(_is_telling(child) for child in n.children(node))


def _traced(node: n.Node, code: Code) -> Code:
    def read(scope: Scope) -> Value:
        run = scope.run
        return run.run_part(node, code, scope) if isinstance(run, TracedRun) else code(scope)

    return read
