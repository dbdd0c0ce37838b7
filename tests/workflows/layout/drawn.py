"""Models for the drawing tests: any shape a graph can have, and a few that are hard on purpose."""

from collections.abc import Iterable

from hypothesis import strategies as st

HEAD = '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="file" targetNamespace="urn:t">'
KINDS = ("userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "intermediateCatchEvent", "endEvent")
NAMES = ("", "Decide", "Review medical necessity", "no, or conditional", "Assemble the packet without clinical text")


def file(body: str) -> bytes:
    return f"{HEAD}{body}</bpmn:definitions>".encode()


def process(steps: Iterable[str], flows: Iterable[tuple[str, str]], lanes: str = "") -> bytes:
    """One process; flows are numbered."""
    drawn = (
        f'<bpmn:sequenceFlow id="flow{number}" sourceRef="{one}" targetRef="{two}"/>'
        for number, (one, two) in enumerate(flows)
    )
    return file(f'<bpmn:process id="p">{lanes}{"".join(steps)}{"".join(drawn)}</bpmn:process>')


def tasks(count: int) -> list[str]:
    return [f'<bpmn:task id="n{one}" name="Task {one}"/>' for one in range(count)]


def chain(count: int) -> bytes:
    return process(tasks(count), [(f"n{one}", f"n{one + 1}") for one in range(count - 1)])


def in_lanes(names: Iterable[str], count: int) -> str:
    """Lanes that hold the steps in turn."""
    listed = list(names)
    found = ""
    for lane in range(count):
        refs = "".join(f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in listed[lane::count])
        found += f'<bpmn:lane id="lane{lane}" name="Lane {lane}">{refs}</bpmn:lane>'
    return f'<bpmn:laneSet id="lanes">{found}</bpmn:laneSet>' if count else ""


@st.composite
def models(draw: st.DrawFn) -> bytes:
    """Steps of every kind, with boundary events and sub-processes, flows between any of them, in lanes or none."""
    ids: list[str] = []
    steps = []
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from([*KINDS, "subProcess"]))
        name = draw(st.sampled_from(NAMES))
        inside = _inside(draw(st.integers(1, 3)), number) if kind == "subProcess" else ""
        steps.append(f'<bpmn:{kind} id="s{number}" name="{name}">{inside}</bpmn:{kind}>')
        ids.append(f"s{number}")
        if kind in ("userTask", "subProcess") and draw(st.booleans()):
            steps.append(f'<bpmn:boundaryEvent id="b{number}" attachedToRef="s{number}" name="2 days"/>')
            ids.append(f"b{number}")
    targets = [one for one in ids if one.startswith("s")]
    ends = st.tuples(st.sampled_from(ids), st.sampled_from(targets))
    flows = draw(st.lists(ends, max_size=2 * len(ids)))
    return process(steps, flows, in_lanes(targets, draw(st.integers(0, 3))))


def _inside(count: int, number: int) -> str:
    steps = "".join(f'<bpmn:task id="i{number}x{one}" name="Inside {one}"/>' for one in range(count))
    flows = "".join(
        f'<bpmn:sequenceFlow id="if{number}x{one}" sourceRef="i{number}x{one}" targetRef="i{number}x{one + 1}"/>'
        for one in range(count - 1)
    )
    return steps + flows
