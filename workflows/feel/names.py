"""Where does a name end?

FEEL names may contain spaces and symbols (`days in stay`, `profit-margin`). Two words in a row are never two
things, so words are joined without asking. A name with a keyword or symbol in it is only seen when it is declared:
by the caller, or by a context entry, iterator or parameter further out; then the longest declared name wins.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from workflows.feel.lexer import NAME_PART, Token

STOP_WORDS = frozenset({"and", "or", "in", "between", "then", "else", "return", "satisfies", "instance"})
LITERAL_WORDS = frozenset({"true", "false", "null"})
BUILTIN_ODD = r"date\s+and\s+time(?=\s*\()|years\s+and\s+months\s+duration(?=\s*\()"
ODD_TYPES = re.compile(r"date\s+and\s+time\b|years\s+and\s+months\s+duration\b|days\s+and\s+time\s+duration\b")
_WORD = re.compile(rf"[{NAME_PART}]+")


def normal(name: str) -> str:
    """One space between the words."""
    return " ".join(name.split())


def is_odd(name: str) -> bool:
    """Must this name be declared to be seen whole?"""
    words = name.split()
    if not all(_WORD.fullmatch(word) for word in words):
        return True
    return any(word in STOP_WORDS for word in words) or words[0] in LITERAL_WORDS


def odd_names(names: Iterable[str]) -> frozenset[str]:
    """Those of the names that the parser must be told."""
    return frozenset(normal(name) for name in names if name.strip() and is_odd(name))


@lru_cache(maxsize=512)
def odd_pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Matches the longest declared odd name at a position."""
    ordered = sorted(names, key=len, reverse=True)
    choices = [r"\s+".join(re.escape(word) for word in name.split()) + rf"(?![{NAME_PART}])" for name in ordered]
    return re.compile("|".join([*choices, BUILTIN_ODD]))


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
