"""Our own matcher, for patterns whose cost in Python's has no good limit and for back references.

It backtracks in the same order as Python, but never tries the same place of the pattern at the same place of the text
twice, so that its effort is at most their product. With back references what the groups hold decides too and no such
limit exists; what protects then is that every attempt is counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workflows.feel.budget import MAX_PATTERN, Run
from workflows.feel.builtins.pattern_python import Translation
from workflows.feel.builtins.pattern_tree import Back, Choice, Edge, Group, One, Repeat, Row, Tree, below
from workflows.feel.errors import FeelBudgetExceeded

MAX_ATTEMPTS = 30_000  # per call of matches, replace or split, at worst 30 ms
MAX_PROGRAM = 2_000
STEPS_PER_ATTEMPT = 2
_PIECE, _SPLIT, _JUMP, _SAVE, _BACK, _END = range(6)
Instruction = tuple[int, Any, int]
Spans = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """code: what to do, in order. groups: their number. remembers: are there back references? first: finds where a
    match can start, when that is known."""

    code: tuple[Instruction, ...]
    groups: int
    remembers: bool
    ignores_case: bool
    first: re.Pattern[str] | None


class Found:
    """A match; the same as Python's as far as we use it."""

    def __init__(self, text: str, spans: Spans) -> None:
        self._text = text
        self._spans = spans

    def start(self) -> int:
        return self._spans[0]

    def end(self) -> int:
        return self._spans[1]

    def __getitem__(self, group: int) -> str | None:
        start, end = self._spans[2 * group : 2 * group + 2]
        return None if end < 0 else self._text[start:end]


# -- from the tree to a program


@dataclass(slots=True)
class _Assembler:
    """Writes a program. Raises FeelBudgetExceeded when it becomes too long."""

    translation: Translation
    code: list[Instruction] = field(default_factory=list)

    def add(self, kind: int, what: Any = None, other: int = 0) -> int:
        """The instruction's place."""
        if len(self.code) >= MAX_PROGRAM:
            raise FeelBudgetExceeded("pattern", MAX_PATTERN)
        self.code.append((kind, what, other))
        return len(self.code) - 1

    def write(self, tree: Tree) -> None:
        match tree:
            case One() | Edge():
                self.add(_PIECE, re.compile(self.translation.text(tree), self.translation.options).match)
            case Group(number=number, inner=inner):
                self._group(number, inner)
            case Back(number=number):
                self.add(_BACK, number)
            case Choice(options=options):
                self._choice(options)
            case Row(parts=parts):
                for part in parts:
                    self.write(part)
            case Repeat():
                self._repeat(tree)

    def _group(self, number: int, inner: Tree) -> None:
        if number:
            self.add(_SAVE, 2 * number)
        self.write(inner)
        if number:
            self.add(_SAVE, 2 * number + 1)

    def _choice(self, options: tuple[Tree, ...]) -> None:
        jumps: list[int] = []
        for option in options[:-1]:
            split = self.add(_SPLIT)
            self.write(option)
            jumps.append(self.add(_JUMP))
            self.code[split] = (_SPLIT, split + 1, len(self.code))
        self.write(options[-1])
        for jump in jumps:
            self.code[jump] = (_JUMP, len(self.code), 0)

    def _repeat(self, loop: Repeat) -> None:
        for _ in range(loop.least):
            self.write(loop.inner)
        if loop.most is None:
            split = self.add(_SPLIT)
            self.write(loop.inner)
            self.add(_JUMP, split)
            self._fork(split, loop.lazy)
            return
        splits: list[int] = []
        for _ in range(loop.most - loop.least):
            splits.append(self.add(_SPLIT))
            self.write(loop.inner)
        for split in splits:
            self._fork(split, loop.lazy)

    def _fork(self, split: int, lazy: bool) -> None:
        inside, behind = split + 1, len(self.code)
        self.code[split] = (_SPLIT, behind, inside) if lazy else (_SPLIT, inside, behind)


