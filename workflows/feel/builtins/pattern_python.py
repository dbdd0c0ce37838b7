"""A pattern for Python's matcher, with a proof of what it costs there at worst.

Python matches by backtracking. We count the tests it makes with a text of a given length before it gives up: what
can end in several places is tried with everything behind it for each of them. A loop over something that itself ends
in several places has no useful limit; such patterns have no cost here and go to our own machine.
"""

import re
from dataclasses import dataclass

from workflows.feel.builtins.pattern_tree import Choice, Edge, Group, One, Repeat, Row, Tree

_TOO_MANY = 10**12


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one part, each time it is reached. tests: all that it makes. exits: the places where it can end. first: the
    one ASCII character it must start with, if that is known."""

    tests: int = 1
    exits: int = 1
    first: str = ""


class Unbounded(Exception):
    """There is no useful limit to what the pattern can cost."""


@dataclass(frozen=True, slots=True)
class Translation:
    """Of one tree. options: decide which characters are the same."""

    options: re.RegexFlag

    def text(self, tree: Tree, last: bool = True) -> str:
        """Python's way to write it. last: nothing but the end of the text follows."""
        match tree:
            case One(text=text) | Edge(text=text):
                return text
            case Group(number=number, inner=inner):
                return f"({'' if number else '?:'}{self.text(inner, last=False)})"
            case Choice(options=options):
                return "|".join(self.text(one, last=False) for one in options)
            case Row(parts=parts):
                return "".join(self._part(parts, index, last) for index in range(len(parts)))
            case Repeat():
                return self._repeat(tree, settled=last and self._is_settled(tree, None))
        raise Unbounded

    def _part(self, parts: tuple[Tree, ...], index: int, last: bool) -> str:
        part = parts[index]
        if isinstance(part, Repeat):
            return self._repeat(part, self._settled(parts, index, last))
        return self.text(part, last=False)

    def _repeat(self, tree: Repeat, settled: bool) -> str:
        most = "" if tree.most is None else str(tree.most)
        style = "+" if settled else "?" if tree.lazy else ""
        return f"(?:{self.text(tree.inner, last=False)}){{{tree.least},{most}}}{style}"

    # -- loops that never need to give back what they took

    def _settled(self, parts: tuple[Tree, ...], index: int, last: bool) -> bool:
        """Can this loop take all it can and keep it? Then Python is told so and it does not multiply."""
        following = parts[index + 1] if index + 1 < len(parts) else None
        if following is None and not last:
            return False
        return self._is_settled(parts[index], following)

    def _is_settled(self, loop: Tree, following: Tree | None) -> bool:
        if not isinstance(loop, Repeat) or loop.lazy or not isinstance(loop.inner, One):
            return False
        if following is None or (isinstance(following, Edge) and following.ends):
            return True
        if isinstance(following, Repeat) and following.least:
            following = following.inner
        if not isinstance(following, One) or not following.literal.isascii() or not following.literal:
            return False
        letter = following.literal
        cases = {letter, letter.lower(), letter.upper()}
        return not any(re.fullmatch(loop.inner.text, one, self.options) for one in cases)

    # -- costs

    def cost(self, tree: Tree, length: int, last: bool = True) -> Cost:
        """With a text of this many characters. Raises Unbounded."""
        match tree:
            case One(literal=literal):
                return Cost(first=literal.lower() if literal.isascii() else "")
            case Edge():
                return Cost()
            case Group(inner=inner):
                found = self.cost(inner, length, last=False)
                return Cost(found.tests + 1, found.exits, found.first)
            case Choice(options=options):
                return _cost_of_choice([self.cost(one, length, last=False) for one in options])
            case Row(parts=parts):
                return _cost_of_row([self._cost_of_part(parts, index, length, last) for index in range(len(parts))])
            case Repeat():
                return self._cost_of_loop(tree, length, settled=last and self._is_settled(tree, None))
        raise Unbounded

    def _cost_of_part(self, parts: tuple[Tree, ...], index: int, length: int, last: bool) -> Cost:
        part = parts[index]
        if isinstance(part, Repeat):
            return self._cost_of_loop(part, length, self._settled(parts, index, last))
        return self.cost(part, length, last=False)

    def _cost_of_loop(self, loop: Repeat, length: int, settled: bool) -> Cost:
        inner = self.cost(loop.inner, length, last=False)
        first = inner.first if loop.least else ""
        most = length if loop.most is None else loop.most
        if inner.exits == 1:
            return Cost(inner.tests * most + 1, 1 if settled else most - min(loop.least, most) + 1, first)
        if loop.most is None:
            raise Unbounded
        exits = min(inner.exits ** min(most, 40), _TOO_MANY)
        return Cost(min(inner.tests * exits * most, _TOO_MANY), min(exits * most, _TOO_MANY), first)


def starts_at_the_beginning(tree: Tree) -> bool:
    """Is there only one place in the text where the pattern can start?"""
    while isinstance(tree, Row | Group):
        if isinstance(tree, Row) and not tree.parts:
            return False
        tree = tree.parts[0] if isinstance(tree, Row) else tree.inner
    return isinstance(tree, Edge) and tree.text == r"\A"


def _cost_of_row(parts: list[Cost]) -> Cost:
    tests, exits = 1, 1
    for part in parts:
        tests = min(tests + exits * part.tests, _TOO_MANY)
        exits = min(exits * part.exits, _TOO_MANY)
    return Cost(tests, exits, parts[0].first if parts else "")


def _cost_of_choice(options: list[Cost]) -> Cost:
    """Options that start with different characters never fit in the same place."""
    starts = [one.first for one in options]
    apart = all(starts) and len(set(starts)) == len(starts)
    exits = max(one.exits for one in options) if apart else sum(one.exits for one in options)
    return Cost(sum(one.tests for one in options), exits)
