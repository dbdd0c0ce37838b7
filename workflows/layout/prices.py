"""What a way costs beside everything that is laid: length, corners, crossings, company."""

from itertools import pairwise

from workflows.layout.graph import Edge
from workflows.layout.ports import entry_cost, exit_cost
from workflows.layout.wires import Path, Wires

BEND, CROSS, OVERLAP, CROWD, TOGETHER = 2.6, 4.0, 40.0, 0.4, 0.35
"""Costs in steps of the grid: a corner, a crossing, lying on another line, each line in a channel, a shared step."""


def step_price(wires: Wires, edge: Edge, point: int, nxt: int, direction: int) -> float:
    """One step: its length, and trouble or company on the way."""
    unit = 2 * min(point, nxt) + direction % 2
    history = wires.history.get(unit, 0.0)
    busy = wires.count[unit]
    if not busy:
        return 1.0 + history
    if wires.company(edge, unit, direction) is not None:
        return TOGETHER
    line = point // wires.grid.nx if direction % 2 == 0 else point % wires.grid.nx
    channel = wires.grid.is_channel(direction % 2 == 0, line)
    return 1.0 + history + (CROWD if channel else OVERLAP) * busy


def crossed(wires: Wires, point: int, direction: int) -> int:
    """How many lines run straight across a point."""
    count = wires.count
    if direction % 2 == 0:
        return min(count[2 * point + 1], count[2 * (point - wires.grid.nx) + 1])
    return min(count[2 * point], count[2 * (point - 1)])


def way_price(wires: Wires, edge: Edge, path: Path) -> float:
    """A whole way of an edge that is not laid."""
    downward = wires.grid.row_line(edge.dst) - wires.grid.row_line(edge.src)
    total = exit_cost(wires, edge, path[0][1])
    straight = edge.src.host is not None
    for (point, direction), (nxt, turn) in pairwise(path):
        total += 1.0 if straight else step_price(wires, edge, point, nxt, direction)
        straight = straight and turn == direction
        if nxt != path[-1][0]:
            crossing = CROSS * crossed(wires, nxt, direction)
            total += crossing if turn == direction else BEND + 0.3 * crossing
    return total + entry_cost(wires, edge, (path[-1][1] + 2) % 4, downward)


def total_price(wires: Wires) -> float:
    """All edges as they are laid; a crossing counts for both lines."""
    found = 0.0
    for edge, path in list(wires.paths.items()):
        wires.lift(edge)
        found += way_price(wires, edge, path)
        wires.lay(edge, path)
    return found
