"""From rows, columns and tracks to pixels: where every line of the grid lies, how high bands are."""

from dataclasses import dataclass, field

from workflows.layout.graph import Box, Node, Point, Scope
from workflows.layout.grid import Grid
from workflows.layout.seats import SEAT_LABEL, seat, seat_column
from workflows.layout.text import TASK_SIZE, even, text_box, text_width
from workflows.layout.tracks import PITCH

HEADER = 30
"""Width of the title of a pool or lane."""
LABEL_WIDTH = 90
"""At most so wide is the name of an event or gateway before it wraps."""
POOL_GAP = 44
_MARGIN_X, _MARGIN_Y = 15, 15
_EDGE_X = 26
_INSIDE = 28
"""A wide shape reaches so far beyond the middle of its first and last column: lines and events end on it there."""


Strip = tuple[bool, int, bool]
"""One side of a channel: level?, its line, the larger side?"""


@dataclass
class Canvas:
    """Pixel positions of the lines of a grid, with room for what stands on them.

    widened: extra pixels on one side of single channels, asked for by labels that found no place.
    strips:  left and right end of every upright line's room. bands: top and bottom of every band.
    """

    scope: Scope
    grid: Grid
    tracks: dict[tuple[bool, int], int]
    widened: dict[Strip, int] = field(default_factory=dict)
    xs: list[int] = field(default_factory=list)
    ys: list[int] = field(default_factory=list)
    bands: dict[str, tuple[int, int]] = field(default_factory=dict)
    strips: list[tuple[int, int]] = field(default_factory=list)
    left: int = 0
    width: int = 0
    height: int = 0

    def __post_init__(self) -> None:
        self.left = header_width(self.scope)
        self._lay_columns()
        self._lay_rows()
        for node in self.scope.cells:
            self._place(node)

    def _lay_columns(self) -> None:
        """Half widths of every line, left and right of it."""
        before, after = [18] * self.grid.nx, [18] * self.grid.nx
        for line in range(0, self.grid.nx, 2):
            before[line], after[line] = self._halves(False, line, self._channel_width(line // 2))
        for node in self.scope.cells:
            if node.span == 1 and node.kind != "bar":
                line, half = 2 * node.col + 1, needed_width(node) // 2
                before[line] = after[line] = max(before[line], half)
        for node in self.scope.cells:
            if node.span > 1 and node.kind != "bar":
                _stretch(node, before, after)
        self.xs, self.width = _middles([a + b for a, b in zip(before, after, strict=True)], before, self.left)
        self.strips = [(x - a, x + b) for x, a, b in zip(self.xs, before, after, strict=True)]

    def _halves(self, level: bool, line: int, size: int) -> tuple[int, int]:
        half = size // 2
        return half + self.widened.get((level, line, False), 0), half + self.widened.get((level, line, True), 0)

    def _channel_width(self, index: int) -> int:
        lines = self.tracks.get((False, 2 * index), 0)
        outer = index in (0, self.grid.columns)
        return even(2 * _MARGIN_X + PITCH * max(0, lines - 1) if lines or not outer else _EDGE_X)

    def _lay_rows(self) -> None:
        above, below = [0] * self.grid.ny, [0] * self.grid.ny
        for line, channel in enumerate(self.grid.channel_y):
            above[line], below[line] = self._halves(True, line, self._channel_height(line)) if channel else (18, 18)
        for node in self.scope.cells:
            line = self.grid.row_line(node)
            up, down = needed_height(node)
            above[line], below[line] = max(above[line], up), max(below[line], down)
        self._raise_low_bands(above, below)
        self.ys, self.height = _middles([a + b for a, b in zip(above, below, strict=True)], above, 0)
        tops = [self.ys[one] - above[one] for one in range(self.grid.ny)]
        for band, (first, last) in self.grid.band_lines.items():
            self.bands[band] = tops[first], tops[last] + above[last] + below[last]

    def _channel_height(self, line: int) -> int:
        lines = self.tracks.get((True, line), 0)
        if line in self.grid.gaps:
            return even(POOL_GAP + PITCH * max(0, lines - 1))
        outer = any(line in ends for ends in self.grid.band_lines.values())
        if not lines:
            return 10 if outer else 20
        return even(2 * _MARGIN_Y + PITCH * (lines - 1) - (6 if outer else 0))

    def _raise_low_bands(self, above: list[int], below: list[int]) -> None:
        """The name of a lane or pool is written upwards in its header and must fit."""
        lanes = self.scope.lanes
        for pool in self.scope.pools:
            lines = [self.grid.band_lines[one] for one in pool.bands]
            for (first, last), band in zip(lines, pool.bands, strict=True):
                _raise(above, below, (first, last), _title(lanes[band].name) if band in lanes else 0)
            _raise(above, below, (lines[0][0], lines[-1][1]), _title(pool.name) if pool.drawn else 0)

    def _place(self, node: Node) -> None:
        first, last = self.strips[2 * node.col + 1], self.strips[2 * (node.col + node.span) - 1]
        node.x, node.y = (first[0] + last[1]) // 2, self.ys[self.grid.row_line(node)]
        if node.span > 1 and node.kind != "bar":
            ends = self.xs[2 * node.col + 1], self.xs[2 * (node.col + node.span) - 1]
            node.w = max(node.w, *(2 * (abs(one - node.x) + _reach(node)) for one in ends))
        if node.kind == "bar":
            left = self.xs[2 * node.col] if node.col else self.left
            right = self.xs[2 * (node.col + node.span)] if node.col + node.span < self.grid.columns else self.width
            node.w, node.x = (right - left) // 2 * 2, (left + right) // 2
        for event in node.seats:
            event.x = self.xs[2 * (node.col + seat_column(event)) + 1] + seat(event)
            event.y = node.y + node.h // 2

    def point(self, x_line: int, x_offset: int, y_line: int, y_offset: int) -> Point:
        """Where two lines of the grid with these offsets meet."""
        return self.xs[x_line] + x_offset, self.ys[y_line] + y_offset


def _middles(sizes: list[int], before: list[int], start: int) -> tuple[list[int], int]:
    """The middle of each strip, and where the last one ends."""
    found, at = [], start
    for size, part in zip(sizes, before, strict=True):
        found.append(at + part)
        at += size
    return found, at


def _stretch(node: Node, before: list[int], after: list[int]) -> None:
    """Widen the columns of a wide node until it fits, and reaches beyond the middle of its first and last."""
    inside = range(2 * node.col + 1, 2 * (node.col + node.span))
    before[inside[0]] = max(before[inside[0]], _reach(node))
    after[inside[-1]] = max(after[inside[-1]], _reach(node))
    missing = needed_width(node) - sum(before[one] + after[one] for one in inside)
    if missing > 0:
        for line in inside[::2]:
            before[line] += -(-missing // (2 * node.span))
            after[line] += -(-missing // (2 * node.span))


def _reach(node: Node) -> int:
    return _INSIDE + max((abs(seat(one)) for one in node.seats), default=0)


def _raise(above: list[int], below: list[int], lines: tuple[int, int], wanted: int) -> None:
    first, last = lines
    missing = wanted - sum(above[first : last + 1]) - sum(below[first : last + 1])
    if missing > 0:
        above[first] += even(missing / 2)
        below[last] += even(missing / 2)


def _title(name: str) -> int:
    """Height that a title needs; a long one wraps into two lines."""
    return min(even(text_width(name, TASK_SIZE) + 20), 200) if name else 60


def header_width(scope: Scope) -> int:
    """Pixels left of the first column for the titles of pools and lanes."""
    deepest = max((lane.depth() for pool in scope.pools for lane in pool.lanes), default=0)
    return HEADER * (deepest + any(pool.drawn for pool in scope.pools))


def needed_width(node: Node) -> int:
    """Width of a node with its name and with what stands above it."""
    width = node.w
    if node.kind in ("event", "gateway", "data") and node.name:
        width = max(width, text_box(node.name, LABEL_WIDTH)[0])
    return even(max(width, extras_width(node)))


def extra_width(extra: Node | object) -> int:
    """Width of a data object or note with its name beside it."""
    text, w, kind = extra.text, extra.w, extra.kind  # type: ignore[union-attr]
    return w + (text_box(text, 80)[0] + 4 if kind == "data" and text else 0)


def extras_width(node: Node) -> int:
    return sum(extra_width(one) + 10 for one in node.extras)


def needed_height(node: Node) -> tuple[int, int]:
    """Room above and below the middle of a node."""
    up = down = node.h // 2
    label = text_box(node.name, LABEL_WIDTH)[1] + 4 if node.name else 0
    if node.kind == "gateway":
        up += label
    elif node.kind in ("event", "data"):
        down += label
    if node.extras:
        up += 22 + max(one.h for one in node.extras)
    if node.seats:
        down += 20 + max(text_box(one.name, SEAT_LABEL)[1] for one in node.seats)
    return even(up), even(down)


def box_of(node: Node) -> Box:
    """The outline of a placed node."""
    return node.x - node.w // 2, node.y - node.h // 2, node.w, node.h
