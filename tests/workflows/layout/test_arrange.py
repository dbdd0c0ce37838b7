"""A model drawn anew means the same, and nothing in its drawing overlaps, is cut, or runs through something else."""

from pathlib import Path

import pytest
from lxml import etree

from workflows.engine import compile_process
from workflows.layout import arrange, complete, measure
from workflows.layout.planes import read_planes
from workflows.model import ModelRefused

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "workflows" / "bpmn").rglob("*.bpmn"))
SMALL = sorted((ROOT / "tests" / "workflows" / "engine" / "models").glob("*.bpmn"))
FOREIGN = sorted((ROOT.parent / "shared" / "data" / "bpmn-foreign").glob("*.bpmn"))
"""Public samples; read where they lie, and not there everywhere."""
DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
WIDEST, FLATTEST = 5000, 4
"""Pixels, and width by height, of the largest drawing we ship: what a reader can follow on a wide screen."""


def name(path: Path) -> str:
    return path.stem


def meaning(xml: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Every element of a file but its diagrams."""
    root = etree.fromstring(xml)
    for diagram in root.findall(DIAGRAM):
        root.remove(diagram)
    return [(str(one.tag), dict(one.attrib), (one.text or "").strip()) for one in root.iter(etree.Element)]


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_what_ships_is_drawn_with_care(path: Path) -> None:
    drawn = measure(path.read_bytes())
    assert drawn.shapes and drawn.faults == {}
    assert drawn.width <= WIDEST and drawn.width / drawn.height <= FLATTEST
    assert drawn.crossings <= drawn.flows * 0.6


@pytest.mark.parametrize("path", SMALL, ids=name)
def test_a_small_model_is_drawn_without_a_fault(path: Path) -> None:
    data = path.read_bytes()
    drawn = arrange(data)
    assert meaning(drawn) == meaning(data)
    found = measure(drawn)
    assert found.shapes and found.faults == {}
    assert arrange(data) == drawn, "the same model is drawn the same way"


@pytest.mark.parametrize("path", FOREIGN, ids=name)
def test_a_foreign_model_is_drawn_and_means_the_same(path: Path) -> None:
    data = path.read_bytes()
    drawn = arrange(data)
    assert meaning(drawn) == meaning(data)
    found = measure(drawn).faults
    assert found.keys() <= {"labels", "overlaid"} and sum(found.values()) <= 2


@pytest.mark.parametrize("path", FOREIGN, ids=name)
def test_a_foreign_drawing_is_completed_and_nothing_in_it_moves(path: Path) -> None:
    data = path.read_bytes()
    root = etree.fromstring(data)
    first = next(root.iter(f"{DIAGRAM.removesuffix('Diagram')}Shape"))
    first.getparent().remove(first)
    before = [one for plane in read_planes(root) for one in plane.shapes.items()]
    mended = complete(etree.tostring(root))
    after = [one for plane in read_planes(etree.fromstring(mended)) for one in plane.shapes.items()]
    assert [one for one in before if one not in after] == []
    assert len(after) > len(before)


def test_the_engine_does_not_count_the_drawing() -> None:
    path = next(one for one in SHIPPED if one.stem == "era_exception")
    before, after = path.read_bytes(), arrange(path.read_bytes())
    assert (
        compile_process({"p.bpmn": before}, "era_exception").digest
        == compile_process({"p.bpmn": after}, "era_exception").digest
    )


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ModelRefused):
        arrange(b"<!DOCTYPE x []><definitions/>")


def test_a_measure_sees_what_lies_on_something_else() -> None:
    path = next(one for one in SMALL if one.stem == "two_tasks")
    drawn = etree.fromstring(arrange(path.read_bytes()))
    bounds = list(drawn.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds"))
    for one in bounds:
        one.set("x", "100")
        one.set("y", "100")
    found = measure(etree.tostring(drawn)).faults
    assert found["overlaps"] and found["loose_ends"]
