"""Where does a name end?

FEEL names may contain spaces and symbols (`days in stay`, `profit-margin`). Two words in a row are never two
things, so words are joined without asking. A name with a keyword or symbol in it is only seen when it is declared:
by the caller, or by a context entry, iterator or parameter further out; then the longest declared name wins.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflows.feel.lexer import NAME_PART, Token

STOP_WORDS = frozenset({"and", "or", "in", "between", "then", "else", "return", "satisfies", "instance"})
LITERAL_WORDS = frozenset({"true", "false", "null"})
ODD_TYPES = re.compile(r"date\s+and\s+time\b|years\s+and\s+months\s+duration\b|days\s+and\s+time\s+duration\b")
_WORD = re.compile(rf"[{NAME_PART}]+")
_PART = re.compile(rf"[{NAME_PART}]")
_ODD_BUILTINS: set[str] = set()


def normal(name: str) -> str:
    """One space between the words."""
    return " ".join(name.split())


def is_odd(name: str) -> bool:
    """Must this name be declared to be seen whole?"""
    words = name.split()
    if not all(_WORD.fullmatch(word) for word in words):
        return True
    return any(word in STOP_WORDS for word in words) or words[0] in LITERAL_WORDS


def declare_builtin(name: str) -> None:
    """Let `date and time` and the like be seen whole where they are called, without being declared in every scope."""
    if is_odd(name) and name not in _ODD_BUILTINS:
        _ODD_BUILTINS.add(name)
        _called_builtin.cache_clear()


@lru_cache(maxsize=1)
def _called_builtin() -> re.Pattern[str]:
    longest_first = sorted(_ODD_BUILTINS, key=len, reverse=True)
    return re.compile("|".join(r"\s+".join(map(re.escape, one.split())) + r"(?=\s*\()" for one in longest_first))


@lru_cache(maxsize=64)
def odd_names(names: frozenset[str]) -> frozenset[str]:
    """Those of the names that the parser must be told."""
    return frozenset(normal(name) for name in names if name.strip() and is_odd(name))


class OddNames:
    """Declared names that the parser must be told, found by the word they start with. Never changes.

    Adding names keeps the groups few, so that a text that declares a thousand names is read in a time that grows with
    its length.
    """

    def __init__(self, groups: tuple[frozenset[str], ...] = ()) -> None:
        self._groups = groups

    def with_names(self, names: Iterable[str]) -> "OddNames":
        """These and more."""
        added = odd_names(frozenset(names))
        if not added:
            return self
        groups = [*self._groups, added]
        while len(groups) > 1 and len(groups[-2]) <= len(groups[-1]):
            groups[-2:] = [groups[-2] | groups[-1]]
        return OddNames(tuple(groups))

    def longest(self, word: str, text: str, start: int) -> tuple[str, int] | None:
        """The longest declared name that stands in the text at `start`, and where it ends. word: the token there."""
        known = [found for group in self._groups if (found := _by_word(group).get(word))]
        if known:
            reach = 2 * max(one.longest for one in known) + 100  # room for words that stand further apart
            ahead = " ".join(text[start : start + reach].split())
            for length in sorted({length for one in known for length in one.lengths}, reverse=True):
                name = ahead[:length]
                if any(name in one.names for one in known) and not _PART.match(ahead, length):
                    return name, _end(name, text, start)
        builtin = _called_builtin().match(text, start)
        return (normal(builtin.group()), builtin.end()) if builtin else None


@dataclass(frozen=True, slots=True)
class _Known:
    """Names that start with the same word. lengths: those that occur among them."""

    names: frozenset[str]
    lengths: frozenset[int]
    longest: int


@lru_cache(maxsize=512)
def _by_word(names: frozenset[str]) -> Mapping[str, _Known]:
    found: dict[str, list[str]] = {}
    for name in names:
        word = _WORD.match(name)
        if word:  # no expression can speak of the others
            found.setdefault(word.group(), []).append(name)
    return {
        word: _Known(frozenset(several), frozenset(map(len, several)), max(map(len, several)))
        for word, several in found.items()
    }


def _end(name: str, text: str, start: int) -> int:
    """Where a name ends whose words may be further apart in the text."""
    position = start
    for word in name.split(" "):
        position = text.index(word, position) + len(word)
    return position


def joined_end(tokens: list[Token], index: int) -> int:
    """Index after the last word of the name that starts at `index`."""
    index += 1
    while _continues(tokens[index]) and not _is_operator_word(tokens, index):
        index += 1
    return index


def _continues(token: Token) -> bool:
    return token.kind == "name" or (token.kind == "number" and token.text.isdigit())


def _is_operator_word(tokens: list[Token], index: int) -> bool:
    word = tokens[index].text
    if word == "instance":
        return tokens[index + 1].text == "of"
    return word in STOP_WORDS
