"""What single repairs do: to the model, to the drawing, and to what stands around them."""

# mypy: disable-error-code="import-untyped"
from itertools import combinations, pairwise

import pytest
from lxml import etree
from SpiffWorkflow.spiff.parser import VALIDATOR

from tests.workflows.lint.draw import END, START, decision, file, flow, flows, gateway, line, process, task, user
from tests.workflows.repair.corpus import FOREIGN, OWN, answer, data_of, own
from workflows.lint import LintContext, lint_file
from workflows.model import read
from workflows.repair import AnswerRefused, apply, examine, propose, settle
from workflows.repair.document import Document
from workflows.repair.drawing import Box, Drawing

DI = "{http://www.omg.org/spec/DD/20100524/DI}"


def offered(xml: bytes, known: LintContext | None = None) -> dict[str, object]:
    return {one.id: one for one in propose(xml, known or LintContext())}


def rules(xml: bytes) -> set[str]:
    return {one.rule for one in lint_file(xml) if one.severity == "error"}


def valid(xml: bytes) -> bool:
    return bool(VALIDATOR.validator.validate(etree.fromstring(xml)))


@pytest.mark.parametrize("path", [*OWN, *FOREIGN], ids=lambda path: path.stem)
def test_valid_bpmn_stays_valid(path) -> None:  # type: ignore[no-untyped-def]
    data = data_of(path)
    assert valid(data), "the test wants a valid file to begin with"
    for _ in range(3):
        data = apply(data, {one.id: answer(one) for one in propose(data)})
        assert valid(data), VALIDATOR.validator.error_log


def test_comments_prefixes_foreign_extensions_and_order_are_kept() -> None:
    before, after = own("camunda7"), settle(own("camunda7")).data
    assert b"<!-- Written by hand in the style of Camunda 7. -->\n<bpmn:definitions" in after
    assert b'camunda:delegateExpression="${payment}"' in after
    assert b"ns0" not in after
    old = [node.get("id") for node in etree.fromstring(before).iter() if node.get("id")]
    new = [node.get("id") for node in etree.fromstring(after).iter() if node.get("id") in set(old)]
    assert new == old


def test_a_split_without_conditions_becomes_parallel_and_with_conditions_exclusive() -> None:
    plain = process(START + user("a") + user("b") + user("c") + flows("start", "a", "b") + flow("a", "c"))
    model = read(settle(plain).data)
    assert [model.elements[one].kind for one in model.following(model.elements["a"])] == ["parallelGateway"]
    body = START + user("a") + user("b") + user("c") + flows("start", "a") + flow("a", "b", "x = 1") + flow("a", "c")
    model = read(settle(process(body)).data)
    (split,) = model.following(model.elements["a"])
    assert (model.elements[split].kind, model.elements[split].default) == ("exclusiveGateway", "a__c")


def test_the_new_gateway_stands_in_the_lane_of_its_task() -> None:
    lanes = '<laneSet id="l"><lane id="billing"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    body = lanes + START + user("a") + user("b") + user("c") + flows("start", "a", "b") + flow("a", "c")
    model = read(settle(process(body)).data)
    assert model.elements[model.following(model.elements["a"])[0]].lane == "billing"


def test_a_drawn_file_stays_drawn() -> None:
    for path in OWN:
        data = data_of(path)
        repaired = apply(data, {one.id: answer(one) for one in propose(data)})
        document, model = Document(repaired), read(repaired)
        drawing = Drawing(document)
        boxes = {one: drawing.box(one) for one in model.elements}
        assert None not in boxes.values(), path.stem
        assert set(model.flows) <= set(drawing.edges)
        for flow_id, flow_ in model.flows.items():
            points = [
                (float(one.get("x")), float(one.get("y"))) for one in drawing.edges[flow_id].iter(f"{DI}waypoint")
            ]
            assert len(points) >= 2
            ends = (boxes[flow_.source], boxes[flow_.target])
            assert all(near(box, point) for box, point in zip(ends, (points[0], points[-1]), strict=True)), flow_id


def near(box: Box | None, point: tuple[float, float]) -> bool:
    assert box is not None
    return Box(box.x - 2, box.y - 2, box.width + 4, box.height + 4).holds(point)


