"""Cutting a column into atoms: example values such that every cell of the column is constant around each of them.

Cells that only compare `?` with constants cut the column exactly. A cell that asks anything else (`list contains(?,
"x")`) is opaque: it is taken as a yes-or-no of its own, and examples say so instead of naming a value.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

from workflows.decisions.model import InputClause, Rule
from workflows.decisions.read_types import Restriction
from workflows.feel import UnaryTests, Value, YearsMonths, type_name
from workflows.feel import nodes as n
from workflows.feel.budget import Run, Scope
from workflows.feel.compile import compile_expression
from workflows.feel.text import to_text
from workflows.feel.types import FeelType

NOW = datetime(2000, 1, 1, tzinfo=UTC)  # no constant reads the clock
MAX_OPAQUE = 3
_CONSTRUCTORS = frozenset({"date", "time", "date and time", "duration"})
_PLAIN = (
    n.Literal, n.AtLiteral, n.Comparison, n.Conjunction, n.Disjunction, n.Between, n.In, n.Tests,
    n.UnaryComparison, n.RangeNode, n.ListNode,
)  # fmt: skip
_ORDERED = (n.RangeNode, n.Between)


@dataclass(frozen=True, slots=True)
class Atom:
    """label: the example as text. rules: bit i is set when rule i accepts it. certain: False for opaque cells."""

    label: str
    rules: int
    certain: bool = True


class Undecided(Exception):
    """This column cannot be cut into atoms; the text says why."""


def atoms(clause: InputClause, kind: FeelType | None, rules: tuple[Rule, ...], column: int) -> list[Atom]:
    """The atoms of one column, those outside its allowed values left out. Raises Undecided."""
    cells = [rule.cells[column] for rule in rules]
    opaque = {cell.text for cell in cells if not is_plain(cell.tree)}
    if opaque:
        return _opaque_atoms(cells, opaque)
    limits = [tests for tests in (clause.values, *_restrictions(kind)) if tests is not None]
    if not all(is_plain(tests.tree) for tests in limits):
        raise Undecided("its allowed values are not plain constants")
    trees = [cell.tree for cell in cells] + [tests.tree for tests in limits]
    values = _examples(trees, kind)
    scope = Scope(Run(NOW), {})
    allowed = [value for value in values if all(tests.matches_in(scope, value) is True for tests in limits)]
    return [Atom(_label(value), _mask(cells, value)) for value in allowed]


def null_atom(rules: tuple[Rule, ...], column: int) -> Atom:
    """What the rules do with a missing value."""
    return Atom("null", _mask([rule.cells[column] for rule in rules], None))


def _mask(cells: list[UnaryTests], value: Value) -> int:
    scope = Scope(Run(NOW), {})
    return sum(1 << index for index, cell in enumerate(cells) if cell.matches_in(scope, value) is True)


def _label(value: Value) -> str:
    return "anything" if value is _ANYTHING else to_text([value])[1:-1]


def _restrictions(kind: FeelType | None) -> Iterator[UnaryTests]:
    allowed = kind.allowed if kind is not None else None
    while isinstance(allowed, Restriction):
        yield allowed.tests
        allowed = allowed.inner


def is_plain(node: n.Node) -> bool:
    """Does the test only compare `?` with constants?"""
    if isinstance(node, n.Name):
        return node.name == "?"
    if isinstance(node, n.Negation):
        return isinstance(node.operand, n.Literal)
    if isinstance(node, n.Call) and isinstance(node.function, n.Name):
        constructed = node.function.name in _CONSTRUCTORS and all(isinstance(one, n.Literal) for one in node.arguments)
        return constructed or (node.function.name == "not" and all(is_plain(one) for one in node.arguments))
    return isinstance(node, _PLAIN) and all(is_plain(child) for child in n.children(node))


def constants(node: n.Node) -> Iterator[Value]:
    """The constants a plain test compares with."""
    dated = isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name != "not"
    if dated or isinstance(node, n.Literal | n.AtLiteral | n.Negation):
        yield compile_expression(node, {})(Scope(Run(NOW), {}))
        return
    for child in n.children(node):
        yield from constants(child)


def _examples(trees: list[n.Tests], kind: FeelType | None) -> list[Value]:
    found: list[Value] = [value for tree in trees for value in constants(tree) if value is not None]
    types = {type_name(value) for value in found}
    if kind is not None and kind.name != "Any":
        types.add(kind.name)
    if not types or not (found or types == {"boolean"}):
        return [_ANYTHING]
    if len(types) > 1:
        raise Undecided("it mixes types")
    return _of_type(types.pop(), found, any(_is_ordered(tree) for tree in trees))


_ANYTHING = "\x00anything"


def _of_type(kind: str, found: list[Value], ordered: bool) -> list[Value]:
    if kind == "boolean":
        return [True, False]
    if kind == "string":
        if ordered:
            raise Undecided("it compares strings by order")
        return [*dict.fromkeys(found), _other(found)]
    steps = _STEPS.get(kind)
    if steps is None:
        raise Undecided(f"values of type {kind} are not analyzed")
    return _around(sorted(set(found), key=steps.key), steps)


def _other(found: list[Value]) -> str:
    text = "anything else"
    while text in found:
        text += "!"
    return text


def _is_ordered(node: n.Node) -> bool:
    if isinstance(node, _ORDERED):
        return True
    if isinstance(node, n.UnaryComparison | n.Comparison) and node.operator not in ("=", "!="):
        return True
    return any(_is_ordered(child) for child in n.children(node))


@dataclass(frozen=True, slots=True)
class _Steps:
    """How to find a value before, between and after others. between gives None when there is none."""

    before: Callable[[Any], Any]
    between: Callable[[Any, Any], Any]
    after: Callable[[Any], Any]
    key: Callable[[Any], Any] = lambda value: value


def _around(points: list[Any], steps: _Steps) -> list[Value]:
    examples: list[Value] = []
    try:
        examples.append(steps.before(points[0]))
        for left, right in pairwise(points):
            examples += [left, steps.between(left, right)]
        examples += [points[-1], steps.after(points[-1])]
    except (OverflowError, TypeError):
        raise Undecided("its values are at the end of the calendar or cannot be ordered") from None
    return [value for value in examples if value is not None]


def _day_between(left: date, right: date) -> date | None:
    return left + timedelta(days=1) if (right - left).days > 1 else None


def _months_between(left: YearsMonths, right: YearsMonths) -> YearsMonths | None:
    return YearsMonths(left.months + 1) if right.months - left.months > 1 else None


_DAY = timedelta(days=1)
_STEPS: dict[str, _Steps] = {
    "number": _Steps(lambda a: a - 1, lambda a, b: (a + b) / Decimal(2), lambda a: a + 1),
    "date": _Steps(lambda a: a - _DAY, _day_between, lambda a: a + _DAY),
    "date and time": _Steps(lambda a: a - _DAY, lambda a, b: a + (b - a) / 2, lambda a: a + _DAY),
    "days and time duration": _Steps(lambda a: a - _DAY, lambda a, b: a + (b - a) / 2, lambda a: a + _DAY),
    "years and months duration": _Steps(
        lambda a: YearsMonths(a.months - 1),
        _months_between,
        lambda a: YearsMonths(a.months + 1),
        key=lambda a: a.months,
    ),
}


def _opaque_atoms(cells: list[UnaryTests], opaque: set[str]) -> list[Atom]:
    """Every combination of answers to the opaque tests; cells of other kinds beside them cannot be decided."""
    if len(opaque) > MAX_OPAQUE:
        raise Undecided("it asks too many different questions")
    if any(cell.tree.items and cell.text not in opaque for cell in cells):
        raise Undecided("it mixes constants with other questions")
    texts = sorted(opaque)
    found: list[Atom] = []
    for answers in product((True, False), repeat=len(texts)):
        said = dict(zip(texts, answers, strict=True))
        rules = sum(1 << index for index, cell in enumerate(cells) if said.get(cell.text, True))
        parts = [text.strip() if answer else f"not({text.strip()})" for text, answer in said.items()]
        found.append(Atom("a value where " + " and ".join(parts), rules, certain=False))
    return found
