"""What is drawn stays; what is missing is added beside its neighbors."""

from lxml import etree

from tests.workflows.layout.drawn import chain, process, tasks
from workflows.layout import arrange, complete, measure
from workflows.layout.planes import read_planes
from workflows.model.xml import parse

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def without(xml: bytes, *ids: str) -> bytes:
    root = etree.fromstring(xml)
    for item in list(root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")):
        if item.get("bpmnElement") in ids:
            item.getparent().remove(item)
    return etree.tostring(root)


def test_a_file_that_is_drawn_completely_keeps_every_byte() -> None:
    xml = arrange(chain(5))
    assert complete(xml) == xml


def test_a_file_without_a_drawing_gets_one() -> None:
    assert measure(complete(chain(5))).shapes == 5


def test_a_step_that_lost_its_shape_gets_it_back_where_its_flows_point() -> None:
    xml = arrange(chain(5))
    mended = complete(without(xml, "n2"))
    (before,), (after,) = read_planes(parse(xml)), read_planes(parse(mended))
    assert after.shapes == before.shapes
    assert measure(mended).faults == {}


def test_a_new_step_stands_beside_its_neighbor_and_the_others_do_not_move() -> None:
    xml = arrange(process(tasks(3), [("n0", "n1"), ("n1", "n2")]))
    more = xml.replace(
        b"</bpmn:process>",
        b'<bpmn:task id="new"/><bpmn:sequenceFlow id="f" sourceRef="n1" targetRef="new"/></bpmn:process>',
    )
    mended = complete(more)
    (before,), (after,) = read_planes(parse(xml)), read_planes(parse(mended))
    assert before.shapes.items() <= after.shapes.items()
    assert after.shapes["new"].frame[0] > after.shapes["n1"].frame[2]
    assert measure(mended).faults == {}


def test_a_boundary_event_is_put_on_its_host() -> None:
    xml = arrange(process(tasks(2), [("n0", "n1")]))
    event = b'<bpmn:boundaryEvent id="late" attachedToRef="n0"/></bpmn:process>'
    mended = complete(xml.replace(b"</bpmn:process>", event))
    found = measure(mended)
    assert (found.shapes, found.astray, found.overlaps) == (3, 0, 0)


def test_a_missing_flow_goes_around_what_stands_in_its_way() -> None:
    xml = arrange(process(tasks(3), [("n0", "n1"), ("n1", "n2"), ("n2", "n0")]))
    mended = complete(without(xml, "flow2"))
    found = measure(mended)
    assert (found.flows, found.through, found.loose_ends) == (3, 0, 0)
