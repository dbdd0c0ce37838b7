"""The text form of a range, as the built-in `range` reads it: literals at both ends, nothing computed."""

from collections.abc import Callable
from typing import Any

from workflows.feel import nodes as n
from workflows.feel.arithmetic import negate
from workflows.feel.compare import interval
from workflows.feel.errors import FeelSyntaxError, Trouble
from workflows.feel.parse import expression
from workflows.feel.temporal import read_date, read_datetime, read_duration, read_literal, read_time
from workflows.feel.tokens import Cursor
from workflows.feel.values import Range, Value

_READERS: dict[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_datetime,
    "duration": read_duration,
}


def read_range(text: str) -> Range:
    """Raises FeelSyntaxError when it is not a range, Trouble when it is not a valid one."""
    cursor = Cursor(text)
    tree = expression(cursor)
    cursor.finish()
    if not isinstance(tree, n.RangeNode):
        raise FeelSyntaxError("A range is expected.")
    return interval(_end(tree.low), _end(tree.high), tree.low_closed, tree.high_closed)


def _end(node: n.Node) -> Value:
    if isinstance(node, n.Literal):
        return node.value
    if isinstance(node, n.AtLiteral):
        return read_literal(node.text)
    if isinstance(node, n.Negation) and isinstance(node.operand, n.Literal):
        return negate(node.operand.value)
    if isinstance(node, n.Call) and isinstance(node.function, n.Name) and len(node.arguments) == 1:
        return _constructed(node.function.name, node.arguments[0])
    raise Trouble("argument", "The ends of a range are literals.")


def _constructed(name: str, argument: n.Node) -> Value:
    """`date("2026-01-01")` and the like."""
    if name not in _READERS or not isinstance(argument, n.Literal) or not isinstance(argument.value, str):
        raise Trouble("argument", "The ends of a range are literals.")
    value: Value = _READERS[name](argument.value)
    return value
