"""Escapes and bracket expressions of XPath patterns, as Python writes them (XML Schema 1.1 part 2, appendix G).

Words and digits are Python's: \\w is letters, digits and the underscore of every script.
"""

import re
from dataclasses import dataclass, field

from workflows.feel.budget import MAX_PATTERN
from workflows.feel.builtins.pattern_characters import NAME, NAME_START, SPACE, Ranges, named, outside
from workflows.feel.builtins.pattern_source import Source, refuse
from workflows.feel.errors import FeelBudgetExceeded

_SINGLE = frozenset("\\|.-^?*+{}()[]$")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_SHARED = frozenset("dDwW")
_SETS: dict[str, Ranges] = {"s": SPACE, "i": NAME_START, "c": NAME}
_CATEGORY = re.compile(r"\{([\w-]{1,30})\}")
MAX_RANGES = 4_000  # in all classes of a pattern
MAX_FOLDED = 100_000  # characters in all ranges of a pattern that ignores case: Python folds each of them


@dataclass(slots=True)
class Escaped:
    """character: the one it is, "" for a class. text: how Python writes it inside brackets. fixed: upper and lower
    case stay different in it, whatever the flags say."""

    character: str = ""
    text: str = ""
    fixed: bool = False


@dataclass(slots=True)
class _Members:
    """Of a bracket expression. fixed: those that do not ignore case."""

    plain: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)

    def add(self, one: Escaped) -> None:
        (self.fixed if one.fixed else self.plain).append(one.text)


@dataclass(slots=True)
class Weight:
    """What compiling the classes of one pattern costs. Raises FeelBudgetExceeded."""

    ranges: int = 0
    folded: int = 0

    def add(self, ranges: int, folded: int = 0) -> None:
        self.ranges += ranges
        self.folded += folded
        if self.ranges > MAX_RANGES or self.folded > MAX_FOLDED:
            raise FeelBudgetExceeded("pattern", MAX_PATTERN)


def escape(source: Source, weight: Weight) -> Escaped:
    """What follows a backslash; back references are read elsewhere. Raises Trouble for unknown escapes."""
    letter = source.next()
    if letter in _SINGLE or letter in _CONTROL:
        character = _CONTROL.get(letter, letter)
        return Escaped(character, re.escape(character))
    if letter in _SHARED:
        return Escaped(text="\\" + letter)
    if letter.lower() in _SETS:
        known = _SETS[letter.lower()]
        return _of_ranges(known if letter.islower() else outside(known), weight)
    if letter in "pP":
        return _category(source, letter == "P", weight)
    return refuse("The pattern has an unknown escape.")


def _of_ranges(ranges: Ranges, weight: Weight) -> Escaped:
    weight.add(len(ranges))
    return Escaped(text="".join(_range(low, high) for low, high in ranges), fixed=True)


def _range(low: int, high: int) -> str:
    first = re.escape(chr(low))
    return first if low == high else f"{first}-{re.escape(chr(high))}"


def _category(source: Source, negated: bool, weight: Weight) -> Escaped:
    found = source.match(_CATEGORY)
    known = named(found[1]) if found else None
    if known is None:
        refuse("This Unicode category or block is not known.")
    return _of_ranges(outside(known) if negated else known, weight)


def escaped_class(one: Escaped) -> str:
    """An escape outside brackets, as a pattern for one character."""
    return f"(?-i:[{one.text}])" if one.fixed else f"[{one.text}]"


def bracket(source: Source, weight: Weight) -> str:
    """A bracket expression, the opening bracket already read, as a pattern for one character.

    Subtraction `[a-z-[aeiou]]` is understood.
    """
    negated = source.take("^")
    members = _Members()
    while not source.take("]"):
        if source.take("-["):
            return _subtraction(source, negated, members, weight)
        members.add(_member(source, weight))
    return _class(negated, members)


def _subtraction(source: Source, negated: bool, members: _Members, weight: Weight) -> str:
    minus = bracket(source, weight)
    if not source.take("]"):
        refuse("A bracket expression is not closed.")
    return f"(?!{minus}){_class(negated, members)}"


def _member(source: Source, weight: Weight) -> Escaped:
    first = _character(source, weight)
    following = source.text[source.index + 1 : source.index + 2]
    if not first.character or source.peek != "-" or following in ("]", "[", ""):
        return first
    source.next()
    last = _character(source, weight)
    if not last.character or last.character < first.character:
        refuse("A range inside brackets goes from a character to a later one.")
    low, high = ord(first.character), ord(last.character)
    weight.add(1, (high - low) if "i" in source.flags else 0)
    return Escaped(text=_range(low, high))


def _character(source: Source, weight: Weight) -> Escaped:
    letter = source.next()
    if letter == "\\":
        return escape(source, weight)
    if letter == "[":
        refuse('"[" must be escaped inside brackets.')
    return Escaped(letter, re.escape(letter))


def _class(negated: bool, members: _Members) -> str:
    if not members.plain and not members.fixed:
        refuse("A bracket expression is empty.")
    if not members.fixed:
        return f"[{'^' if negated else ''}{''.join(members.plain)}]"
    parts = [f"(?-i:[{''.join(members.fixed)}])"]
    if members.plain:
        parts.append(f"[{''.join(members.plain)}]")
    either = f"(?:{'|'.join(parts)})"
    return f"(?:(?!{either})(?s:.))" if negated else either
