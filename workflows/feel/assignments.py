"""Script tasks: lines of `variable = expression`, run from top to bottom by the engine. Nothing else is a script."""

import re
from dataclasses import dataclass
from functools import lru_cache

from workflows.feel.budget import MAX_SOURCE
from workflows.feel.errors import FeelSyntaxError, FeelTooComplex
from workflows.feel.expression import Expression, parse
from workflows.feel.lexer import NAME_START, Token, tokenize
from workflows.feel.names import LITERAL_WORDS, STOP_WORDS
from workflows.feel.parse_parts import COMPARISONS

_START = re.compile(rf"[ \t]*([{NAME_START}][^=\n\"(){{}}\[\]<>!,:]*?)[ \t]*=")
_CONTINUES = COMPARISONS | frozenset("+-*/.,:([{@") | {"**", ".."} | STOP_WORDS | {"if", "of"}


@dataclass(frozen=True, slots=True)
class Assignment:
    """target: the dotted name on the left, in parts."""

    target: tuple[str, ...]
    expression: Expression


@lru_cache(maxsize=512)
def parse_assignments(script: str) -> tuple[Assignment, ...]:
    """The assignments of a script, in order. Raises FeelSyntaxError with a position in the script."""
    if len(script) > MAX_SOURCE:
        raise FeelTooComplex("length", MAX_SOURCE)
    starts = _starts(script)
    before = script[: starts[0]] if starts else script
    if _has_code(before):
        raise FeelSyntaxError("A script has lines of the form: variable = expression.", 0)
    ends = [*starts[1:], len(script)] if starts else []
    return tuple(_assignment(script, start, end) for start, end in zip(starts, ends, strict=True))


def _has_code(text: str) -> bool:
    return len(tokenize(text)) > 1


def _starts(script: str) -> list[int]:
    """Where assignments begin: at lines of the right shape outside brackets, not after an open operator."""
    tokens = tokenize(script)
    starts: list[int] = []
    depth = 0
    previous: Token | None = None
    for token in tokens:
        opens_line = previous is None or "\n" in script[previous.end : token.start]
        open_operator = previous is not None and bool(starts) and previous.text in _CONTINUES
        if opens_line and depth == 0 and not open_operator and _START.match(script, token.start):
            starts.append(token.start)
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        previous = token
    return starts


def _assignment(script: str, start: int, end: int) -> Assignment:
    found = _START.match(script, start)
    assert found is not None
    target = tuple(" ".join(part.split()) for part in found[1].split("."))
    if not all(target) or any(part in STOP_WORDS | LITERAL_WORDS for part in target):
        raise FeelSyntaxError("The name on the left of = is not a variable.", start)
    try:
        return Assignment(target, parse(script[found.end() : end].strip()))
    except FeelSyntaxError as error:
        text = script[found.end() : end]
        offset = found.end() + len(text) - len(text.lstrip())
        raise FeelSyntaxError(error.message, offset + error.position) from None
