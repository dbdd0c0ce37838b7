"""FEEL text to a syntax tree (DMN 1.5 section 10.3.1): precedence climbing over tokens.

Author input decides nothing but the shape of the tree; length, nodes and nesting are limited while reading, and the
time is linear: the only looking back is over one name.
"""

from collections.abc import Callable

from workflows.feel import nodes as n
from workflows.feel.errors import FeelSyntaxError, FeelUnsupported
from workflows.feel.lexer import Token, unquote
from workflows.feel.names import LITERAL_WORDS
from workflows.feel.parse_parts import (
    ADDITIVE,
    COMPARING,
    COMPARISONS,
    UNARY,
    operator_level,
    read_key,
    read_label,
    read_number,
    starts_expression,
)
from workflows.feel.parse_types import read_type
from workflows.feel.tokens import Cursor
from workflows.feel.values import Value

CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


def expression(cursor: Cursor, minimum: int = 1) -> n.Node:
    """An expression whose operators bind at least as tightly as `minimum`. Raises FeelSyntaxError."""
    cursor.deeper(1)
    whole = _operations(cursor, _prefix(cursor), minimum)
    cursor.deeper(-1)
    return whole


def _operations(cursor: Cursor, left: n.Node, minimum: int) -> n.Node:
    chained = 0
    while (level := operator_level(cursor)) >= minimum:
        left = _infix(cursor, left, level)
        chained += 1
        cursor.deeper(1)
    cursor.deeper(-chained)
    return left


# -- operators


def _infix(cursor: Cursor, left: n.Node, level: int) -> n.Node:
    operator = cursor.token.text
    if operator in ("and", "or"):
        return _logic(cursor, left, operator, level)
    if operator == "between":
        return _between(cursor, left)
    if operator == "in":
        return _in(cursor, left)
    if operator == "instance":
        return _instance_of(cursor, left)
    if level == COMPARING:
        position = cursor.advance().start
        return cursor.made(n.Comparison(operator, left, expression(cursor, ADDITIVE), position=position))
    return _arithmetic(cursor, left, level)


def _logic(cursor: Cursor, left: n.Node, word: str, level: int) -> n.Node:
    items = [left]
    position = cursor.token.start
    while cursor.take(word):
        items.append(expression(cursor, level + 1))
    kind = n.Conjunction if word == "and" else n.Disjunction
    return cursor.made(kind(tuple(items), position=position))


def _arithmetic(cursor: Cursor, left: n.Node, level: int) -> n.Node:
    position = cursor.token.start
    rest: list[tuple[str, n.Node]] = []
    while operator_level(cursor) == level:
        operator = cursor.advance().text
        rest.append((operator, expression(cursor, level + 1)))
    return cursor.made(n.Arithmetic(left, tuple(rest), position=position))


def _between(cursor: Cursor, left: n.Node) -> n.Node:
    position = cursor.advance().start
    low = expression(cursor, ADDITIVE)
    cursor.expect("and")
    return cursor.made(n.Between(left, low, expression(cursor, ADDITIVE), position=position))


def _instance_of(cursor: Cursor, left: n.Node) -> n.Node:
    position = cursor.advance().start
    cursor.expect("of")
    return cursor.made(n.InstanceOf(left, read_type(cursor), position=position))


def _in(cursor: Cursor, left: n.Node) -> n.Node:
    position = cursor.advance().start
    test: n.Node | None = None
    if cursor.at("("):
        tests = _parenthesized_tests(cursor)
    else:
        test = _unary_comparison(cursor) if cursor.at(*COMPARISONS) else expression(cursor, ADDITIVE)
        tests = n.Tests((test,), position=position)
    return cursor.made(n.In(left, tests, position=position))


def _parenthesized_tests(cursor: Cursor) -> n.Tests:
    """After `in`: a list of tests, or one operand that merely starts with a parenthesis, such as an open range."""
    position = cursor.advance().start
    items = [test(cursor)]
    if cursor.at(".."):
        return _single_test(cursor, _range(cursor, items[0], position, closed=False), position)
    while cursor.take(","):
        items.append(test(cursor))
    cursor.expect(")")
    if len(items) > 1 or isinstance(items[0], n.UnaryComparison):
        return n.Tests(tuple(items), position=position)
    return _single_test(cursor, items[0], position)


