"""A column of a decision table, prepared so that one look at the input value says which rules accept it.

The constants of a column cut the values of their type into pieces: each constant by itself, and what lies between two
of them. For every piece there is a mask, bit i for rule i. A cell that could do more than accept or refuse a value (it
computes, or is of another type and would note a problem) is not in the mask: its rule is asked in the general way.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import xor
from typing import Any

from workflows.feel import UnaryTests, Value
from workflows.feel.constant_tests import Span, spans

MAX_BITS = 20_000_000  # masks of one column; cells of a larger one are asked in the general way
_NULL = type(None)
Piece = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column does with values of one type.

    points: its constants, ascending. masks: the rules that accept, for each piece: before the first point, at it,
            behind it, at the second, and so on. asked: the rules to be asked in the general way.
    """

    points: tuple[Any, ...]
    masks: tuple[int, ...]
    asked: int


@dataclass(frozen=True, slots=True)
class Column:
    """kinds: by type of the input value. rest: for values of all other types."""

    kinds: dict[type, Kind]
    rest: Kind

    def answers(self, value: Value) -> tuple[int, int]:
        """The rules that accept the value, and those that must be asked."""
        kind = self.kinds.get(type(value), self.rest)
        points: tuple[Any, ...] = kind.points
        at = bisect_left(points, value)
        hit = at < len(points) and points[at] == value
        return kind.masks[2 * at + hit], kind.asked


def column(cells: Sequence[UnaryTests]) -> Column:
    """The cells of a column, in the order of the rules."""
    found = [_Cell(spans(cell.tree), cell.tree.negated) for cell in cells]
    types = {span.kind for cell in found for span in cell.spans or ()} | {_NULL}
    return Column({one: _kind(found, one) for one in types}, _kind(found, object))


@dataclass(frozen=True, slots=True)
class _Cell:
    """spans: empty accepts everything; None must be asked."""

    spans: tuple[Span, ...] | None
    negated: bool


def _kind(cells: Sequence[_Cell], kind: type) -> Kind:
    points = _points(cells, kind)
    count = 2 * len(points) + 1
    if count * len(cells) > MAX_BITS:
        return Kind((), (0,), (1 << len(cells)) - 1)
    toggles, asked = [0] * (count + 1), 0
    for number, cell in enumerate(cells):
        pieces = _accepted(cell, kind, points)
        if pieces is None:
            asked |= 1 << number
            continue
        for first, last in pieces:
            toggles[first] ^= 1 << number
            toggles[last + 1] ^= 1 << number
    return Kind(tuple(points), tuple(accumulate(toggles[:-1], xor)), asked)


def _points(cells: Sequence[_Cell], kind: type) -> dict[Any, int]:
    """Every constant of the type with its place, ascending."""
    ends = {end for cell in cells for span in cell.spans or () if span.kind is kind for end in (span.low, span.high)}
    ordered = sorted(end for end in ends if end is not None)
    return {end: place for place, end in enumerate(ordered)}


def _accepted(cell: _Cell, kind: type, points: dict[Any, int]) -> list[Piece] | None:
    """Pieces without overlap; None when the cell must be asked."""
    whole = (0, 2 * len(points))
    if cell.spans is None:
        return None
    if not cell.spans:
        return [whole]
    found: list[Piece] = []
    for span in cell.spans:
        pieces = _pieces(span, kind, points)
        if pieces is None:
            return None
        found += pieces
    joined = _joined(found)
    return [whole, *joined] if cell.negated else joined  # what is toggled twice is off again


def _pieces(span: Span, kind: type, points: dict[Any, int]) -> list[Piece] | None:
    """What a span accepts of the values of a type; None when such a value is a mistake."""
    last = 2 * len(points)
    if span.kind is _NULL or (kind is _NULL and span.one):  # null can be asked of anything, and anything of null
        same = span.kind is kind
        return [(0, last)] if same is (span.one == "=") else []
    if span.kind is not kind:
        return None
    low = 0 if span.low is None else 2 * points[span.low] + (1 if span.low_closed else 2)
    high = last if span.high is None else 2 * points[span.high] + (1 if span.high_closed else 0)
    if span.one == "!=":
        return [(0, low - 1), (high + 1, last)]
    return [(low, high)] if low <= high else []


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for first, last in sorted(pieces):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
