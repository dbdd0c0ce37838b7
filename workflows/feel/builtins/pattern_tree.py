"""XPath patterns as trees (XQuery and XPath Functions 3.1, section 5.6.1). Reading is linear in the pattern."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, Union

from workflows.feel.builtins.pattern_classes import Weight, bracket, escape, escaped_class
from workflows.feel.builtins.pattern_source import Source, refuse

MAX_REPEAT = 1_000
MAX_GROUPS = 20  # nested in each other
_QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})(\?)?")


@dataclass(frozen=True, slots=True)
class One:
    """One character. text: as Python writes it. literal: the character itself, "" for a class."""

    text: str
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A place without width. ends: the end of the whole text."""

    text: str
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """number: of a capturing group, 0 for another."""

    number: int
    inner: "Tree"


@dataclass(frozen=True, slots=True)
class Back:
    """What a group matched, again."""

    number: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """most: None for any number. lazy: as few as possible first."""

    inner: "Tree"
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after the other."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first that fits."""

    options: tuple["Tree", ...]


Tree: TypeAlias = Union[One, Edge, Group, Back, Repeat, Row, Choice]  # noqa: UP007 - as the quoted names above


def below(tree: Tree) -> Iterator[Tree]:
    """The parts directly below."""
    if isinstance(tree, Group | Repeat):
        yield tree.inner
    elif isinstance(tree, Row):
        yield from tree.parts
    elif isinstance(tree, Choice):
        yield from tree.options


def read_tree(pattern: str, flags: str) -> Tree:
    """The tree. Raises Trouble for a pattern that is not valid, FeelBudgetExceeded for classes that are too large."""
    if "q" in flags:
        return Row(tuple(One(re.escape(character), character) for character in pattern))
    reader = _Reader(Source(pattern, flags))
    tree = reader.choice(depth=0)
    if not reader.source.at_end:
        refuse("A parenthesis is closed that was not opened.")
    return tree


class _Reader:
    """Reads one pattern."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.weight = Weight()

    def choice(self, depth: int) -> Tree:
        if depth > MAX_GROUPS:
            refuse("Groups are nested too deep.")
        options = [self._row(depth)]
        while self.source.take("|"):
            options.append(self._row(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _row(self, depth: int) -> Tree:
        parts: list[Tree] = []
        while not self.source.at_end and self.source.peek not in "|)":
            parts.append(self._quantified(depth))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _quantified(self, depth: int) -> Tree:
        atom = self._atom(depth)
        found = self.source.match(_QUANTIFIER)
        if found is None:
            return atom
        least, most = _bounds(found)
        if self.source.peek in ("*", "+", "?", "{"):
            refuse("A quantifier follows a quantifier.")
        return Repeat(atom, least, most, lazy=found[5] is not None)

    def _atom(self, depth: int) -> Tree:
        symbol = self.source.next()
        if symbol == "(":
            return self._group(depth)
        if symbol == "[":
            return One(bracket(self.source, self.weight))
        if symbol == "\\":
            return self._escaped()
        if symbol in _EDGES:
            return _EDGES[symbol]["m" in self.source.flags]
        if symbol == ".":
            return One("(?s:.)" if "s" in self.source.flags else r"[^\n\r]")
        if symbol in "*+?{}]":
            refuse(f'"{symbol}" must be escaped here.')
        return One(re.escape(symbol), symbol)

    def _group(self, depth: int) -> Tree:
        source, number = self.source, 0
        if not source.take("?:"):
            if source.peek == "?":
                refuse("Look-around and special groups are not supported.")
            number = source.groups = source.groups + 1
        inner = self.choice(depth + 1)
        if not source.take(")"):
            refuse("A parenthesis is not closed.")
        source.closed.add(number)
        return Group(number, inner)

    def _escaped(self) -> Tree:
        if self.source.peek.isdigit():
            return self._back()
        one = escape(self.source, self.weight)
        return One(one.text, one.character) if one.character else One(escaped_class(one))

    def _back(self) -> Tree:
        """The longest number that is one of a group; further digits are characters."""
        number = int(self._digit())
        while self.source.peek.isdigit() and number * 10 + int(self.source.peek) <= self.source.groups:
            number = number * 10 + int(self._digit())
        if number not in self.source.closed or not number:
            refuse("A back reference names a group that is complete before it.")
        return Back(number)

    def _digit(self) -> str:
        digit = self.source.next()
        return digit if digit.isascii() else refuse("A back reference is written with the digits 0 to 9.")


# In the middle of the text too with flag m; a line feed at the very end starts no further line.
_EDGES = {
    "^": (Edge(r"\A"), Edge(r"(?:\A|(?<=\n)(?!\Z))")),
    "$": (Edge(r"\Z", ends=True), Edge(r"(?:\Z|(?=\n))")),
}


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    symbol, low, comma, high, _ = found.groups()
    if symbol:
        return (1 if symbol == "+" else 0), (1 if symbol == "?" else None)
    least = int(low)
    most = least if not comma else int(high) if high else None
    if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
        refuse("The numbers of a quantifier are not valid.")
    return least, most
