"""Each figure sees the fault it is named for, and only then."""

import pytest

from tests.workflows.layout.drawn import process
from workflows.layout import measure
from workflows.layout.measure import FAULTS

STEPS = (
    '<bpmn:task id="a"/>',
    '<bpmn:task id="b"/>',
    '<bpmn:task id="c"/>',
    '<bpmn:exclusiveGateway id="g" name="Really?"/>',
    '<bpmn:boundaryEvent id="e" attachedToRef="a"/>',
)
FLOWS = [("a", "b"), ("c", "g")]
PLACES = {"a": "0 0 100 80", "b": "200 0 100 80", "c": "0 200 100 80", "g": "225 215 50 50", "e": "32 62 36 36"}
WAYS = {"flow0": "100,40 200,40", "flow1": "100,240 225,240"}


def drawn(
    places: dict[str, str] | None = None, ways: dict[str, str] | None = None, label: str = "230 270 40 14"
) -> bytes:
    shapes = "".join(
        f'<i:BPMNShape bpmnElement="{one}">{_bounds(box)}'
        f"{f'<i:BPMNLabel>{_bounds(label)}</i:BPMNLabel>' if one == 'g' else ''}</i:BPMNShape>"
        for one, box in (PLACES | (places or {})).items()
    )
    edges = "".join(
        f'<i:BPMNEdge bpmnElement="{one}">'
        + "".join(f'<d:waypoint x="{dot.split(",")[0]}" y="{dot.split(",")[1]}"/>' for dot in way.split())
        + "</i:BPMNEdge>"
        for one, way in (WAYS | (ways or {})).items()
    )
    diagram = (
        '<i:BPMNDiagram xmlns:i="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:d="http://www.omg.org/spec/DD/20100524/DI" xmlns:c="http://www.omg.org/spec/DD/20100524/DC">'
        f'<i:BPMNPlane bpmnElement="p">{shapes}{edges}</i:BPMNPlane></i:BPMNDiagram></bpmn:definitions>'
    )
    return process(STEPS, FLOWS).replace(b"</bpmn:definitions>", diagram.encode())


def _bounds(box: str) -> str:
    x, y, w, h = box.split()
    return f'<c:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/>'


def test_a_careful_drawing_has_no_fault() -> None:
    found = measure(drawn())
    assert found.faults == {}
    assert (found.shapes, found.flows, found.bends, found.length) == (5, 2, 0, 225)
    assert (found.width, found.height, found.crossings) == (300, 280, 0)


@pytest.mark.parametrize(
    ("fault", "places", "ways", "label"),
    [
        ("overlaps", {"c": "50 50 100 80"}, {"flow1": "150,90 180,90 180,240 225,240"}, ""),
        ("through", {}, {"flow1": "100,240 150,240 150,60 250,60 250,215"}, ""),
        ("overlaid", {}, {"flow1": "100,240 150,240 150,40 190,40 190,240 225,240"}, ""),
        ("labels", {}, {}, "150 235 40 14"),
        ("astray", {"e": "120 100 36 36"}, {}, ""),
        ("loose_ends", {}, {"flow0": "120,40 200,40"}, ""),
        ("slanted", {}, {"flow0": "100,30 200,40"}, ""),
    ],
)
def test_a_fault_is_seen(fault: str, places: dict[str, str], ways: dict[str, str], label: str) -> None:
    found = measure(drawn(places, ways, label or "230 270 40 14"))
    assert fault in FAULTS
    assert found.faults.get(fault), found


def test_a_crossing_counts_once_however_many_flows_are_bundled() -> None:
    found = measure(drawn(ways={"flow1": "100,240 150,240 150,-20 180,-20 180,240 225,240"}))
    assert found.crossings == 2
