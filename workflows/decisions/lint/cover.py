"""Is a box covered by other boxes? Exact: the boxes are cut off one after the other until nothing, or a hole, is left.

A box has one set of atoms per dimension, as bits. The worst case grows without bound, so the effort is limited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Box: TypeAlias = tuple[int, ...]


class TooMuch(Exception):
    """The effort is used up; nothing was decided."""


@dataclass(slots=True)
class Effort:
    """left: comparisons that may still be made; a million take about a fifth of a second."""

    left: int

    def spend(self, comparisons: int) -> None:
        """Raises TooMuch when nothing is left."""
        self.left -= comparisons
        if self.left < 0:
            raise TooMuch


def meet(one: Box, other: Box) -> Box | None:
    """What both contain; None when nothing."""
    common = tuple(a & b for a, b in zip(one, other, strict=True))
    return common if all(common) else None


def uncovered(space: Box, boxes: Sequence[Box], effort: Effort) -> Box | None:
    """A part of the space that none of the boxes touches; None when they cover it. Raises TooMuch."""
    if not all(space):
        return None
    waiting = [(space, _touching(space, boxes, effort))]
    while waiting:
        rest, left = waiting.pop()
        if not left:
            return rest
        effort.spend(len(left) * len(space))
        chosen, sides = _widest(rest, left)
        if sides:
            waiting += _remains(rest, chosen, sides, [one for one in left if one is not chosen])
    return None


def _touching(space: Box, boxes: Sequence[Box], effort: Effort) -> list[Box]:
    effort.spend(len(boxes) * len(space))
    left = list(boxes)
    for side, atoms in enumerate(space):
        left = [one for one in left if one[side] & atoms]
    return left


def _widest(rest: Box, boxes: Sequence[Box]) -> tuple[Box, list[int]]:
    """The box that leaves the fewest sides open, with these sides; none of them when it covers all."""
    best, fewest = boxes[0], list(range(len(rest) + 1))
    for one in boxes:
        sides = [side for side, atoms in enumerate(rest) if atoms & ~one[side]]
        if len(sides) < len(fewest):
            best, fewest = one, sides
            if not sides:
                break
    return best, fewest


def _remains(rest: Box, cut: Box, sides: Sequence[int], others: list[Box]) -> list[tuple[Box, list[Box]]]:
    """The rest without the box that is cut off: one part per open side, each with the boxes that touch it."""
    found: list[tuple[Box, list[Box]]] = []
    inside = rest
    for side in sides:
        outer, inner = inside[side] & ~cut[side], inside[side] & cut[side]
        part = (*inside[:side], outer, *inside[side + 1 :])
        found.append((part, [one for one in others if one[side] & outer]))
        inside = (*inside[:side], inner, *inside[side + 1 :])
        others = [one for one in others if one[side] & inner]
    return found
