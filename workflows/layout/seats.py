"""Where do boundary events sit? Side by side on the lower border of their host."""

from workflows.layout.graph import Node
from workflows.layout.text import even, text_box

SEAT_LABEL = 72
"""At most so wide is the name of a boundary event before it wraps, in pixels."""
_PITCH = 50
_FROM_CORNER = 26


def pitch(host: Node) -> int:
    """Pixels from one boundary event to the next: their names stand between them."""
    return max(_PITCH, *(text_box(one.name, SEAT_LABEL)[0] + 8 for one in host.seats))


def host_width(node: Node) -> int:
    """Width at which the boundary events of a node fit side by side."""
    count = len(node.seats)
    return max(node.w, even(count * pitch(node) + 4)) if count > 1 else node.w


def seat_column(event: Node) -> int:
    """Which of its host's columns a boundary event sits in: from the last to the first, then again."""
    host = event.cell
    return host.span - 1 - host.seats.index(event) % host.span


def seat(event: Node) -> int:
    """How far right of the middle of that column it sits."""
    host = event.cell
    index, count = host.seats.index(event), len(host.seats)
    if host.span > 1:
        together = -(-count // host.span)
        return (index // host.span) * pitch(host) - (together - 1) * pitch(host) // 2
    if count == 1:
        return host.w // 2 - _FROM_CORNER
    return index * pitch(host) - (count - 1) * pitch(host) // 2


def meets(event: Node, target: Node) -> bool:
    """Whether a line straight down from a seat meets the target well inside its upper border."""
    return target.kind in ("task", "sub") and abs(seat(event)) <= target.w // 2 - 12
