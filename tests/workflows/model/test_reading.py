from pathlib import Path

import pytest

from tests.pace import ends_within
from tests.workflows.lint.draw import END, START, file, flow, flows, line, process, task, user
from workflows.model import ModelRefused, read
from workflows.model.xml import MAX_BYTES

MODELS = Path(__file__).parents[1] / "engine" / "models"


def refused(xml: bytes) -> str:
    with pytest.raises(ModelRefused) as caught:
        read(xml)
    return caught.value.findings[0].rule


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "http://evil.example/x.dtd"><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
        b"<a>\0</a>",
    ],
)
def test_what_could_reach_outside_the_file_is_refused_before_parsing(xml: bytes) -> None:
    assert refused(xml) == "xml-unsafe"


def test_size_elements_and_nesting_are_limited() -> None:
    assert refused(b"<a>" + b" " * MAX_BYTES + b"</a>") == "too-large"
    assert refused(b"<a>" * 100 + b"</a>" * 100) == "too-large"
    assert refused(process("".join(f'<task id="t{n}"/>' for n in range(2001)))) == "too-large"
    nested = "".join(f'<subProcess id="s{n}">' for n in range(22)) + "</subProcess>" * 22
    assert refused(process(nested)) == "too-large"


def test_malformed_xml_says_where() -> None:
    with pytest.raises(ModelRefused, match="line 2, column"):
        read(b"<a>\n<b></a>")


def test_a_file_that_is_no_bpmn_is_refused() -> None:
    assert refused(b"<a/>") == "not-bpmn"


def test_elements_carry_what_the_file_says_about_them() -> None:
    model = read(
        process(START + user("a", clinicalDecision="x", outcomes="yes, no") + END + flows("start", "a", "end"))
    )
    element = model.elements["a"]
    assert (element.kind, element.name, element.process_id, element.parent_id) == ("userTask", None, "p", None)
    assert element.names("outcomes") == ("yes", "no")
    assert (element.incoming, element.outgoing) == (("start__a",), ("a__end",))


def test_outgoing_flows_keep_the_order_of_the_nodes_own_list() -> None:
    model = read((MODELS / "gateway_order.bpmn").read_bytes())
    assert model.elements["g"].outgoing == ("g__second", "g__first", "g__third")


def test_the_last_lane_wins_and_sub_processes_inherit() -> None:
    model = read((MODELS / "call_activity.bpmn").read_bytes())
    lanes = {name: model.elements[name].lane for name in ("call", "own", "nested", "inside", "called_task")}
    assert lanes == {"call": "billing", "own": "billing", "nested": "coding", "inside": "coding", "called_task": None}


def test_correlation_is_read_from_standard_bpmn() -> None:
    model = read((MODELS / "message.bpmn").read_bytes())
    assert model.messages["payer_decision"].properties == (
        ("claim_id", "claim.claim_id"),
        ("payer_id", "claim.payer_id"),
    )
    assert model.keys["key"].properties == ("claim_id", "payer_id")
    assert model.processes["main"].subscriptions == {
        "key": {"claim_id": "facts.claim_id", "payer_id": "facts.payer_id"}
    }


def test_timers_messages_and_boundaries_are_read() -> None:
    model = read((MODELS / "timers.bpmn").read_bytes())
    due = model.elements["due"]
    trigger = due.trigger("timer")
    assert (due.attached_to, due.interrupting) == ("a", False)
    assert trigger is not None
    assert trigger.timer is not None
    assert (trigger.timer.kind, trigger.timer.text) == ("date", "deadline")


def test_the_digest_ignores_drawing_and_indentation_and_nothing_else() -> None:
    plain = process(START + END + flow("start", "end"))
    drawing = b'<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="d"/></bpmn:definitions>'
    drawn = plain.replace(b"</bpmn:definitions>", drawing)
    spaced = plain.replace(b"><", b">\n  <").replace(b"<bpmn:definitions", b'<bpmn:definitions exporter="x"')
    assert read(plain).digest == read(drawn).digest == read(spaced).digest
    assert read(plain).digest != read(plain.replace(b'"start__end"', b'"other"')).digest