def test_new_shapes_cover_nothing_that_was_drawn() -> None:
    data = own("camunda7")
    repaired = apply(data, {one.id: answer(one) for one in propose(data)})
    drawing, model = Drawing(Document(repaired)), read(repaired)
    shapes = {one: box for one, element in model.elements.items() if element.kind != "boundaryEvent"
              if (box := drawing.box(one)) is not None}  # fmt: skip
    over = [pair for pair in combinations(shapes, 2) if shapes[pair[0]].overlaps(shapes[pair[1]], margin=0)]
    assert over == []


def test_a_data_store_leaves_an_annotation_at_its_place() -> None:
    repaired = apply(own("signavio"), {"data-store:sid-store": "", "data-store:sid-ledger": ""})
    root = etree.fromstring(repaired)
    (note,) = root.findall(".//{*}textAnnotation")
    (association,) = root.findall(".//{*}association")
    assert (note.get("id"), note[0].text) == ("sid-store", "Data store: Ledger")
    assert (association.get("id"), association.get("sourceRef")) == ("sid-reads", "sid-store")
    assert root.find(".//{*}dataInput") is None
    assert "data-store" not in rules(repaired)


def test_a_chain_of_links_becomes_flows() -> None:
    def link(kind: str, name: str) -> str:
        return f'<{kind} id="{kind[12]}{name}"><linkEventDefinition name="{name}"/></{kind}>'

    throw, catch = "intermediateThrowEvent", "intermediateCatchEvent"
    body = START + "".join(link(kind, name) for name in "AB" for kind in (throw, catch)) + END
    xml = process(body + flow("start", "TA") + flow("CA", "TB") + flow("CB", "end"))
    for _ in range(2):
        xml = apply(xml, {one.id: "" for one in propose(xml) if one.id.startswith("link:")})
    model = read(xml)
    assert set(model.elements) == {"start", "end"}
    assert [(one.source, one.target) for one in model.flows.values()] == [("start", "end")]


def test_the_default_is_marked_when_only_one_flow_is_free_and_else_asked_for() -> None:
    clear = decision("x = 1", None, default=False)
    assert read(settle(clear).data).elements["g"].default == "g__t1"
    open_ = decision(None, None, default=False)
    assert settle(open_).data == open_
    chosen = apply(open_, {"default-flow:g": "", "flow-condition:g__t0": "x = 1"})
    assert rules(chosen) == set()


def test_answers_are_checked() -> None:
    xml = decision(None, None)
    with pytest.raises(AnswerRefused, match="not FEEL"):
        apply(xml, {"flow-condition:g__t0": "x =="})
    with pytest.raises(AnswerRefused, match="an answer is needed"):
        apply(xml, {"flow-condition:g__t0": ""})
    with pytest.raises(AnswerRefused, match="none of the answers"):
        apply(decision(None, None, default=False), {"default-flow:g": "elsewhere"})


def test_one_of_several_pools_is_chosen_and_what_it_calls_runs_too() -> None:
    calls = START.replace("start", "s1") + '<callActivity id="call" calledElement="b"/>' + flow("s1", "call")
    other = START.replace("start", "s2") + user("u") + flow("s2", "u")
    third = START.replace("start", "s3") + '<task id="drawn"/>' + flow("s3", "drawn")
    xml = file(f'<process id="a">{calls}</process><process id="b">{other}</process><process id="c">{third}</process>')
    model = read(apply(xml, {"which-process:file": "a"}))
    assert {one.id for one in model.processes.values() if one.is_executable} == {"a", "b"}
    assert "abstract-task" not in rules(apply(xml, {"which-process:file": "a"}))


def test_where_several_elements_could_be_first_one_is_asked_for() -> None:
    xml = process(user("a") + user("b") + END + flow("a", "end") + flow("b", "end"))
    assert "missing-start:p" not in settle(xml).applied
    model = read(apply(xml, {"missing-start:p": "b"}))
    (start,) = (one for one in model.elements.values() if one.kind == "startEvent")
    assert model.following(start) == ("b",)


