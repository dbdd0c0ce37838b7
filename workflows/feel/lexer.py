"""Text to tokens. A name is one word here; the parser joins words, because only it knows the names in scope."""

import re
from dataclasses import dataclass

from workflows.feel.errors import FeelSyntaxError

# DMN 1.5 section 10.3.1.2, grammar rules 28 and 29: where a name may start and what it may contain.
NAME_START = (
    r"?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
NAME_PART = NAME_START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"

_TOKEN = re.compile(
    rf"""
    (?P<space>(?:[\s\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+
        |//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/)+)
  | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<string>"(?:[^"\\]|\\.)*+")
  | (?P<name>[{NAME_START}][{NAME_PART}]*)
  | (?P<unclosed>(?:/\*|").*)  # to the end, so that no further start is tried inside it
  | (?P<symbol>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{{}},:.@])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """kind: "name", "number", "string", "symbol", "unclosed" (a text or comment), "other" (no FEEL character) or
    "end"."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """All tokens, the last one of kind "end". Never raises: the parser complains of "unclosed" and "other" ones."""
    tokens = [
        Token(str(found.lastgroup), found.group(), found.start(), found.end())
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "space"
    ]
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def unquote(token: Token) -> str:
    """The text a string literal stands for; an escape FEEL does not know stays as it is (patterns are full of them).

    Raises FeelSyntaxError for a code that is no character.
    """

    def replace(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        if code:
            return _character(int(code, 16), token.start + found.start())
        if found[3] not in _SIMPLE_ESCAPES:
            return found[0]
        return _SIMPLE_ESCAPES[found[3]]

    joined = _ESCAPE.sub(replace, token.text[1:-1])
    try:
        return joined.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise FeelSyntaxError("Half of a surrogate pair is no character.", token.start) from None


def _character(code: int, position: int) -> str:
    if code > 0x10FFFF:
        raise FeelSyntaxError("There is no such Unicode character.", position)
    return chr(code)
