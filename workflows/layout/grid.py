"""The coarse grid on which flows are routed: rows and columns, with channels between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.layout.graph import Edge, Node, Scope

RIGHT, DOWN, LEFT, UP = range(4)


def opposite(direction: int) -> int:
    """The direction against this one."""
    return (direction + 2) % 4


@dataclass
class Grid:
    """Lines of the grid, numbered from the left and from the top; a point is `y * nx + x`.

    x: channel, column, channel, ..., channel. y: in every band channel, row, channel, ..., channel, so that two
    channels meet at a border of bands, one on each side; one more channel between two pools.

    taken:  which points a node covers.
    limits: band to the first and last line of its pool: a sequence flow stays inside.
    gaps:   the channels between pools.
    """

    columns: int
    channel_y: list[bool] = field(default_factory=list)
    y_of: dict[tuple[str, int], int] = field(default_factory=dict)
    band_lines: dict[str, tuple[int, int]] = field(default_factory=dict)
    gaps: list[int] = field(default_factory=list)
    limits: dict[str, tuple[int, int]] = field(default_factory=dict)
    taken: bytearray = field(default_factory=bytearray)

    @property
    def nx(self) -> int:
        return 2 * self.columns + 1

    @property
    def ny(self) -> int:
        return len(self.channel_y)

    def is_channel(self, horizontal: bool, line: int) -> bool:
        """Whether the line runs between shapes."""
        return self.channel_y[line] if horizontal else line % 2 == 0

    def row_line(self, node: Node) -> int:
        return self.y_of[node.cell.band, node.cell.row]

    def points(self, node: Node) -> range:
        """The points a node covers, from its first column to its last."""
        cell = node.cell
        start = self.row_line(cell) * self.nx
        return range(start + 2 * cell.col + 1, start + 2 * (cell.col + cell.span))

    def occupy(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            for point in self.points(node):
                self.taken[point] = 1

    def vacate(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            for point in self.points(node):
                self.taken[point] = 0

    def bounds(self, edge: Edge) -> tuple[int, int]:
        """The lines between which an edge may run."""
        if edge.kind == "flow":
            low, high = self.limits[edge.src.cell.band], self.limits[edge.dst.cell.band]
            return min(low[0], high[0]), max(low[1], high[1])
        return 0, self.ny - 1


def make_grid(scope: Scope, rows: Mapping[str, int], columns: int) -> Grid:
    """The grid for placed nodes. rows: how many each band has."""
    grid = Grid(columns)
    for index, pool in enumerate(scope.pools):
        if index:
            grid.gaps.append(grid.ny)
            grid.channel_y.append(True)
        first = grid.ny
        for band in pool.bands:
            _add_band(grid, band, rows[band])
        grid.limits.update(dict.fromkeys(pool.bands, (first, grid.ny - 1)))
    grid.taken = bytearray(grid.nx * grid.ny)
    grid.occupy(scope.cells)
    return grid


def _add_band(grid: Grid, band: str, rows: int) -> None:
    first = grid.ny
    grid.channel_y.append(True)
    for row in range(rows):
        grid.y_of[band, row] = grid.ny
        grid.channel_y += [False, True]
    grid.band_lines[band] = first, grid.ny - 1