def test_lanes_are_given_to_groups_that_exist() -> None:
    lanes = '<laneSet id="l"><lane id="sid-7" name="Coder"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    xml = process(lanes + START + user("a") + END + flows("start", "a", "end"))
    known = LintContext(groups=frozenset({"coder", "finance"}))
    (lane,) = (one for one in propose(xml, known) if one.id == "lane:sid-7")
    assert lane.needs is not None and lane.needs.suggested == "coder"
    repaired = apply(xml, {"lane:sid-7": ""}, known)
    assert read(repaired).elements["a"].properties["candidateGroup"] == "coder"


def test_a_service_task_calls_an_operator_with_its_parameters() -> None:
    known = LintContext(operators=frozenset({"mail.send"}), parameters={"mail.send": {"address": None}})  # type: ignore[dict-item]
    element = read(apply(line('<serviceTask id="s"/>'), {"service-task:s": "mail.send"}, known)).elements["s"]
    assert element.operator is not None
    assert (element.operator.id, element.operator.parameters[0].id) == ("mail.send", "address")


def test_forms_that_exist_are_offered() -> None:
    known = LintContext(forms=frozenset({"check", "approve"}))
    (one,) = (each for each in propose(line('<task id="a" name="Approve"/>'), known) if each.id == "abstract-task:a")
    assert one.is_mechanical and "approve" in one.after
    (one,) = (each for each in propose(line('<task id="a" name="Other"/>'), known) if each.id == "abstract-task:a")
    assert one.needs is not None and {choice.value for choice in one.needs.choices} == {"other", "approve", "check"}


def test_what_would_only_turn_one_error_into_another_is_left() -> None:
    """The script writes what the other branch writes: behind a parallel gateway both would run at once."""
    script = task("scriptTask", "{}", inner="<script>x = 1</script>", attributes=' scriptFormat="FEEL"')
    body = START + user("a") + script.format("b") + script.format("c") + flows("start", "a", "b") + flow("a", "c")
    xml = process(body)
    assert rules(settle(xml).data) <= rules(xml)


def test_a_repair_shows_what_it_changes_and_nothing_else() -> None:
    (one,) = (each for each in propose(own("camunda7")) if each.id == "expression-condition:yes")
    assert "&amp;&amp;" in one.before and 'status = "paid"' in one.after
    assert "BPMNShape" not in one.before + one.after
    assert one.removes == ()


def test_loops_and_several_runs_are_bounded() -> None:
    many = "<multiInstanceLoopCharacteristics/>"
    xml = line(task("userTask", "a", inner=many, formKey="form"))
    for given, kind in (("3", "cardinality"), ("patients", "input_ref")):
        loop = read(apply(xml, {"multi-instance:a": given, "multi-instance-results:a": ""})).elements["a"].loop
        assert loop is not None and getattr(loop, kind) == given
    with pytest.raises(AnswerRefused):
        apply(xml, {"multi-instance:a": "two or three"})


def test_the_report_says_what_the_file_contains() -> None:
    report = examine(own("signavio"))
    assert report.made_with.startswith("Signavio Process Editor")
    assert [(one.name, one.process_id) for one in report.pools] == [
        ("Billing office", "sid-process-a"),
        ("Patient", "sid-process-b"),
    ]
    assert report.has_drawing and report.errors > 5
    kept = [one.finding.message for one in report.findings if one.finding.rule == "vendor-extension"]
    assert any("Signavio" in message for message in kept)


def test_gateways_in_a_row_keep_their_own_flows() -> None:
    names = [f"t{number}" for number in range(12)]
    body = START + "".join(f'<task id="{name}"/>' for name in names)
    back = "".join(flow(one, names[0], "x = 1") for one in names[3::4])
    model = read(settle(process(body + flows("start", *names) + back)).data)
    for one, two in pairwise(names):
        reached = model.following(model.elements[one])
        assert two in reached or two in model.following(model.elements[reached[0]])


def test_gateways_are_drawn_with_their_default() -> None:
    xml = process(START + gateway("exclusiveGateway", "g") + user("a") + user("b") + flow("start", "g")
                  + flow("g", "a", "x = 1") + flow("g", "b"))  # fmt: skip
    assert read(settle(xml).data).elements["g"].default == "g__b"
