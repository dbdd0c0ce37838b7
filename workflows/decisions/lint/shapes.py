"""What kind of question is a cell? One that only compares `?` with constants can be decided exactly."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from workflows.feel import FeelBudgetExceeded, Function, Range, UnaryTests, Value
from workflows.feel import nodes as n
from workflows.feel.analysis import readings
from workflows.feel.budget import Run, Scope
from workflows.feel.compile import compile_expression
from workflows.feel.compile_logic import YES_NO

NOW = datetime(2000, 1, 1, tzinfo=UTC)  # nothing that is taken for a constant reads the clock
_CLOCK = frozenset({"now", "today"})
_PLAIN = (
    n.Comparison, n.Conjunction, n.Disjunction, n.Between, n.In, n.Tests, n.UnaryComparison, n.RangeNode, n.ListNode,
    n.If, n.InstanceOf,
)  # fmt: skip
_ROUNDINGS = frozenset({"floor", "ceiling", "round up", "round down", "round half up", "round half down"})


def asks_nothing(cell: UnaryTests) -> bool:
    """Is it `-`, or empty?"""
    return not cell.tree.items


def is_plain(node: n.Node) -> bool:
    """Does it only compare `?` with constants (or ask whether `?` is a whole number)?"""
    if isinstance(node, n.Name) and node.name == "?":
        return True
    if is_constant(node) or is_whole(node):
        return True
    if isinstance(node, n.Call) and isinstance(node.function, n.Name):
        return node.function.name == "not" and all(is_plain(one) for one in node.arguments)
    return isinstance(node, _PLAIN) and all(is_plain(child) for child in n.children(node))


def is_open(cell: UnaryTests) -> bool:
    """Does its answer depend on more than `?`: on other names, or on the clock?"""
    return bool(cell.names) or _reads_clock(cell.tree)


def is_constant(node: n.Node) -> bool:
    """Has it the same value whatever is decided?"""
    reading = readings(node)
    return not (isinstance(node, n.Tests) or reading.paths or reading.item_paths or _speaks_of_input(node)) and not (
        _reads_clock(node)
    )


def _speaks_of_input(node: n.Node) -> bool:
    if isinstance(node, n.Name):
        return node.name == "?"
    return any(_speaks_of_input(child) for child in n.children(node))


def _reads_clock(node: n.Node) -> bool:
    if isinstance(node, n.Name):
        return node.name in _CLOCK
    return any(_reads_clock(child) for child in n.children(node))


def is_whole(node: n.Node) -> bool:
    """`floor(?) = ?`, `modulo(?, 1) = 0` and the like: is `?` a whole number?"""
    if not isinstance(node, n.Comparison) or node.operator not in ("=", "!="):
        return False
    return any(_asks_whole(one, other) for one, other in ((node.left, node.right), (node.right, node.left)))


def _asks_whole(call: n.Node, other: n.Node) -> bool:
    if not isinstance(call, n.Call) or not isinstance(call.function, n.Name) or call.names:
        return False
    name, arguments = call.function.name, call.arguments
    if not arguments or not _is_input(arguments[0]):
        return False
    if name == "modulo":
        return len(arguments) == 2 and _is_number(arguments[1], 1) and _is_number(other, 0)
    digits = arguments[1:]
    no_digits = len(digits) <= 1 and all(_is_number(one, 0) for one in digits)
    return _is_input(other) and no_digits and (name in _ROUNDINGS or (name == "decimal" and len(digits) == 1))


def _is_input(node: n.Node) -> bool:
    return isinstance(node, n.Name) and node.name == "?"


def _is_number(node: n.Node, wanted: int) -> bool:
    return isinstance(node, n.Literal) and type(node.value) is not bool and node.value == wanted


def asks_whole(node: n.Node) -> bool:
    """Does it ask anywhere whether `?` is a whole number?"""
    return is_whole(node) or any(asks_whole(child) for child in n.children(node))


def is_ordered(node: n.Node) -> bool:
    """Does it compare by order?"""
    if isinstance(node, n.RangeNode | n.Between):
        return True
    if isinstance(node, n.UnaryComparison | n.Comparison) and node.operator not in ("=", "!="):
        return True
    return any(is_ordered(child) for child in n.children(node))


def constants(node: n.Node) -> list[Value]:
    """The constants that a test compares with, null left out; the ends of ranges and the items of lists one by one."""
    return [value for value in _constants(node) if value is not None]


def _constants(node: n.Node) -> Iterator[Value]:
    if is_constant(node):
        if not isinstance(node, YES_NO):
            yield from _parts(_value(node))
        return
    if is_whole(node):
        return
    for child in n.children(node):
        if not (isinstance(node, _ANSWERING) and _is_answer(child)):
            yield from _constants(child)


_ANSWERING = (n.If, n.Conjunction, n.Disjunction)


def _is_answer(node: n.Node) -> bool:
    """A plain true or false among answers, which `?` is not compared with."""
    return isinstance(node, n.Literal) and isinstance(node.value, bool)


def _value(node: n.Node) -> Value:
    try:
        return compile_expression(node, {})(Scope(Run(NOW), {}))
    except (FeelBudgetExceeded, RecursionError):
        return None


def _parts(value: Value) -> Iterator[Value]:
    if isinstance(value, Range):
        yield from (value.low, value.high)
    elif isinstance(value, list):
        for item in value:
            yield from _parts(item)
    elif not isinstance(value, dict | Function):
        yield value


def texts(node: n.Node) -> Iterator[str]:
    """Every string written in it, wherever it stands."""
    if isinstance(node, n.Literal) and isinstance(node.value, str):
        yield node.value
    for child in n.children(node):
        yield from texts(child)


def numbers(node: n.Node) -> Iterator[Value]:
    """Every other literal written in it."""
    if isinstance(node, n.Literal) and node.value is not None and not isinstance(node.value, str):
        yield node.value
    for child in n.children(node):
        yield from numbers(child)


def shape(node: n.Node) -> Any:
    """What a tree says without where it stands: equal for expressions that differ only in spaces."""
    parts: list[Any] = [type(node).__name__]
    for one in fields(node):
        if one.name not in n.BESIDE:
            parts.append(_shape_of(getattr(node, one.name)))
    return tuple(parts)


def _shape_of(part: object) -> Any:
    if isinstance(part, n.Node):
        return shape(part)
    if isinstance(part, tuple):
        return tuple(_shape_of(item) for item in part)
    return (type(part).__name__, part)
