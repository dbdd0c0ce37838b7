"""A finished drawing: boxes and lines in pixels, ready to be shifted and written."""

from dataclasses import dataclass, field

from workflows.layout.graph import Box, Point


@dataclass
class Item:
    """One shape (box) or edge (points) with the box of its label. flags: attributes of the shape, e.g. isExpanded."""

    id: str
    box: Box | None = None
    points: list[Point] = field(default_factory=list)
    label: Box | None = None
    flags: dict[str, str] = field(default_factory=dict)


@dataclass
class Drawing:
    """Shapes and edges of one plane. hidden: collapsed sub-processes, each drawn on a plane of its own."""

    width: int = 0
    height: int = 0
    shapes: list[Item] = field(default_factory=list)
    edges: list[Item] = field(default_factory=list)
    hidden: list[tuple[str, "Drawing"]] = field(default_factory=list)

    def take(self, other: "Drawing", dx: int, dy: int) -> None:
        """Add what another drawing shows, shifted."""
        self.shapes += [_shifted(one, dx, dy) for one in other.shapes]
        self.edges += [_shifted(one, dx, dy) for one in other.edges]
        self.hidden += other.hidden


def _shifted(item: Item, dx: int, dy: int) -> Item:
    return Item(
        item.id,
        shift(item.box, dx, dy),
        [(x + dx, y + dy) for x, y in item.points],
        shift(item.label, dx, dy),
        item.flags,
    )


def shift(box: Box | None, dx: int, dy: int) -> Box | None:
    return box and (box[0] + dx, box[1] + dy, box[2], box[3])
