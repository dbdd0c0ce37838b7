"""On which side does a flow leave or enter a shape? Costs by habit: in at the left, out at the right."""

from collections.abc import Mapping

from workflows.layout.graph import Edge, Node
from workflows.layout.grid import DOWN, LEFT, RIGHT, UP
from workflows.layout.wires import Wires, may_share

NEVER = 1000.0
SHARE, SHARE_GATEWAY = 7.0, 14.0
"""Two different lines at one side of a shape; a gateway has one good place per side."""
FORK = 0.6
"""Two ways out of a gateway that begin as one line: only when its other sides are taken."""

_EXIT = {"gateway": (0.0, 0.3, 9.0, 0.3), "data": (0.0, 0.0, 0.0, 0.0), "bar": (NEVER, 0.0, NEVER, 0.0)}
_ENTRY = {"gateway": (6.0, 0.3, 0.0, 0.3), "data": (0.0, 0.0, 0.0, 0.0), "bar": (NEVER, 0.0, NEVER, 0.0)}
_OTHER_EXIT = 0.0, 2.6, 14.0, 2.6
_OTHER_ENTRY = 14.0, 2.0, 0.0, 1.6
_MESSAGE = 6.0, 0.0, 6.0, 0.0
"""Message flows leave and enter above or below. All in the order right, below, left, above."""


def exit_cost(wires: Wires, edge: Edge, side: int) -> float:
    """What it costs to leave the source on this side."""
    if edge.src.host:
        return 0.0 if side == DOWN else NEVER
    base = _base(edge, edge.src, side, _EXIT, _OTHER_EXIT)
    return base + _crowded(edge.src, side) + _shared(wires, edge, edge.src, side)


def entry_cost(wires: Wires, edge: Edge, side: int, downward: int) -> float:
    """What it costs to enter the target on this side. downward: rows from the source down to the target."""
    base = _base(edge, edge.dst, side, _ENTRY, _OTHER_ENTRY)
    if (side == DOWN and downward > 0) or (side == UP and downward < 0):
        base += 4.0
    return base + _crowded(edge.dst, side) + _shared(wires, edge, edge.dst, side)


def _base(edge: Edge, node: Node, side: int, table: Mapping[str, tuple[float, ...]], other: tuple[float, ...]) -> float:
    if edge.kind == "message" and node.kind != "bar":
        return _MESSAGE[side]
    if edge.kind == "tie":
        return (1.0, 0.0, 1.0, 0.0)[side]
    return table.get(node.kind, other)[side]


def _crowded(node: Node, side: int) -> float:
    """Sides where something else stands: data and notes above, boundary events and names below."""
    if side == UP and node.extras:
        return 2.0
    if side == DOWN and node.seats:
        return NEVER if node.span > 1 else 60.0 if len(node.seats) > 1 else 9.0
    return 6.0 if side == DOWN and node.kind in ("event", "data") and node.name else 0.0


def _shared(wires: Wires, edge: Edge, node: Node, side: int) -> float:
    """Other lines that are already there."""
    cost, price = 0.0, SHARE_GATEWAY if node.kind in ("gateway", "event") else SHARE
    entering = node is edge.dst
    for other, enters in wires.ports.get((node, side), ()):
        if enters == entering and may_share(edge, other):
            cost += 0.0 if entering else FORK
        else:
            cost += price if enters == entering else 2 * price
    return cost


def sides(node: Node) -> tuple[int, ...]:
    """The sides on which something may leave a node."""
    return (DOWN,) if node.host else (RIGHT, DOWN, LEFT, UP)
