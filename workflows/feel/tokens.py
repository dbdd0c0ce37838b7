"""A cursor over the tokens of one text, with the limits that hold while reading."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from workflows.feel import remedies
from workflows.feel.budget import MAX_DEPTH, MAX_NODES, MAX_SOURCE
from workflows.feel.errors import FeelSyntaxError, FeelTooComplex, FeelUnsupported
from workflows.feel.lexer import Token, tokenize
from workflows.feel.names import STOP_WORDS, OddNames, joined_end
from workflows.feel.nodes import Node

AnyNode = TypeVar("AnyNode", bound=Node)


@contextmanager
def advising(text: str) -> Iterator[None]:
    """Adds to a FeelSyntaxError what the author may write instead. Limits speak for themselves."""
    try:
        yield
    except (FeelTooComplex, FeelUnsupported):
        raise
    except FeelSyntaxError as error:
        advice = remedies.for_syntax(text, error.position)
        raise FeelSyntaxError(f"{error.message} {advice}".rstrip(), error.position) from None


class Cursor:
    """Where the parser is. names: names in scope, needed for those with symbols or keywords in them."""

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        if len(text) > MAX_SOURCE:
            raise FeelTooComplex("length", MAX_SOURCE)
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.count = 0
        self.odd = self.odd_fields = OddNames().with_names(names)

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def at(self, *texts: str) -> bool:
        """Is the next token one of these symbols or words?"""
        return self.token.text in texts and self.token.kind in ("symbol", "name")

    def at_next(self, text: str) -> bool:
        """Is this symbol the token after the next?"""
        return self.token.kind != "end" and self.tokens[self.index + 1].text == text

    def advance(self) -> Token:
        """The next token, stepped over."""
        token = self.token
        self.index += 1
        return token

    def take(self, text: str) -> bool:
        """Step over the token if it is there."""
        if self.at(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Step over the token. Raises FeelSyntaxError when it is not there."""
        if not self.take(text):
            raise self.wrong(f'"{text}" is expected')

    def finish(self) -> None:
        """Raises FeelSyntaxError when text is left over."""
        if self.token.kind != "end":
            raise self.wrong("An operator or the end is expected")

    def wrong(self, message: str) -> FeelSyntaxError:
        """The error that the next token does not fit."""
        found = f'"{self.token.text[:20]}"' if self.token.kind != "end" else "the end of the text"
        return FeelSyntaxError(f"{message}, not {found}.", self.token.start)

    def made(self, node: AnyNode) -> AnyNode:
        """Count a new node and note where it ends. Raises FeelTooComplex."""
        self.count += 1
        object.__setattr__(node, "stop", self.tokens[self.index - 1].end)  # its only change, before anyone else has it
        if self.count > MAX_NODES:
            raise FeelTooComplex("nodes", MAX_NODES, node.position)
        return node

    def deeper(self, levels: int) -> None:
        """Account for nesting. Raises FeelTooComplex."""
        self.depth += levels
        if self.depth > MAX_DEPTH:
            raise FeelTooComplex("depth", MAX_DEPTH, self.token.start)

    def declare(self, names: Iterable[str]) -> OddNames:
        """Bring names into scope; returns what to put back into `odd` when they go out of it."""
        before = self.odd
        names = list(names)
        self.odd, self.odd_fields = before.with_names(names), self.odd_fields.with_names(names)
        return before

    def field(self) -> str:
        """The name behind a dot: it may be one that was declared in a context written earlier in the same text."""
        before, self.odd = self.odd, self.odd_fields
        found = self.name()
        self.odd = before
        return found

    def name(self) -> str:
        """The name that starts here: the longest declared one, else the words in a row. Raises FeelSyntaxError."""
        if self.token.kind != "name":
            raise self.wrong("A name is expected")
        start = self.token.start
        found = self.odd.longest(self.token.text, self.text, start)
        joined = joined_end(self.tokens, self.index)
        end = self.tokens[joined - 1].end
        if found and found[1] >= end and self._step_to(found[1]):
            return found[0]
        if self.token.text in STOP_WORDS:
            raise self.wrong("A name is expected")
        words = [token.text for token in self.tokens[self.index : joined]]
        self.index = joined
        return " ".join(words)

    def any_name(self) -> str:
        """A name where no expression can be (a parameter or field): keywords are words here."""
        words = []
        while self.token.kind in ("name", "number"):
            words.append(self.advance().text)
        if not words:
            raise self.wrong("A name is expected")
        return " ".join(words)

    def _step_to(self, end: int) -> bool:
        """Move behind a declared name; False when it would end inside a token."""
        index = self.index
        while self.tokens[index].kind != "end" and self.tokens[index].end < end:
            index += 1
        if self.tokens[index].end != end:
            return False
        self.index = index + 1
        return True
