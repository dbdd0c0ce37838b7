"""Reads an expression of Python, JUEL or JavaScript and writes the same in FEEL.

One grammar for the three: where they differ in meaning (a chain of comparisons, the length of something, what counts
as true) the expression is not mechanical.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from workflows.repair.foreign.lexing import NotMechanical, Token, tokenize

CHOICE, OR, AND, COMPARED, SUM, PRODUCT, NEGATED, ATOM = range(8)
"""How tightly a piece of FEEL binds."""
MAX_DEPTH = 40

_COMPARISONS = {
    "==": "=", "===": "=", "!=": "!=", "!==": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=",
    "eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
}  # fmt: skip
_LITERALS = {"True": "true", "true": "true", "False": "false", "false": "false", "None": "null", "null": "null"}
_FUNCTIONS = frozenset({"abs", "min", "max", "sum"})
"""They are called the same and do the same in FEEL."""
_RESERVED = frozenset(
    {"and", "or", "not", "if", "then", "else", "for", "return", "in", "some", "every", "satisfies", "between", "is"}
    | {"instance", "of", "function", "empty", "div", "mod", "lambda", "new", "typeof", "instanceof", "undefined"}
    | {"eq", "ne", "lt", "gt", "le", "ge", "this", "await", "yield", "date", "time", "duration"}
)
_DECEPTIVE = frozenset({"length", "size", "empty", "keys", "values", "items", "count"})
"""Reading these is asking about the value itself; FEEL would look for an entry of that name."""


@dataclass(frozen=True)
class Piece:
    """FEEL text. level: how tightly it binds; is_truth: it is a boolean for certain."""

    text: str
    level: int
    is_truth: bool = False

    def within(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


Part = Callable[[], Piece]


class Words:
    """The words of an expression, one after the other."""

    def __init__(self, source: str) -> None:
        self.tokens = tokenize(source)
        self.at = 0

    def _peek(self) -> Token:
        return self.tokens[self.at]

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _takes(self, *texts: str) -> str | None:
        token = self._peek()
        if token.kind in ("sign", "name") and token.text in texts:
            return self._next().text
        return None

    def _need(self, condition: object) -> None:
        if not condition:
            raise NotMechanical


class Operands(Words):
    """Names, paths, calls and literals. names: the variables that were seen."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.names: set[str] = set()

    def _choice(self) -> Piece:
        """A whole expression, which may stand inside of an operand."""
        raise NotImplementedError

    def _path(self) -> Piece:
        found = self._atom()
        while sign := self._takes(".", "["):
            found = self._member(found) if sign == "." else self._entry(found)
        self._need(self._peek().text not in ("(", "{"))
        return found

    def _member(self, owner: Piece) -> Piece:
        name = self._next()
        self._need(name.kind == "name")
        if name.text == "get" and self._takes("("):
            return self._key(owner, self._next(), ")")
        if name.text == "equals" and self._takes("("):
            other = self._choice()
            self._need(self._takes(")"))
            return Piece(f"{owner.within(SUM)} = {other.within(SUM)}", COMPARED, True)
        self._need(self._peek().text != "(" and name.text not in _RESERVED | _DECEPTIVE)
        return Piece(f"{owner.within(ATOM)}.{name.text}", ATOM)

    def _entry(self, owner: Piece) -> Piece:
        """`a["b"]` and `a[0]`: counted from one in FEEL."""
        key = self._next()
        if key.kind == "number" and key.text.isdigit():
            self._need(self._takes("]"))
            return Piece(f"{owner.within(ATOM)}[{int(key.text) + 1}]", ATOM)
        return self._key(owner, key, "]")

    def _key(self, owner: Piece, key: Token, closing: str) -> Piece:
        self._need(key.kind == "text" and self._takes(closing))
        plain = key.text.isidentifier() and key.text.isascii() and key.text not in _RESERVED
        if plain:
            return Piece(f"{owner.within(ATOM)}.{key.text}", ATOM)
        return Piece(f"get value({owner.text}, {_quoted(key.text)})", ATOM)

    def _atom(self) -> Piece:
        token = self._next()
        if token.kind == "number":
            return Piece(f"0{token.text}" if token.text.startswith(".") else token.text, ATOM)
        if token.kind == "text":
            return Piece(_quoted(token.text), ATOM)
        if token.kind == "name":
            return self._named(token.text)
        if token.text == "(":
            inner = self._choice()
            self._need(self._takes(")"))
            return Piece(f"({inner.text})", ATOM, inner.is_truth)
        if token.text == "[":
            return Piece(f"[{', '.join(self._list(']'))}]", ATOM)
        self._need(token.text == "{")
        return self._context()

    def _named(self, name: str) -> Piece:
        if name in _LITERALS:
            return Piece(_LITERALS[name], ATOM, name.lower() in ("true", "false"))
        if name == "execution":
            return self._variable()
        if name in _FUNCTIONS and self._takes("("):
            return Piece(f"{name}({', '.join(self._list(')'))})", ATOM)
        self._need(name not in _RESERVED)
        self.names.add(name)
        return Piece(name, ATOM)

    def _variable(self) -> Piece:
        """`execution.getVariable("x")`."""
        self._need(self._takes(".") and self._takes("getVariable") and self._takes("("))
        key = self._next()
        self._need(key.kind == "text" and key.text.isidentifier() and key.text not in _RESERVED and self._takes(")"))
        self.names.add(key.text)
        return Piece(key.text, ATOM)

    def _list(self, closing: str) -> list[str]:
        found: list[str] = []
        while not self._takes(closing):
            found.append(self._choice().text)
            if not self._takes(","):
                self._need(self._takes(closing))
                break
        return found

    def _context(self) -> Piece:
        entries: list[str] = []
        while not self._takes("}"):
            key = self._next()
            self._need(key.kind == "text" and self._takes(":"))
            entries.append(f"{_quoted(key.text)}: {self._choice().text}")
            if not self._takes(","):
                self._need(self._takes("}"))
                break
        return Piece(f"{{{', '.join(entries)}}}", ATOM)