def _single_test(cursor: Cursor, start: n.Node, position: int) -> n.Tests:
    return n.Tests((_operations(cursor, _postfix(cursor, start), ADDITIVE),), position=position)


# -- tests


def test(cursor: Cursor) -> n.Node:
    """One positive unary test."""
    return _unary_comparison(cursor) if cursor.at(*COMPARISONS) else expression(cursor)


def tests(cursor: Cursor) -> n.Tests:
    """A whole cell: `-`, `not(...)` or tests separated by commas. Raises FeelSyntaxError."""
    if cursor.token.kind == "end":
        return n.Tests(())
    if cursor.at("-") and cursor.tokens[cursor.index + 1].kind == "end":
        cursor.advance()
        return n.Tests(())
    if cursor.at("not") and cursor.at_next("("):
        negated = _negated_tests(cursor)
        if negated is not None:
            return negated
    items = [test(cursor)]
    while cursor.take(","):
        items.append(test(cursor))
    cursor.finish()
    return n.Tests(tuple(items))


def _negated_tests(cursor: Cursor) -> n.Tests | None:
    """`not(...)` over the whole cell; None when it is only the start of a longer expression."""
    start = cursor.index
    cursor.index += 2
    items = [test(cursor)]
    while cursor.take(","):
        items.append(test(cursor))
    if cursor.take(")") and cursor.token.kind == "end":
        return n.Tests(tuple(items), negated=True)
    cursor.index = start
    return None


def _unary_comparison(cursor: Cursor) -> n.Node:
    token = cursor.advance()
    return cursor.made(n.UnaryComparison(token.text, expression(cursor, ADDITIVE), position=token.start))


# -- operands


def _prefix(cursor: Cursor) -> n.Node:
    token = cursor.token
    if token.kind == "symbol":
        reader = _SYMBOLS.get(token.text)
        if reader is None:
            raise cursor.wrong("A value is expected")
        return _postfix(cursor, reader(cursor)) if token.text != "-" else reader(cursor)
    if token.kind == "name":
        return _word(cursor, token)
    if token.kind == "number":
        cursor.advance()
        return _postfix(cursor, cursor.made(n.Literal(read_number(token), position=token.start)))
    if token.kind == "string":
        cursor.advance()
        return _postfix(cursor, cursor.made(n.Literal(unquote(token), position=token.start)))
    raise cursor.wrong("A value is expected")


def _word(cursor: Cursor, token: Token) -> n.Node:
    reader = _WORDS.get(token.text)
    if reader is not None and (token.text != "function" or cursor.at_next("(")):
        return reader(cursor)
    if token.text in LITERAL_WORDS:
        cursor.advance()
        return _postfix(cursor, cursor.made(n.Literal(CONSTANTS[token.text], position=token.start)))
    return _postfix(cursor, cursor.made(n.Name(cursor.name(), position=token.start)))


def _postfix(cursor: Cursor, target: n.Node) -> n.Node:
    chained = 0
    while cursor.at(".", "(") or (cursor.at("[") and starts_expression(cursor, cursor.index + 1)):
        position = cursor.token.start
        if cursor.take("."):
            target = n.Path(target, cursor.field(), position=position)
        elif cursor.take("["):
            condition = expression(cursor)
            cursor.expect("]")
            target = n.Filter(target, condition, position=position)
        else:
            target = _call(cursor, target)
        cursor.made(target)
        chained += 1
        cursor.deeper(1)
    cursor.deeper(-chained)
    return target


def _call(cursor: Cursor, target: n.Node) -> n.Call:
    position = target.position
    cursor.expect("(")
    arguments: list[n.Node] = []
    names: list[str] = []
    while not cursor.take(")"):
        if arguments:
            cursor.expect(",")
        label = read_label(cursor)
        if label is not None:
            names.append(label)
        arguments.append(expression(cursor))
    if names and len(names) != len(arguments):
        raise FeelSyntaxError("Name all arguments or none.", position)
    return n.Call(target, tuple(arguments), tuple(names), position=position)


