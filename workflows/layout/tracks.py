"""Side by side, never on each other: every straight piece gets an offset from the line of the grid it runs on."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from workflows.layout.graph import Edge, Node
from workflows.layout.grid import Grid
from workflows.layout.wires import Path, Wire, Wires

PITCH = 12
"""Pixels between two lines in one channel, or at one side of a shape."""
_MANY = 120
_PITCHES = (PITCH, 8, 6, 4, 3, 2, 1)
_ROOM = {"gateway": 12, "event": 8, "boundary": 8}


@dataclass(eq=False)
class Piece:
    """A straight piece of one edge on one line of the grid, from line `lo` to line `hi` of the other axis."""

    edge: Edge
    horizontal: bool
    line: int
    lo: int
    hi: int
    forward: bool
    units: list[int]
    before: "Piece | None" = None
    after: "Piece | None" = None
    docks: list[Node] = field(default_factory=list)
    strand: "Strand | None" = None

    @property
    def offset(self) -> int:
        return self.strand.offset if self.strand else 0


@dataclass(eq=False)
class Strand:
    """Pieces drawn as one line."""

    pieces: list[Piece]
    lo: int = 0
    hi: int = 0
    offset: int = 0
    fixed: bool = False
    turns: list[tuple[int, bool]] = field(default_factory=list)
    """Where pieces go on across this line: (line of the other axis, towards larger numbers)."""

    def __post_init__(self) -> None:
        self.lo, self.hi = min(one.lo for one in self.pieces), max(one.hi for one in self.pieces)
        found = dict[tuple[int, bool], None]()
        for piece in self.pieces:
            if piece.before is not None:
                found[piece.lo if piece.forward else piece.hi, not piece.before.forward] = None
            if piece.after is not None:
                found[piece.hi if piece.forward else piece.lo, piece.after.forward] = None
            piece.strand = self
        self.turns = list(found)

    @property
    def docks(self) -> int:
        return sum(len(one.docks) for one in self.pieces)

    @property
    def limit(self) -> int:
        """How far from the middle the touched shapes allow the line to be."""
        nodes = [(one.horizontal, node) for one in self.pieces for node in one.docks]
        return min((_ROOM.get(node.kind, (node.h if flat else node.w) // 2 - 12) for flat, node in nodes), default=60)


def cut(wires: Wires) -> dict[Edge, list[Piece]]:
    """The straight pieces of every path."""
    return {edge: _cut_path(edge, path, wires.grid) for edge, path in wires.paths.items()}


def _cut_path(edge: Edge, path: Path, grid: Grid) -> list[Piece]:
    pieces, start = [], 0
    for index in range(1, len(path)):
        if index == len(path) - 1 or path[index][1] != path[start][1]:
            pieces.append(_piece(edge, path[start : index + 1], grid))
            start = index
    for one, two in pairwise(pieces):
        one.after, two.before = two, one
    pieces[0].docks.append(edge.src)
    pieces[-1].docks.append(edge.dst)
    return pieces


def _piece(edge: Edge, part: Path, grid: Grid) -> Piece:
    (first, direction), (last, _) = part[0], part[-1]
    horizontal, nx = direction % 2 == 0, grid.nx
    ends = (first % nx, last % nx) if horizontal else (first // nx, last // nx)
    line = first // nx if horizontal else first % nx
    units = [2 * min(a, b) + direction % 2 for (a, _), (b, _) in pairwise(part)]
    return Piece(edge, horizontal, line, min(ends), max(ends), ends[0] < ends[1], units)


def strands(pieces: Iterable[Piece], wires: Wires) -> list[Strand]:
    """Pieces that share a wire become one strand, unless they lie beside each other somewhere else on the line."""
    groups: dict[Piece, _Group] = {}
    first: dict[Wire, Piece] = {}
    for piece in pieces:
        own = {unit: wire for unit in piece.units for wire in wires.on.get(unit, ()) if piece.edge in wire.members}
        groups[piece] = _Group([piece], own)
        for wire in own.values():
            other = groups[first.setdefault(wire, piece)]
            if other is not groups[piece] and other.agrees(groups[piece]):
                other.take(groups[piece])
                groups.update(dict.fromkeys(other.pieces, other))
    return [Strand(one.pieces) for one in dict.fromkeys(groups.values())]


@dataclass(eq=False)
class _Group:
    """Pieces of one strand, with the wire they run on at each unit."""

    pieces: list[Piece]
    on: dict[int, Wire]

    def agrees(self, other: "_Group") -> bool:
        """Whether all may lie on one line: strangers may not even touch, or a fork would look like a junction."""
        if not all(self.on.get(unit, wire) is wire for unit, wire in other.on.items()):
            return False
        return not any(_strangers(a, b) for a in self.pieces for b in other.pieces)

    def take(self, other: "_Group") -> None:
        self.pieces += other.pieces
        self.on.update(other.on)


def _strangers(a: Piece, b: Piece) -> bool:
    akin = a.edge.src is b.edge.src or a.edge.dst is b.edge.dst
    return not akin and a.lo <= b.hi and b.lo <= a.hi


def assign(
    wires: Wires, cuts: dict[Edge, list[Piece]], seat: Callable[[Node], int]
) -> tuple[dict[tuple[bool, int], int], list[Strand]]:
    """Sets the offset of every piece. Returns the tracks each channel needs, and strands that found no free place."""
    lines: dict[tuple[bool, int], list[Piece]] = defaultdict(list)
    for pieces in cuts.values():
        for piece in pieces:
            lines[piece.horizontal, piece.line].append(piece)
    tracks, stuck = {}, []
    found = {line: strands(pieces, wires) for line, pieces in sorted(lines.items(), key=lambda one: one[0])}
    for (horizontal, line), on_line in found.items():
        if wires.grid.is_channel(horizontal, line):
            tracks[horizontal, line] = _in_channel(on_line)
    for (horizontal, line), on_line in found.items():
        if not wires.grid.is_channel(horizontal, line):
            for strand in on_line:
                _fix_seat(strand, seat)
            stuck += _on_centers(on_line, wires.grid, horizontal)
    return tracks, stuck


def _fix_seat(strand: Strand, seat: Callable[[Node], int]) -> None:
    for piece in strand.pieces:
        if piece.before is None and piece.edge.src.host is not None:
            strand.offset, strand.fixed = seat(piece.edge.src), True


def _meet(a: Strand, b: Strand) -> bool:
    return a.lo <= b.hi and b.lo <= a.hi


def _in_channel(found: list[Strand]) -> int:
    """Order the strands so that they cross least, then give each the first free track."""
    order = _least_crossing(sorted(found, key=lambda one: (one.lo, one.hi)))
    track: list[int] = []
    for index, strand in enumerate(order):
        track.append(1 + max((track[one] for one in range(index) if _meet(order[one], strand)), default=-1))
    count = 1 + max(track)
    for number, strand in zip(track, order, strict=True):
        strand.offset = (2 * number - (count - 1)) * PITCH // 2
    return count


def _least_crossing(found: list[Strand]) -> list[Strand]:
    """Always next the strand that wants most to lie before those that remain."""
    if len(found) > _MANY:
        return found
    wish: list[dict[int, int]] = [{} for _ in found]
    for a, b in combinations(range(len(found)), 2):
        if _meet(found[a], found[b]):
            gain = _crossings(found[a], found[b]) - _crossings(found[b], found[a])
            if gain:
                wish[a][b], wish[b][a] = gain, -gain
    left = dict.fromkeys(range(len(found)))
    order = []
    while left:
        best = min(left, key=lambda one: (sum(gain for other, gain in wish[one].items() if other in left), one))
        del left[best]
        order.append(found[best])
    return order


def _crossings(first: Strand, second: Strand) -> int:
    """Crossings when `first` lies on the smaller side of `second`: left of it, or above it.

    Where one ends on the line on which the other turns, the wrong order would lay them on each other: that is worse.
    """
    total = 0
    for strand, other, outward in ((first, second, True), (second, first, False)):
        for end, large in strand.turns:
            if large == outward:
                total += 2 * (other.lo < end < other.hi) + 3 * any(end == at for at, _ in other.turns)
    return total


def _on_centers(found: list[Strand], grid: Grid, horizontal: bool) -> list[Strand]:
    """The middle for the line that touches most shapes; the others beside it. Returns those that found little room."""
    done = [one for one in found if one.fixed]
    stuck = []
    rest = [one for one in found if not one.fixed]
    for strand in sorted(rest, key=lambda one: (-one.docks, one.lo - one.hi, one.lo)):
        rivals = [one.offset for one in done if _clash(strand, one, grid, horizontal)]
        strand.offset, pitch = _free_offset(strand, rivals)
        if pitch < PITCH:
            stuck.append(strand)
        done.append(strand)
    return stuck


def _free_offset(strand: Strand, rivals: list[int]) -> tuple[int, int]:
    """The free place nearest to the middle, and how far apart lines are there: closer only when there is no room."""
    limit, sign = max(strand.limit, 0), _side(strand)
    for pitch in _PITCHES:
        for step in range(limit // pitch + 1):
            for offset in (step * sign * pitch, -step * sign * pitch):
                if all(abs(one - offset) >= min(pitch, PITCH - 4) for one in rivals):
                    return offset, pitch
    return 0, 0


def _clash(a: Strand, b: Strand, grid: Grid, horizontal: bool) -> bool:
    """Whether two strands of one line would touch.

    They may meet at the two sides of one shape, and in a channel when one turns away before the other comes.
    """
    lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
    if lo != hi:
        return lo < hi
    line = a.pieces[0].line
    if grid.taken[line * grid.nx + lo if horizontal else lo * grid.nx + line]:
        return False
    first, second = (a, b) if a.hi == lo else (b, a)
    ends, begins = _turns_at(first, lo), _turns_at(second, lo)
    return not (ends and begins and max(ends) < min(begins))


def _turns_at(strand: Strand, line: int) -> list[int]:
    """Offsets of the pieces by which a strand comes from or goes on along this crossing line."""
    around = [next_ for one in strand.pieces for next_ in (one.before, one.after) if next_ is not None]
    return [one.offset for one in around if one.line == line]


def _side(strand: Strand) -> int:
    """Leave the shape on the side to which the line turns."""
    larger = sum(1 if large else -1 for _, large in strand.turns)
    return 1 if larger > 0 else -1