class Grammar(Operands):
    """Operators, from those that bind loosely to those that bind tightly.

    loose: a name may stand where a boolean is wanted (in a condition the engine refuses anything else loudly).
    juel:  `not` binds like `!`.
    """

    def __init__(self, source: str, *, loose: bool, juel: bool) -> None:
        super().__init__(source)
        self.depth, self.loose, self.juel = 0, loose, juel

    def whole(self) -> str:
        """The expression in FEEL. Raises NotMechanical."""
        found = self._choice()
        self._need(self._peek().kind == "end")
        return found.text

    def _choice(self) -> Piece:
        """`a ? b : c`, `b if a else c`."""
        self.depth += 1
        self._need(self.depth < MAX_DEPTH)
        first = self._or()
        if self._takes("?"):
            yes = self._choice()
            self._need(self._takes(":"))
            first = self._either(first, yes, self._choice())
        elif self._takes("if"):
            test = self._or()
            self._need(self._takes("else"))
            first = self._either(test, first, self._choice())
        self.depth -= 1
        return first

    def _either(self, test: Piece, yes: Piece, no: Piece) -> Piece:
        self._need(test.is_truth or self.loose)
        return Piece(f"if {test.text} then {yes.within(OR)} else {no.text}", CHOICE)

    def _or(self) -> Piece:
        return self._joined(OR, "or", ("or", "||"), self._and)

    def _and(self) -> Piece:
        return self._joined(AND, "and", ("and", "&&"), self._not)

    def _joined(self, level: int, word: str, signs: tuple[str, ...], part: "Part") -> Piece:
        parts = [part()]
        while self._takes(*signs):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        self._need(self.loose or all(one.is_truth for one in parts))
        return Piece(f" {word} ".join(one.within(level) for one in parts), level, True)

    def _not(self) -> Piece:
        if not self.juel and self._takes("not"):
            return self._negated(self._not())
        return self._comparison()

    def _negated(self, part: Piece) -> Piece:
        self._need(part.is_truth or self.loose)
        return Piece(f"not({part.text})", ATOM, True)

    def _comparison(self) -> Piece:
        left = self._sum()
        sign = self._takes(*_COMPARISONS)
        if sign:
            found = Piece(f"{left.within(SUM)} {_COMPARISONS[sign]} {self._sum().within(SUM)}", COMPARED, True)
        elif self._takes("is"):
            found = self._is_null(left)
        elif self._peek().text == "not" or self._peek().text == "in":
            found = self._among(left)
        else:
            return left
        self._need(self._peek().text not in (*_COMPARISONS, "is", "in"))  # A chain means different things.
        return found

    def _is_null(self, left: Piece) -> Piece:
        sign = "!=" if self._takes("not") else "="
        self._need(self._takes("None"))
        return Piece(f"{left.within(SUM)} {sign} null", COMPARED, True)

    def _among(self, left: Piece) -> Piece:
        """Only in a list that is written down: of a text or a context, `in` asks something else."""
        is_not = self._takes("not") is not None
        self._need(self._takes("in"))
        closing = {"[": "]", "(": ")"}.get(self._next().text)
        self._need(closing)
        listed = ", ".join(self._list(str(closing)))
        found = f"list contains([{listed}], {left.text})"
        return Piece(f"not({found})" if is_not else found, ATOM, True)

    def _sum(self) -> Piece:
        return self._chain(SUM, ("+", "-"), self._product)

    def _product(self) -> Piece:
        return self._chain(PRODUCT, ("*", "/"), self._unary)

    def _chain(self, level: int, signs: tuple[str, ...], part: "Part") -> Piece:
        left = part()
        while self._peek().kind == "sign" and (sign := self._takes(*signs)):
            self._need(self._peek().text not in ("*", "/"))  # `**` and `//` are other operators.
            left = Piece(f"{left.within(level)} {sign} {part().within(level + 1)}", level)
        return left

    def _unary(self) -> Piece:
        if self._takes("!") or (self.juel and self._takes("not")):
            return self._negated(self._unary())
        if self._takes("-"):
            return Piece(f"-{self._unary().within(ATOM)}", NEGATED)
        return self._path()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