def _minus(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    operand = expression(cursor, UNARY)
    return cursor.made(n.Negation(operand, position=position))


def _at_literal(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    if cursor.token.kind != "string":
        raise cursor.wrong("A quoted date, time or duration is expected after @")
    return cursor.made(n.AtLiteral(unquote(cursor.advance()), position=position))


def _parenthesis(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    inner = test(cursor)
    if cursor.at(".."):
        return _range(cursor, inner, position, closed=False)
    cursor.expect(")")
    return inner


def _bracket(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    items: list[n.Node] = []
    while not cursor.take("]"):
        if items:
            cursor.expect(",")
        items.append(test(cursor))
        if len(items) == 1 and cursor.at(".."):
            return _range(cursor, items[0], position, closed=True)
    return cursor.made(n.ListNode(tuple(items), position=position))


def _open_bracket(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    return _range(cursor, expression(cursor, ADDITIVE), position, closed=False)


def _range(cursor: Cursor, low: n.Node, position: int, closed: bool) -> n.Node:
    cursor.expect("..")
    high = expression(cursor, ADDITIVE)
    if not cursor.at("]", ")", "["):
        raise cursor.wrong('"]" or ")" is expected at the end of the range')
    return cursor.made(n.RangeNode(low, high, closed, cursor.advance().text == "]", position=position))


def _context(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    before = cursor.odd
    entries: list[tuple[str, n.Node]] = []
    while not cursor.take("}"):
        if entries:
            cursor.expect(",")
        key = read_key(cursor)
        cursor.expect(":")
        entries.append((key, expression(cursor)))
        cursor.declare([key])
    cursor.odd = before
    return cursor.made(n.ContextNode(tuple(entries), position=position))


# -- words that start an expression


def _if(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    condition = expression(cursor)
    cursor.expect("then")
    then = expression(cursor)
    cursor.expect("else")
    return cursor.made(n.If(condition, then, expression(cursor), position=position))


def _for(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    before = cursor.odd
    iterators = _iterators(cursor)
    cursor.expect("return")
    body = expression(cursor)
    cursor.odd = before
    return cursor.made(n.For(iterators, body, position=position))


def _quantified(cursor: Cursor) -> n.Node:
    word = cursor.advance()
    before = cursor.odd
    iterators = _iterators(cursor)
    cursor.expect("satisfies")
    condition = expression(cursor)
    cursor.odd = before
    return cursor.made(n.Quantified(word.text == "some", iterators, condition, position=word.start))


def _iterators(cursor: Cursor) -> tuple[n.Loop, ...]:
    found = [_iterator(cursor)]
    while cursor.take(","):
        found.append(_iterator(cursor))
    return tuple(found)


def _iterator(cursor: Cursor) -> n.Loop:
    position = cursor.token.start
    name = cursor.name()
    cursor.expect("in")
    source = expression(cursor)
    end = expression(cursor) if cursor.take("..") else None
    cursor.declare([name])
    return cursor.made(n.Loop(name, source, end, position=position))


def _function(cursor: Cursor) -> n.Node:
    position = cursor.advance().start
    cursor.expect("(")
    parameters: list[str] = []
    types: list[n.TypeNode | None] = []
    while not cursor.take(")"):
        if parameters:
            cursor.expect(",")
        parameters.append(cursor.name())
        types.append(read_type(cursor) if cursor.take(":") else None)
    if cursor.at("external"):
        raise FeelUnsupported("An external function", cursor.token.start)
    before = cursor.declare(parameters)
    body = expression(cursor)
    cursor.odd = before
    return cursor.made(n.FunctionNode(tuple(parameters), tuple(types), body, position=position))


_SYMBOLS: dict[str, Callable[[Cursor], n.Node]] = {
    "-": _minus,
    "@": _at_literal,
    "(": _parenthesis,
    "[": _bracket,
    "]": _open_bracket,
    "{": _context,
}
_WORDS: dict[str, Callable[[Cursor], n.Node]] = {
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "function": _function,
}
