"""Whatever the model: nothing overlaps, no flow runs through a step, everything is inside what holds it."""

from itertools import combinations

import pytest
from hypothesis import example, given, settings
from lxml import etree

from tests.pace import ends_within
from tests.workflows.layout.drawn import chain, file, in_lanes, models, process, tasks
from workflows.layout import arrange, measure
from workflows.layout.planes import read_planes
from workflows.model import read
from workflows.model.xml import parse

SELF_LOOP = process(
    ['<bpmn:task id="s0"/>', '<bpmn:boundaryEvent id="b0" attachedToRef="s0"/>'], [("s0", "s0"), ("b0", "s0")]
)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(xml=models())
@example(xml=SELF_LOOP)
def test_any_model_is_drawn_without_a_fault_but_for_crowded_names(xml: bytes) -> None:
    found = measure(arrange(xml))
    assert found.faults.keys() <= {"labels"}


@settings(max_examples=30, derandomize=True, deadline=None)
@given(xml=models())
def test_drawing_changes_nothing_of_what_the_model_means(xml: bytes) -> None:
    drawn = arrange(xml)
    assert drawn == arrange(xml)
    assert read(drawn).digest == read(xml).digest
    assert arrange(drawn) == drawn, "what was drawn before does not matter"


@settings(max_examples=30, derandomize=True, deadline=None)
@given(xml=models())
def test_everything_is_drawn_once(xml: bytes) -> None:
    root = parse(arrange(xml))
    drawn = [one for plane in read_planes(root) for one in (*plane.shapes, *(line.id for line in plane.lines))]
    wanted = [one.get("id") for one in root.find("{*}process").iter() if isinstance(one.tag, str)]
    assert sorted(drawn) == sorted(one for one in wanted if one not in (None, "p", "lanes"))


def test_a_long_process_is_folded_like_a_text() -> None:
    found = measure(arrange(chain(60)))
    assert found.width < 5000
    assert found.width / found.height < 12


def test_one_more_step_leaves_the_others_in_their_order() -> None:
    names = [f"n{one}" for one in range(20)]
    flows = [(f"n{one}", f"n{one + 1}") for one in range(19)] + [("n3", "n9"), ("n5", "n14"), ("n12", "n4")]
    before = process(tasks(20), flows, in_lanes(names, 3))
    after = process([*tasks(20), '<bpmn:task id="new"/>'], [*flows, ("n7", "new")], in_lanes(names, 3))
    columns, again = _columns(before), _columns(after)
    pairs = list(combinations(names, 2))
    kept = sum((columns[a] < columns[b]) == (again[a] < again[b]) for a, b in pairs)
    assert kept > 0.8 * len(pairs)


def _columns(xml: bytes) -> dict[str, float]:
    (plane,) = read_planes(parse(arrange(xml)))
    return {one.id: one.frame[0] for one in plane.shapes.values()}


def test_the_straight_way_is_a_straight_line() -> None:
    (plane,) = read_planes(parse(arrange(chain(8))))
    assert len({(one.frame[1] + one.frame[3]) / 2 for one in plane.shapes.values()}) == 1
    assert all(len(one.dots) == 2 for one in plane.lines)


def test_a_loop_runs_around_what_it_repeats() -> None:
    found = measure(arrange(process(tasks(5), [*((f"n{one}", f"n{one + 1}") for one in range(4)), ("n3", "n1")])))
    assert (found.crossings, found.faults) == (0, {})


@pytest.mark.parametrize(
    "xml",
    [
        chain(200),
        process(tasks(200), [("n0", f"n{one}") for one in range(1, 200)]),
        process(tasks(200), [(f"n{one}", "n0") for one in range(1, 200)]),
        process(
            tasks(200),
            [(f"n{one}", f"n{one * 7 % 200}") for one in range(200)],
            in_lanes((f"n{one}" for one in range(200)), 8),
        ),
        process(tasks(200), []),
        process(tasks(2), [("n0", "n1")] * 200),
    ],
    ids=["chain", "fan", "funnel", "tangle", "loose", "parallel"],
)
def test_two_hundred_steps_are_drawn_while_somebody_waits(xml: bytes) -> None:
    ends_within(4.0, lambda: arrange(xml), runs=2)


def test_what_holds_nothing_is_left_as_it_is() -> None:
    xml = file('<bpmn:message id="m" name="only a message"/>')
    assert arrange(xml) == xml


def test_comments_and_spelling_of_the_file_are_kept() -> None:
    xml = process(["<!-- why --><bpmn:task   id=\"n0\"   name='One'/>"], [])
    drawn = arrange(xml)
    assert drawn.startswith(xml[: xml.rfind(b"</")].rstrip())
    assert etree.fromstring(drawn).find("{*}BPMNDiagram") is not None
