"""Tests that only compare with constants: what they accept, and the quick way to ask them.

Most cells of decision tables are of this kind. The quick way compares values of the constants' own type, and remembers
what is wrong with values of other simple types (a missing one above all). Everything else goes the general way.
Answers, problems and steps are the same on all three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workflows.feel import nodes as n
from workflows.feel.budget import Problem, Run, Scope
from workflows.feel.code import TestCode
from workflows.feel.errors import Trouble
from workflows.feel.temporal import read_literal
from workflows.feel.values import NUMBERS, Value

ORDERED = frozenset({Decimal, str, date, timedelta})
"""Types whose order and equality are those of Python. Moments and times are not: zones, milliseconds."""
EQUATED = ORDERED | {bool}
"""Types whose equality is that of Python."""
_SIMPLE = EQUATED | {type(None)}
Accepts = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Span:
    """What one test accepts of values of one type.

    kind:      type of the constants, NoneType for null.
    low, high: the ends, None for none; the same twice when `one` is set.
    one:       "=" for a single value, "!=" for all others, "" for an interval.
    """

    kind: type
    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    one: str = ""


def spans(tests: n.Tests) -> tuple[Span, ...] | None:
    """One span for each test; None when one of them is more than a comparison with constants."""
    found: list[Span] = []
    for item in tests.items:
        span = _span(item)
        if span is None:
            return None
        found.append(span)
    return tuple(found)


def _span(node: n.Node) -> Span | None:
    if isinstance(node, n.RangeNode):
        return _interval(node, constant(node.low), constant(node.high))
    if isinstance(node, n.UnaryComparison):
        return _compared(node.operator, constant(node.operand))
    return _compared("=", constant(node))


def constant(node: n.Node) -> tuple[Value] | None:
    """The value of a literal, wrapped; None when the node is not one."""
    if isinstance(node, n.Literal):
        return (node.value,)
    if isinstance(node, n.Negation) and isinstance(node.operand, n.Literal):
        value = node.operand.value
        return (NUMBERS.minus(value),) if isinstance(value, Decimal) else None
    if isinstance(node, n.AtLiteral):
        try:
            return (read_literal(node.text),)
        except Trouble:
            return None
    return None


def _compared(operator: str, found: tuple[Value] | None) -> Span | None:
    if found is None:
        return None
    value, kind = found[0], type(found[0])
    if operator in ("=", "!="):
        return Span(kind, value, value, one=operator) if kind in EQUATED or value is None else None
    if kind not in ORDERED:
        return None
    closed = operator in ("<=", ">=")
    if operator in ("<", "<="):
        return Span(kind, None, value, high_closed=closed)
    return Span(kind, value, None, low_closed=closed)


def _interval(node: n.RangeNode, low: tuple[Any] | None, high: tuple[Any] | None) -> Span | None:
    if low is None or high is None:
        return None
    kind = type(low[0])
    if kind not in ORDERED or kind is not type(high[0]) or low[0] > high[0]:
        return None
    return Span(kind, low[0], high[0], node.low_closed, node.high_closed)


def quick(tests: n.Tests, general: TestCode) -> TestCode:
    """The tests, answering at once where they can, in the general way elsewhere."""
    found, negated = spans(tests), tests.negated
    if not found:
        return general
    kinds = {span.kind for span in found}
    other = _mistaken(frozenset(kinds), general)
    if len(kinds) != 1 or not kinds <= EQUATED:
        return other
    kind = kinds.pop()
    if all(span.one == "=" for span in found):
        return _listed(kind, frozenset(span.low for span in found), negated, other)
    parts = [_accepts(span) for span in found]
    return _tested(kind, parts[0] if len(parts) == 1 else _any_of(parts), negated, other)


def _mistaken(kinds: frozenset[type], general: TestCode) -> TestCode:
    """With a simple value of a type that none of the constants has, answer and problems are the same for all values."""
    known: dict[type, tuple[bool | None, list[Problem]]] = {}

    def matches(scope: Scope, value: Value) -> bool | None:
        kind = type(value)
        if kind in kinds or kind not in _SIMPLE:
            return general(scope, value)
        found = known.get(kind)
        if found is None:
            apart = Run(scope.run.now)
            found = known[kind] = general(Scope(apart, {}), value), apart.problems
        for problem in found[1]:
            scope.run.problem(problem.kind, problem.message, problem.position)
        return found[0]

    return matches


def _listed(kind: type, values: frozenset[Any], negated: bool, other: TestCode) -> TestCode:
    def matches(scope: Scope, value: Value) -> bool | None:
        if type(value) is kind:
            return (value in values) is not negated
        return other(scope, value)

    return matches


def _tested(kind: type, accepts: Accepts, negated: bool, other: TestCode) -> TestCode:
    def matches(scope: Scope, value: Value) -> bool | None:
        if type(value) is kind:
            return accepts(value) is not negated
        return other(scope, value)

    return matches


def _any_of(parts: list[Accepts]) -> Accepts:
    return lambda value: any(part(value) for part in parts)


def _accepts(span: Span) -> Accepts:
    low, high = span.low, span.high
    if span.one == "=":
        return lambda value: value == low
    if span.one == "!=":
        return lambda value: value != low
    if low is None:
        return (lambda value: value <= high) if span.high_closed else (lambda value: value < high)
    if high is None:
        return (lambda value: value >= low) if span.low_closed else (lambda value: value > low)
    if span.low_closed:
        return (lambda value: low <= value <= high) if span.high_closed else (lambda value: low <= value < high)
    return (lambda value: low < value <= high) if span.high_closed else (lambda value: low < value < high)
