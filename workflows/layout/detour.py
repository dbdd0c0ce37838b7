"""A plain way that always exists: through the channels, when a clever one cannot be found in time."""

from workflows.layout.graph import Edge
from workflows.layout.grid import Grid
from workflows.layout.seats import seat_column
from workflows.layout.wires import Path, make_path

Spot = tuple[int, int]
"""(x, y) in lines of the grid."""


def detour(grid: Grid, edge: Edge) -> Path:
    """Out of the source, along a channel, into the target from the left (a closed pool: from above or below)."""
    source, target = grid.points(edge.src), grid.points(edge.dst)
    goal = target[0] % grid.nx, target[0] // grid.nx
    spots = _way_out(grid, edge, source, goal[1])
    x, y = spots[-1]
    if edge.dst.kind == "bar":
        side = goal[1] - 1 if goal[1] > y else goal[1] + 1
        spots += [(x, side), (goal[0], side), goal]
    else:
        spots += [(x, goal[1] - 1), (goal[0] - 1, goal[1] - 1), (goal[0] - 1, goal[1]), goal]
    return _walk(spots, grid.nx)


def _way_out(grid: Grid, edge: Edge, source: range, goal_y: int) -> list[Spot]:
    """From where the way begins into the channel right of it."""
    if edge.src.host is None and edge.src.kind != "bar":
        x, y = source[-1] % grid.nx, source[-1] // grid.nx
        return [(x, y), (x + 1, y)]
    start = source[2 * seat_column(edge.src)] if edge.src.host is not None else source[0]
    x, y = start % grid.nx, start // grid.nx
    side = y - 1 if edge.src.kind == "bar" and goal_y < y else y + 1
    return [(x, y), (x, side), (x + 1, side)]


def _walk(spots: list[Spot], nx: int) -> Path:
    """Every point between the corners."""
    x, y = spots[0]
    points = [y * nx + x]
    for to_x, to_y in spots[1:]:
        while (x, y) != (to_x, to_y):
            if x != to_x:
                x += 1 if to_x > x else -1
            else:
                y += 1 if to_y > y else -1
            points.append(y * nx + x)
    return make_path(points, nx)
