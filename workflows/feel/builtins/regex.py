"""XPath-style patterns as Python patterns that cannot run away.

The standard points to XQuery/XPath Functions 3.1, section 5.6. Back references, look-around and possessive quantifiers
are refused. Python matches by backtracking, so each pattern also carries how many ways it can match a text: a
quantifier over a part that itself matches in several ways is refused (that is the exponential case), and the
remaining polynomial number is held against a budget before the text is touched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import comb

from workflows.feel.budget import MAX_PATTERN, Run
from workflows.feel.builtins.pattern_classes import bracket, escape
from workflows.feel.builtins.pattern_source import Source, refuse
from workflows.feel.errors import FeelBudgetExceeded, Trouble

MAX_WAYS = 10_000_000  # ways to match one text, about one second at worst
MAX_REPEAT = 1_000
_QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})(\?)?")
_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE}


@dataclass(frozen=True, slots=True)
class Piece:
    """A translated part. loops: unbounded quantifiers in it; ways: how often it branches apart from them;
    first: the one character it must start with, if that is known."""

    text: str
    loops: int = 0
    ways: int = 1
    first: str = ""


def compile_pattern(run: Run, pattern: str, flags: str | None, text: str) -> re.Pattern[str]:
    """The pattern, proven affordable for this text. Raises Trouble when refused, FeelBudgetExceeded when too costly."""
    if len(pattern) > MAX_PATTERN:
        raise FeelBudgetExceeded("pattern", MAX_PATTERN)
    compiled, loops, ways = _translated(pattern, flags or "")
    cost = ways * comb(len(text) + loops, loops)
    if cost > MAX_WAYS:
        raise FeelBudgetExceeded("pattern", MAX_WAYS)
    run.charge(1 + cost // 10_000 + len(text) // 64)
    return compiled


@lru_cache(maxsize=256)
def _translated(pattern: str, flags: str) -> tuple[re.Pattern[str], int, int]:
    """The Python pattern, its loops (searching from every position is one more) and its ways."""
    if not set(flags) <= set("smixq"):
        raise Trouble("regex", "The flags are s, m, i, x and q.")
    options = re.NOFLAG
    for flag in set(flags) & _FLAGS.keys():
        options |= _FLAGS[flag]
    if "q" in flags:
        return re.compile(re.escape(pattern), options), 1, 1
    source = Source(pattern, flags)
    whole = _alternatives(source, depth=0)
    if not source.at_end:
        refuse("A parenthesis is closed that was not opened.")
    anchored = pattern.startswith("^") and "m" not in flags and "|" not in pattern
    try:
        return re.compile(whole.text, options), whole.loops + (not anchored), whole.ways
    except (re.error, OverflowError, RecursionError):
        raise Trouble("regex", "The pattern cannot be read.") from None


def _alternatives(source: Source, depth: int) -> Piece:
    if depth > 20:
        refuse("Groups are nested too deep.")
    choices = [_sequence(source, depth)]
    while source.take("|"):
        choices.append(_sequence(source, depth))
    if len(choices) == 1:
        return choices[0]
    starts = [choice.first for choice in choices]
    distinct = all(starts) and len({start.casefold() for start in starts}) == len(starts)
    ways = max(one.ways for one in choices) if distinct else sum(one.ways for one in choices)
    return Piece("|".join(one.text for one in choices), max(one.loops for one in choices), ways)


def _sequence(source: Source, depth: int) -> Piece:
    parts: list[Piece] = []
    while not source.at_end and source.peek not in "|)":
        parts.append(_quantified(source, _atom(source, depth)))
    ways = 1
    for part in parts:
        ways = min(ways * part.ways, MAX_WAYS + 1)
    first = parts[0].first if parts else ""
    return Piece("".join(part.text for part in parts), sum(part.loops for part in parts), ways, first)


def _quantified(source: Source, atom: Piece) -> Piece:
    found = source.match(_QUANTIFIER)
    if found is None:
        return atom
    least, most = _bounds(found)
    if source.peek in ("*", "+", "?", "{"):
        refuse("A quantifier follows a quantifier.")
    text = f"(?:{atom.text}){found.group()}" if not atom.text.startswith("(") else atom.text + found.group()
    if most is None:
        if atom.loops or atom.ways > 1:
            refuse("A repeated part may not match the same text in several ways.")
        return Piece(text, 1, 1, atom.first if least else "")
    if atom.loops and most > 1:
        refuse("A repeated part may not repeat inside.")
    ways = min(atom.ways ** min(most, 30) * (most - least + 1), MAX_WAYS + 1)
    return Piece(text, atom.loops, ways, atom.first if least else "")


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    symbol, low, comma, high, _ = found.groups()
    if symbol:
        return (1 if symbol == "+" else 0), (1 if symbol == "?" else None)
    least = int(low)
    most = least if not comma else int(high) if high else None
    if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
        refuse("The numbers of a quantifier are not valid.")
    return least, most


def _atom(source: Source, depth: int) -> Piece:
    symbol = source.next()
    if symbol == "(":
        return _group(source, depth)
    if symbol == "[":
        return Piece(bracket(source))
    if symbol == "\\":
        return _escaped(source)
    if symbol == ".":
        return Piece("." if "s" in source.flags else r"[^\n\r]")
    if symbol == "^":
        return Piece("^")
    if symbol == "$":
        return Piece("$" if "m" in source.flags else r"\Z")
    if symbol in "*+?{}]":
        refuse(f'"{symbol}" must be escaped here.')
    return Piece(re.escape(symbol), first=symbol)


def _group(source: Source, depth: int) -> Piece:
    opening = "("
    if source.take("?"):
        if not source.take(":"):
            refuse("Look-around and special groups are not supported.")
        opening = "(?:"
    inner = _alternatives(source, depth + 1)
    if not source.take(")"):
        refuse("A parenthesis is not closed.")
    return Piece(f"{opening}{inner.text})", inner.loops, inner.ways, inner.first)


def _escaped(source: Source) -> Piece:
    text = escape(source, in_bracket=False)
    return Piece(text, first=text[1:] if len(text) == 2 and not text[1].isalnum() else "")


def replacement_template(text: str, groups: int, literal: bool) -> Callable[[re.Match[str]], str]:
    """The replacement as a function: `$1` is a group, `\\$` and `\\\\` are themselves. Raises Trouble."""
    if literal:
        return lambda found: text
    parts: list[str | int] = []
    for part in re.finditer(r"\\([\\$])|\$(\d+)|([^\\$]+)|(.)", text, re.DOTALL):
        if part[4]:
            raise Trouble("regex", 'In a replacement, "$" stands before a digit and "\\" before "$" or "\\".')
        parts.append(_group_number(part[2], groups, parts) if part[2] else part[1] or part[3])
    return lambda found: "".join(one if isinstance(one, str) else (found[one] or "") for one in parts)


def _group_number(digits: str, groups: int, parts: list[str | int]) -> str | int:
    """The longest group number there is; what is left of the digits is text. A group that is not there is empty."""
    for length in range(min(len(digits), 3), 0, -1):
        if int(digits[:length]) <= groups:
            parts.append(int(digits[:length]))
            return digits[length:]
    return digits[1:]
