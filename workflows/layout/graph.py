"""What is to be drawn: nodes, edges, bands. Plain values that the later steps fill with places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["task", "event", "gateway", "sub", "boundary", "data", "note", "bar"]
EdgeKind = Literal["flow", "message", "tie"]
Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""
Point = tuple[int, int]


@dataclass(eq=False)
class Extra:
    """A data object or note with one partner: it stands above the node it belongs to, outside the grid."""

    id: str
    kind: Kind
    text: str
    w: int
    h: int
    ties: list[tuple[str, bool]] = field(default_factory=list)
    """(connecting element, whether it points to the node)"""
    flows: list[tuple[str, str]] = field(default_factory=list)
    """(connecting element, the flow it explains)"""


@dataclass(eq=False)
class Node:
    """Something that takes a place of its own in the grid, or a boundary event on its host.

    w, h:     size in pixels, even.
    band:     key of the band the node lives in.
    attached: id of the activity a boundary event names as its host.
    seats:    boundary events on this node, left to right.
    span:     columns the node takes.
    x, y:     center in pixels, once drawn.
    """

    id: str
    kind: Kind
    tag: str
    name: str = ""
    w: int = 100
    h: int = 80
    band: str = ""
    attached: str = ""
    host: "Node | None" = None
    seats: list["Node"] = field(default_factory=list)
    inner: "Scope | None" = None
    expanded: bool = False
    event_sub: bool = False
    extras: list[Extra] = field(default_factory=list)
    span: int = 1
    col: int = 0
    row: int = 0
    x: int = 0
    y: int = 0

    @property
    def cell(self) -> "Node":
        """The node whose place in the grid this one shares: a boundary event sits on its host."""
        return self.host or self

    @property
    def labeled_outside(self) -> bool:
        """Whether the name is written beside the shape."""
        return bool(self.name) and self.kind in ("event", "boundary", "gateway", "data")


@dataclass(eq=False)
class Edge:
    """A line between two nodes. `back`: it closes a loop and runs against the reading direction.

    inner: for a message flow from or to a step inside a drawn sub-process, the ids of its real source and target.
    """

    id: str
    kind: EdgeKind
    src: Node
    dst: Node
    name: str = ""
    default: bool = False
    back: bool = False
    inner: tuple[str, str] = ("", "")


@dataclass(eq=False)
class Lane:
    """A lane; lanes with parts are drawn around them."""

    id: str
    name: str
    parts: list["Lane"] = field(default_factory=list)

    def leaves(self) -> Iterator["Lane"]:
        """The innermost lanes, top to bottom."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def depth(self) -> int:
        """How many lanes are nested here, this one included."""
        return 1 + max((part.depth() for part in self.parts), default=0)


@dataclass(eq=False)
class Pool:
    """A participant. `bands` are its rows of the grid from top to bottom; `bars`: closed pools share one band."""

    id: str
    name: str
    drawn: bool = True
    lanes: list[Lane] = field(default_factory=list)
    bands: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Group:
    """A frame around some nodes."""

    id: str
    name: str
    members: list[Node] = field(default_factory=list)


@dataclass(eq=False)
class Scope:
    """One drawing: a collaboration, a process, or the inside of a sub-process."""

    id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    pools: list[Pool] = field(default_factory=list)
    loose: list[Extra] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @property
    def cells(self) -> list[Node]:
        """The nodes with a place of their own, in document order."""
        return [one for one in self.nodes.values() if one.host is None]

    @property
    def bands(self) -> list[str]:
        """All bands from top to bottom."""
        return [band for pool in self.pools for band in pool.bands]

    @property
    def lanes(self) -> dict[str, Lane]:
        """Band key to the lane that is this band."""
        return {leaf.id: leaf for pool in self.pools for lane in pool.lanes for leaf in lane.leaves()}
