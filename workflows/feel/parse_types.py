"""Reading a type as it is written behind `instance of`, in function parameters and in DMN typeRefs."""

from workflows.feel.names import ODD_TYPES, normal
from workflows.feel.nodes import TypeNode
from workflows.feel.tokens import Cursor
from workflows.feel.types import FeelType, Types, resolve


def parse_type(text: str, named: Types | None = None) -> FeelType:
    """The type that a whole text names. named: types declared elsewhere. Raises FeelSyntaxError."""
    known = named or {}
    cursor = Cursor(text, known)
    found = resolve(read_type(cursor), known)
    cursor.finish()
    return found


def read_type(cursor: Cursor) -> TypeNode:
    """`number`, `list<number>`, `context<a: string>`, `function<number>->string`. Raises FeelSyntaxError."""
    cursor.deeper(1)
    position = cursor.token.start
    name = _type_name(cursor)
    arguments: tuple[TypeNode, ...] = ()
    labels: tuple[str, ...] = ()
    result = None
    if cursor.take("<"):
        labels, arguments = _arguments(cursor, labeled=name == "context")
        if name == "function":
            cursor.expect("->")
            result = read_type(cursor)
    cursor.deeper(-1)
    return cursor.made(TypeNode(name, arguments, labels, result, position=position))


def _type_name(cursor: Cursor) -> str:
    found = ODD_TYPES.match(cursor.text, cursor.token.start)
    if found:
        while cursor.token.start < found.end() and cursor.token.kind != "end":
            cursor.advance()
        return normal(found.group())
    parts = [cursor.name()]
    while cursor.take("."):
        parts.append(cursor.name())
    return ".".join(parts)


def _arguments(cursor: Cursor, labeled: bool) -> tuple[tuple[str, ...], tuple[TypeNode, ...]]:
    labels: list[str] = []
    arguments: list[TypeNode] = []
    while not cursor.take(">"):
        if arguments:
            cursor.expect(",")
        if labeled:
            labels.append(cursor.any_name())
            cursor.expect(":")
        arguments.append(read_type(cursor))
    return tuple(labels), tuple(arguments)
