"""The words of an expression in Python, JUEL or JavaScript; only those that such expressions share."""

import re
from dataclasses import dataclass

MAX_TOKENS = 500
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?|\.\d+)(?![\w.])
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/<>!?:.,()\[\]{}])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "/": "/"}


class NotMechanical(Exception):
    """The text says something that is more than another spelling of FEEL."""


@dataclass(frozen=True)
class Token:
    """kind: "number", "name", "text", "sign" or "end". text: of a text its value."""

    kind: str
    text: str


def tokenize(source: str) -> list[Token]:
    """Raises NotMechanical for what is none of these words."""
    found, at, source = list[Token](), 0, source.rstrip()
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None or len(found) >= MAX_TOKENS:
            raise NotMechanical
        kind = str(match.lastgroup)
        found.append(Token(kind, _plain(match[kind]) if kind == "text" else match[kind]))
        at = match.end()
    return [*found, Token("end", "")]


def _plain(quoted: str) -> str:
    def escaped(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise NotMechanical
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", escaped, quoted[1:-1])