def assemble(tree: Tree, options: re.RegexFlag) -> Program:
    """Raises FeelBudgetExceeded when the program would be too long."""
    assembler = _Assembler(Translation(options))
    assembler.write(tree)
    assembler.add(_END)
    everything = list(_all(tree))
    groups = sum(isinstance(one, Group) and one.number > 0 for one in everything)
    first = _first(tree)
    return Program(
        code=tuple(assembler.code),
        groups=groups,
        remembers=any(isinstance(one, Back) for one in everything),
        ignores_case=bool(options & re.IGNORECASE),
        first=None if first is None else re.compile(first.text, options),
    )


def _all(tree: Tree) -> Iterator[Tree]:
    yield tree
    for one in below(tree):
        yield from _all(one)


def _first(tree: Tree) -> One | None:
    """What every match starts with."""
    while isinstance(tree, Group | Repeat) or (isinstance(tree, Row) and tree.parts):
        if isinstance(tree, Repeat) and not tree.least:
            return None
        tree = next(below(tree))
    return tree if isinstance(tree, One) else None


# -- running it


class Machine:
    """A program with the run that pays for it. groups: as of Python's patterns."""

    def __init__(self, program: Program, run: Run) -> None:
        self.groups = program.groups
        self._program = program
        self._run = run
        self._left = MAX_ATTEMPTS

    def search(self, text: str) -> Found | None:
        """The first match. Raises FeelBudgetExceeded."""
        return self._search(text, 0)

    def finditer(self, text: str) -> Iterator[Found]:
        """All matches that do not overlap. Raises FeelBudgetExceeded."""
        position = 0
        while position <= len(text) and (found := self._search(text, position)):
            yield found
            position = max(found.end(), found.start() + 1)

    def _search(self, text: str, position: int) -> Found | None:
        before = self._left
        try:
            return self._first_match(text, position)
        finally:
            self._run.charge((before - self._left) * STEPS_PER_ATTEMPT)

    def _first_match(self, text: str, position: int) -> Found | None:
        tried: set[object] = set()
        first = self._program.first
        while position <= len(text):
            if first is not None:
                candidate = first.search(text, position)
                if candidate is None:
                    return None
                position = candidate.start()
            spans = self._match(text, position, tried)
            if spans is not None:
                return Found(text, spans)
            position += 1
        return None

    def _match(self, text: str, start: int, tried: set[object]) -> Spans | None:
        """The spans of the match that starts here. tried: pairs of places that led nowhere."""
        code, remembers = self._program.code, self._program.remembers
        waiting: list[tuple[int, int, Spans]] = [(0, start, (start, -1) + (-1, -1) * self.groups)]
        while waiting:
            place, position, spans = waiting.pop()
            while position >= 0:
                self._attempt()
                kind, what, other = code[place]
                place += 1
                if kind == _PIECE:
                    found = what(text, position)
                    position = found.end() if found else -1
                elif kind == _SPLIT:
                    state = (place, position, spans) if remembers else (place, position)
                    if state in tried:
                        break
                    tried.add(state)
                    waiting.append((other, position, spans))
                    place = what
                elif kind == _JUMP:
                    place = what
                elif kind == _SAVE:
                    spans = (*spans[:what], position, *spans[what + 1 :])
                elif kind == _BACK:
                    position = self._again(text, position, spans[2 * what : 2 * what + 2])
                else:
                    return (start, position, *spans[2:])
        return None

    def _attempt(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise FeelBudgetExceeded("matching", MAX_ATTEMPTS)

    def _again(self, text: str, position: int, span: Spans) -> int:
        """Where the group's text ends when it is here again, -1 when it is not. A group without text is empty."""
        wanted = text[span[0] : span[1]] if span[1] >= 0 else ""
        here = text[position : position + len(wanted)]
        if here == wanted or (self._program.ignores_case and here.casefold() == wanted.casefold()):
            return position + len(wanted)
        return -1