def test_ids_used_twice_are_listed_when_one_of_them_is_bpmn() -> None:
    parameter = '<s:serviceTaskOperator id="op"><s:parameters><s:parameter id="a" value="1"/></s:parameters>'
    service = task("serviceTask", "call", extension=parameter + "</s:serviceTaskOperator>")
    body = START + user("a") + service + END
    assert read(process(body)).duplicate_ids == ("a",)
    assert (
        read(process(body.replace("userTask", "userTask", 1).replace('id="a" value', 'id="z" value'))).duplicate_ids
        == ()
    )


def test_foreign_files_are_read_without_a_crash() -> None:
    empty = read(file(""))
    assert (dict(empty.processes), dict(empty.elements)) == ({}, {})


def test_a_document_type_counts_only_where_xml_has_one() -> None:
    said = b"<!-- <!DOCTYPE html> -->"
    body = process(START + END + "<documentation>&lt;!DOCTYPE html&gt;</documentation>" + flow("start", "end"))
    assert set(read(b"<?tool <!ENTITY?>" + said + body).elements) == {"start", "end"}
    assert refused(said + b"<!DOCTYPE a>" + body) == "xml-unsafe"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_usual_encodings_are_read(encoding: str) -> None:
    claim = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{claim}"?>' + line(user("a")).decode().replace('id="a"', 'id="a" name="ä"')
    assert read(text.encode(encoding)).elements["a"].name == "ä"


def test_what_claims_utf_16_and_is_utf_8_is_read() -> None:
    assert read(b'<?xml version="1.0" encoding="utf-16"?>' + process(START)).elements.keys() == {"start"}


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x00<\x00\x00\x00", b"\xff\xfe<\x00\x00\xd8", b"\xff", b"<a>\x00</a>"])
def test_other_encodings_are_refused(data: bytes) -> None:
    assert refused(data) == "xml-unsafe"


def test_what_has_no_id_is_kept_apart_from_what_has() -> None:
    model = read(process('<task/><task/><task id="task#1"/><sequenceFlow/><sequenceFlow/>'))
    assert list(model.elements) == ["task#1", "task#2", "task#1#3"]
    assert len(model.flows) == 2


def test_an_element_inside_one_of_the_same_id_is_not_its_own_parent() -> None:
    model = read(process('<subProcess id="a"><subProcess id="a"><endEvent id="e"/></subProcess></subProcess>'))
    chain, one = [], model.elements["e"]
    while one.parent_id is not None:
        one = model.elements[one.parent_id]
        chain.append(one.id)
    assert chain == ["a#2", "a"]


def many(text: str, count: int) -> str:
    return "".join(text.replace("#", str(number)) for number in range(count))


HOSTILE = {
    "flows": lambda n: process(START + END + many('<sequenceFlow id="f#" sourceRef="start" targetRef="end"/>', n)),
    "one id": lambda n: process('<task id="t"/>' * (n // 4) + flow("t", "t") * n),
    "messages": lambda n: process(
        many('<endEvent id="t#"><messageEventDefinition messageRef="m#"/></endEvent>', n // 4),
        many('<message id="m#"/>', n * 4),
    ),
    "listed": lambda n: process(f'<task id="t">{many("<outgoing>f#</outgoing>", n * 4)}</task>' + flow("t", "t") * n),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_reading_takes_time_that_grows_with_the_file_and_no_faster(kind: str) -> None:
    xml = HOSTILE[kind](7000)
    ends_within(1.5, lambda: read(xml), runs=3)


def test_flows_processes_and_nodes_are_limited() -> None:
    assert refused(HOSTILE["flows"](8001)) == "too-large"
    assert refused(file("".join(f'<process id="p{n}"/>' for n in range(201)))) == "too-large"
    assert refused(file("<x/>" * 200_001)) == "too-large"
