"""The pieces of FEEL that are read without looking inside an expression: operators, labels, keys and numbers."""

from workflows.feel.errors import FeelSyntaxError
from workflows.feel.lexer import Token, unquote
from workflows.feel.names import STOP_WORDS
from workflows.feel.tokens import Cursor
from workflows.feel.values import NUMBERS, Value

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
COMPARING, ADDITIVE, UNARY = 3, 4, 7
LEVELS = {"or": 1, "and": 2, "between": 3, "in": 3, "instance": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
LEVELS |= dict.fromkeys(COMPARISONS, COMPARING)
NAME_SYMBOLS = frozenset({".", "/", "-", "'", "+", "*", "**"})  # DMN 1.5 grammar rule 30
OPENING = frozenset("-@([]{")  # symbols an expression can start with


def operator_level(cursor: Cursor) -> int:
    token = cursor.token
    if token.kind not in ("symbol", "name"):
        return 0
    if token.text == "instance" and not cursor.at_next("of"):
        return 0
    return LEVELS.get(token.text, 0)


def starts_expression(cursor: Cursor, index: int) -> bool:
    """Tells a filter from the `[` that closes a half-open range, as in `[1..5[`."""
    token = cursor.tokens[index]
    if token.kind == "symbol":
        return token.text in OPENING and token.text != "]"
    return token.kind in ("number", "string") or (token.kind == "name" and token.text not in STOP_WORDS)


def read_label(cursor: Cursor) -> str | None:
    """The `name:` before a named argument, if there is one."""
    if cursor.token.kind != "name":
        return None
    start = cursor.index
    label = cursor.any_name()
    if cursor.take(":"):
        return label
    cursor.index = start
    return None


def read_key(cursor: Cursor) -> str:
    """A context key: a string, or words and the symbols a name may have."""
    if cursor.token.kind == "string":
        return unquote(cursor.advance())
    first = cursor.token
    last = first
    while cursor.token.kind in ("name", "number") or cursor.token.text in NAME_SYMBOLS:
        last = cursor.advance()
    if first.kind != "name":
        raise FeelSyntaxError("The name of a context entry is expected.", first.start)
    return " ".join(cursor.text[first.start : last.end].split())


def read_number(token: Token) -> Value:
    try:
        return NUMBERS.create_decimal(token.text)
    except ArithmeticError:
        raise FeelSyntaxError("The number is too large.", token.start) from None
