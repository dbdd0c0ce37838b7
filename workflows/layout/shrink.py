"""Rows and columns that became empty are taken out; the ways of the edges move along."""

from workflows.layout.detour import detour
from workflows.layout.graph import Scope
from workflows.layout.grid import Grid, make_grid
from workflows.layout.wires import Path, Wires, make_path


def shrink(scope: Scope, wires: Wires) -> Wires:
    """A grid without empty rows and columns. Columns and rows of the nodes are set anew."""
    old = wires.grid
    nodes = [one for one in scope.cells if one.kind != "bar"]
    keep_x = {2 * col + 1 for node in nodes for col in range(node.col, node.col + node.span)}
    xs = _renumber([one % 2 == 0 or one in keep_x or old.columns == 1 for one in range(old.nx)])
    keep_y = {old.row_line(node) for node in scope.cells}
    for (_, row), line in old.y_of.items():
        if row == 0 and not any(one in keep_y for one in _lines_of_band(old, line)):
            keep_y.add(line)
    ys = _renumber([channel or line in keep_y for line, channel in enumerate(old.channel_y)])
    rows = dict.fromkeys(old.band_lines, 0)
    for (band, _), line in old.y_of.items():
        rows[band] += line in keep_y
    ranks = {(band, row): sum(old.y_of[band, one] in keep_y for one in range(row)) for band, row in old.y_of}
    for node in scope.cells:
        node.row = ranks[node.band, node.row]
        first, last = xs[2 * node.col + 1], xs[2 * (node.col + node.span) - 1]
        node.col, node.span = first // 2, (last - first) // 2 + 1
    grid = make_grid(scope, rows, (max(xs) + 1) // 2)
    found = Wires(grid)
    for edge, path in wires.paths.items():
        found.lay(edge, _moved(path, old, grid, xs, ys) or detour(grid, edge))
    return found


def _lines_of_band(grid: Grid, line: int) -> list[int]:
    band = next(band for (band, _), one in grid.y_of.items() if one == line)
    return [one for (other, _), one in grid.y_of.items() if other == band]


def _renumber(keep: list[bool]) -> list[int]:
    """New numbers of lines. A line that goes, and the channel after it, fall onto the channel before."""
    found, number, skip = list[int](), -1, False
    for kept in keep:
        if kept and not skip:
            number += 1
        skip = not kept
        found.append(number)
    return found


def _moved(path: Path, old: Grid, new: Grid, xs: list[int], ys: list[int]) -> Path:
    return make_path((ys[point // old.nx] * new.nx + xs[point % old.nx] for point, _ in path), new.nx)
