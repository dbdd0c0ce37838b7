"""Waypoints: where pieces meet, and where the first and last touch their shapes."""

import itertools
from math import isqrt

from workflows.layout.canvas import Canvas
from workflows.layout.graph import Node, Point
from workflows.layout.tracks import Piece


def waypoints(canvas: Canvas, pieces: list[Piece]) -> list[Point]:
    """The corners of one edge from outline to outline."""
    points = [_start(canvas, pieces[0])]
    for one, two in itertools.pairwise(pieces):
        flat, steep = (one, two) if one.horizontal else (two, one)
        points.append(canvas.point(steep.line, steep.offset, flat.line, flat.offset))
    points.append(_end(canvas, pieces[-1]))
    return _tidy(points)


def _start(canvas: Canvas, piece: Piece) -> Point:
    return dock(piece.edge.src, piece.horizontal, _where(canvas, piece), positive=piece.forward)


def _end(canvas: Canvas, piece: Piece) -> Point:
    return dock(piece.edge.dst, piece.horizontal, _where(canvas, piece), positive=not piece.forward)


def _where(canvas: Canvas, piece: Piece) -> int:
    """The y of a horizontal piece, the x of a vertical one."""
    return (canvas.ys if piece.horizontal else canvas.xs)[piece.line] + piece.offset


def dock(node: Node, horizontal: bool, where: int, *, positive: bool) -> Point:
    """Where a straight line meets the outline of a node; positive: on its right or lower side."""
    off = where - (node.y if horizontal else node.x)
    half = (node.w if horizontal else node.h) // 2
    if node.kind == "gateway":
        half = max(half - abs(off), 0)
    elif node.kind in ("event", "boundary"):
        half = isqrt(max(half * half - off * off, 1))
    far = half if positive else -half
    return (node.x + far, where) if horizontal else (where, node.y + far)


def _tidy(points: list[Point]) -> list[Point]:
    """Without points on the way of a straight line."""
    found = points[:1]
    for index in range(1, len(points) - 1):
        a, b, c = found[-1], points[index], points[index + 1]
        if not (a[0] == b[0] == c[0] or a[1] == b[1] == c[1]):
            found.append(b)
    return [*found, points[-1]]
