"""Draw a model anew."""

from workflows.layout.compose import compose
from workflows.layout.old import di, read_old
from workflows.layout.reading import read_scopes
from workflows.layout.splicing import splice
from workflows.layout.writing import write_plane
from workflows.model.xml import parse

QUICK, THOROUGH = 250_000, 12_000_000
"""How many steps of the search a drawing may cost: about a second, and about a minute for a large model."""


def arrange(xml: bytes, *, thorough: bool = False, keep_lanes: bool = False) -> bytes:
    """The same model with a new diagram; what was drawn before is replaced. Deterministic.

    thorough:   take about a minute for a large model, for a drawing that ships.
    keep_lanes: lanes stay in the order in which the file lists them; else the order with the shortest hand-offs wins.
    Raises ModelRefused when the file cannot be read.
    """
    root = parse(xml)
    old = read_old(root)
    for diagram in root.findall(di("BPMNDiagram")):
        root.remove(diagram)
    for scope in read_scopes(root, old):
        drawing = compose(scope, THOROUGH if thorough else QUICK, keep_lanes=keep_lanes)
        write_plane(root, scope.id, drawing, old.styles)
    return splice(xml, root)
