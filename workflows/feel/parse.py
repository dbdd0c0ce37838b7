"""FEEL text to a syntax tree (DMN 1.5 section 10.3.1): precedence climbing over tokens.

Author input decides nothing but the shape of the tree; length, nodes and nesting are limited while reading, and the
time is linear: the only looking back is over one name.
"""

from collections.abc import Callable

from workflows.feel import nodes as n
from workflows.feel.errors import FeelSyntaxError
from workflows.feel.lexer import Token, unquote
from workflows.feel.names import LITERAL_WORDS, STOP_WORDS
from workflows.feel.parse_types import read_type
from workflows.feel.tokens import Cursor
from workflows.feel.values import NUMBERS, Value

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
COMPARING, ADDITIVE, UNARY = 3, 4, 7
NAME_SYMBOLS = frozenset({".", "/", "-", "'", "+", "*", "**"})  # DMN 1.5 grammar rule 30
LEVELS = {"or": 1, "and": 2, "between": 3, "in": 3, "instance": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
LEVELS |= dict.fromkeys(COMPARISONS, COMPARING)
CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


class Parser(Cursor):
    """Reads expressions and unary tests from one text."""

    def expression(self, minimum: int = 1) -> n.Node:
        """An expression whose operators bind at least as tightly as `minimum`. Raises FeelSyntaxError."""
        self.deeper(1)
        whole = self._operations(self._prefix(), minimum)
        self.deeper(-1)
        return whole

    def _operations(self, left: n.Node, minimum: int) -> n.Node:
        chained = 0
        while (level := self._operator_level()) >= minimum:
            left = self._infix(left, level)
            chained += 1
            self.deeper(1)
        self.deeper(-chained)
        return left

    def _operator_level(self) -> int:
        token = self.token
        if token.kind not in ("symbol", "name"):
            return 0
        if token.text == "instance" and not self.at_next("of"):
            return 0
        return LEVELS.get(token.text, 0)

    # -- operators

    def _infix(self, left: n.Node, level: int) -> n.Node:
        operator = self.token.text
        if operator in ("and", "or"):
            return self._logic(left, operator, level)
        if operator == "between":
            return self._between(left)
        if operator == "in":
            return self._in(left)
        if operator == "instance":
            return self._instance_of(left)
        if level == COMPARING:
            position = self.advance().start
            return self.made(n.Comparison(operator, left, self.expression(ADDITIVE), position=position))
        return self._arithmetic(left, level)

    def _logic(self, left: n.Node, word: str, level: int) -> n.Node:
        items = [left]
        position = self.token.start
        while self.take(word):
            items.append(self.expression(level + 1))
        kind = n.Conjunction if word == "and" else n.Disjunction
        return self.made(kind(tuple(items), position=position))

    def _arithmetic(self, left: n.Node, level: int) -> n.Node:
        position = self.token.start
        rest: list[tuple[str, n.Node]] = []
        while self._operator_level() == level:
            operator = self.advance().text
            rest.append((operator, self.expression(level + 1)))
        return self.made(n.Arithmetic(left, tuple(rest), position=position))

    def _between(self, left: n.Node) -> n.Node:
        position = self.advance().start
        low = self.expression(ADDITIVE)
        self.expect("and")
        return self.made(n.Between(left, low, self.expression(ADDITIVE), position=position))

    def _instance_of(self, left: n.Node) -> n.Node:
        position = self.advance().start
        self.expect("of")
        return self.made(n.InstanceOf(left, read_type(self), position=position))

    def _in(self, left: n.Node) -> n.Node:
        position = self.advance().start
        test: n.Node | None = None
        if self.at("("):
            tests = self._parenthesized_tests()
        else:
            test = self._unary_comparison() if self.at(*COMPARISONS) else self.expression(ADDITIVE)
            tests = n.Tests((test,), position=position)
        return self.made(n.In(left, tests, position=position))

    def _parenthesized_tests(self) -> n.Tests:
        """After `in`: a list of tests, or one operand that merely starts with a parenthesis, such as an open range."""
        position = self.advance().start
        items = [self.test()]
        if self.at(".."):
            return self._single_test(self._range(items[0], position, closed=False), position)
        while self.take(","):
            items.append(self.test())
        self.expect(")")
        if len(items) > 1 or isinstance(items[0], n.UnaryComparison):
            return n.Tests(tuple(items), position=position)
        return self._single_test(items[0], position)

    def _single_test(self, start: n.Node, position: int) -> n.Tests:
        return n.Tests((self._operations(self._postfix(start), ADDITIVE),), position=position)

    # -- tests

    def test(self) -> n.Node:
        """One positive unary test."""
        return self._unary_comparison() if self.at(*COMPARISONS) else self.expression()

    def tests(self) -> n.Tests:
        """A whole cell: `-`, `not(...)` or tests separated by commas. Raises FeelSyntaxError."""
        if self.token.kind == "end":
            return n.Tests(())
        if self.at("-") and self.tokens[self.index + 1].kind == "end":
            self.advance()
            return n.Tests(())
        if self.at("not") and self.at_next("("):
            negated = self._negated_tests()
            if negated is not None:
                return negated
        items = [self.test()]
        while self.take(","):
            items.append(self.test())
        self.finish()
        return n.Tests(tuple(items))

    def _negated_tests(self) -> n.Tests | None:
        """`not(...)` over the whole cell; None when it is only the start of a longer expression."""
        start = self.index
        self.index += 2
        items = [self.test()]
        while self.take(","):
            items.append(self.test())
        if self.take(")") and self.token.kind == "end":
            return n.Tests(tuple(items), negated=True)
        self.index = start
        return None

    def _unary_comparison(self) -> n.Node:
        token = self.advance()
        return self.made(n.UnaryComparison(token.text, self.expression(ADDITIVE), position=token.start))

    # -- operands

    def _prefix(self) -> n.Node:
        token = self.token
        if token.kind == "symbol":
            reader = _SYMBOLS.get(token.text)
            if reader is None:
                raise self.wrong("A value is expected")
            return self._postfix(reader(self)) if token.text != "-" else reader(self)
        if token.kind == "name":
            return self._word(token)
        if token.kind == "number":
            self.advance()
            return self._postfix(self.made(n.Literal(_number(token), position=token.start)))
        if token.kind == "string":
            self.advance()
            return self._postfix(self.made(n.Literal(unquote(token), position=token.start)))
        raise self.wrong("A value is expected")

    def _word(self, token: Token) -> n.Node:
        reader = _WORDS.get(token.text)
        if reader is not None and (token.text != "function" or self.at_next("(")):
            return reader(self)
        if token.text in LITERAL_WORDS:
            self.advance()
            return self._postfix(self.made(n.Literal(CONSTANTS[token.text], position=token.start)))
        return self._postfix(self.made(n.Name(self.name(), position=token.start)))

    def _postfix(self, target: n.Node) -> n.Node:
        chained = 0
        while self.at(".", "(") or (self.at("[") and self._starts_expression(self.index + 1)):
            position = self.token.start
            if self.take("."):
                target = n.Path(target, self.name(), position=position)
            elif self.take("["):
                condition = self.expression()
                self.expect("]")
                target = n.Filter(target, condition, position=position)
            else:
                target = self._call(target)
            self.made(target)
            chained += 1
            self.deeper(1)
        self.deeper(-chained)
        return target

    def _starts_expression(self, index: int) -> bool:
        """Tells a filter from the `[` that closes a half-open range, as in `[1..5[`."""
        token = self.tokens[index]
        if token.kind == "symbol":
            return token.text in _SYMBOLS and token.text not in COMPARISONS and token.text != "]"
        return token.kind in ("number", "string") or (token.kind == "name" and token.text not in STOP_WORDS)

    def _call(self, target: n.Node) -> n.Call:
        position = target.position
        self.expect("(")
        arguments: list[n.Node] = []
        names: list[str] = []
        while not self.take(")"):
            if arguments:
                self.expect(",")
            label = self._label()
            if label is not None:
                names.append(label)
            arguments.append(self.expression())
        if names and len(names) != len(arguments):
            raise FeelSyntaxError("Name all arguments or none.", position)
        return n.Call(target, tuple(arguments), tuple(names), position=position)

    def _label(self) -> str | None:
        """The `name:` before a named argument, if there is one."""
        if self.token.kind != "name":
            return None
        start = self.index
        label = self.any_name()
        if self.take(":"):
            return label
        self.index = start
        return None

    def _minus(self) -> n.Node:
        position = self.advance().start
        operand = self.expression(UNARY)
        return self.made(n.Negation(operand, position=position))

    def _at_literal(self) -> n.Node:
        position = self.advance().start
        if self.token.kind != "string":
            raise self.wrong("A quoted date, time or duration is expected after @")
        return self.made(n.AtLiteral(unquote(self.advance()), position=position))

    def _parenthesis(self) -> n.Node:
        position = self.advance().start
        inner = self.test()
        if self.at(".."):
            return self._range(inner, position, closed=False)
        self.expect(")")
        return inner

    def _bracket(self) -> n.Node:
        position = self.advance().start
        items: list[n.Node] = []
        while not self.take("]"):
            if items:
                self.expect(",")
            items.append(self.test())
            if len(items) == 1 and self.at(".."):
                return self._range(items[0], position, closed=True)
        return self.made(n.ListNode(tuple(items), position=position))

    def _open_bracket(self) -> n.Node:
        position = self.advance().start
        return self._range(self.expression(ADDITIVE), position, closed=False)

    def _range(self, low: n.Node, position: int, closed: bool) -> n.Node:
        self.expect("..")
        high = self.expression(ADDITIVE)
        if not self.at("]", ")", "["):
            raise self.wrong('"]" or ")" is expected at the end of the range')
        return self.made(n.RangeNode(low, high, closed, self.advance().text == "]", position=position))

    def _context(self) -> n.Node:
        position = self.advance().start
        before = self.odd
        entries: list[tuple[str, n.Node]] = []
        while not self.take("}"):
            if entries:
                self.expect(",")
            key = self._key()
            self.expect(":")
            entries.append((key, self.expression()))
            self.declare([key])
        self.odd = before
        return self.made(n.ContextNode(tuple(entries), position=position))

    def _key(self) -> str:
        """A context key: a string, or words and the symbols a name may have."""
        if self.token.kind == "string":
            return unquote(self.advance())
        first = self.token
        last = first
        while self.token.kind in ("name", "number") or self.token.text in NAME_SYMBOLS:
            last = self.advance()
        if first.kind != "name":
            raise FeelSyntaxError("The name of a context entry is expected.", first.start)
        return " ".join(self.text[first.start : last.end].split())

    # -- words that start an expression

    def _if(self) -> n.Node:
        position = self.advance().start
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return self.made(n.If(condition, then, self.expression(), position=position))

    def _for(self) -> n.Node:
        position = self.advance().start
        before = self.odd
        iterators = self._iterators()
        self.expect("return")
        body = self.expression()
        self.odd = before
        return self.made(n.For(iterators, body, position=position))

    def _quantified(self) -> n.Node:
        word = self.advance()
        before = self.odd
        iterators = self._iterators()
        self.expect("satisfies")
        condition = self.expression()
        self.odd = before
        return self.made(n.Quantified(word.text == "some", iterators, condition, position=word.start))

    def _iterators(self) -> tuple[n.Iterator_, ...]:
        found = [self._iterator()]
        while self.take(","):
            found.append(self._iterator())
        return tuple(found)

    def _iterator(self) -> n.Iterator_:
        position = self.token.start
        name = self.name()
        self.expect("in")
        source = self.expression()
        end = self.expression() if self.take("..") else None
        self.declare([name])
        return self.made(n.Iterator_(name, source, end, position=position))

    def _function(self) -> n.Node:
        position = self.advance().start
        self.expect("(")
        parameters: list[str] = []
        types: list[n.TypeNode | None] = []
        while not self.take(")"):
            if parameters:
                self.expect(",")
            parameters.append(self.name())
            types.append(read_type(self) if self.take(":") else None)
        if self.at("external"):
            raise FeelSyntaxError("External functions are never run.", self.token.start)
        before = self.declare(parameters)
        body = self.expression()
        self.odd = before
        return self.made(n.FunctionNode(tuple(parameters), tuple(types), body, position=position))


def _number(token: Token) -> Value:
    try:
        return NUMBERS.create_decimal(token.text)
    except ArithmeticError:
        raise FeelSyntaxError("The number is too large.", token.start) from None


_SYMBOLS: dict[str, Callable[[Parser], n.Node]] = {
    "-": Parser._minus,
    "@": Parser._at_literal,
    "(": Parser._parenthesis,
    "[": Parser._bracket,
    "]": Parser._open_bracket,
    "{": Parser._context,
}
_WORDS: dict[str, Callable[[Parser], n.Node]] = {
    "if": Parser._if,
    "for": Parser._for,
    "some": Parser._quantified,
    "every": Parser._quantified,
    "function": Parser._function,
}
