"""The shipped denial models do what the domain says: every scenario, every element, every end state."""

import pytest
from lxml import etree  # type: ignore[import-untyped]

from tests.workflows.bpmn.play import Play, book, form, material, scenario, shipped, source
from workflows.engine import CompiledProcess, compile_process
from workflows.scenarios import Result, run_all

OUTCOMES = {
    "overturned",
    "partially_overturned",
    "upheld_final",
    "corrected_and_paid",
    "transferred",
    "patient_responsibility",
    "written_off",
    "withdrawn",
    "not_a_denial",
}


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """All scenarios of the appeal, run once."""
    return run_all(material(shipped("denial_appeal")), book("denial_appeal"))


def end_of(result: Result) -> str | None:
    told = book("denial_appeal").named(result.name)
    return told.end if told is not None else None


def test_every_end_state_of_the_domain_is_reached(results: list[Result]) -> None:
    assert [(one.name, one.difference) for one in results if not one.passed] == []
    assert {end_of(one) for one in results} - {None} == OUTCOMES


def test_the_case_is_closed_with_its_outcome_before_the_process_ends(results: list[Result]) -> None:
    for one in results:
        closings = [call.parameters["outcome"] for call in one.called if call.element_id.startswith("close_")]
        assert closings == [end for end in (end_of(one),) if end is not None], one.name


def test_no_scenario_files_a_clinical_appeal_unsigned(results: list[Result]) -> None:
    for one in results:
        seen = {element_id for _, element_id in one.touched}
        if "submit_clinical_appeal" in seen:
            assert {"clinical_review", "attest_letter"} <= seen, one.name
        if "write_off_clinical" in seen:
            assert {"stop_review", "stop_second"} <= seen, one.name


APPEALED = scenario("denial_appeal", "A signed and filed appeal is overturned")
STOPPED = scenario("denial_appeal", "A physician and compliance stop a denial before any appeal")
CODED = scenario("denial_appeal", "A correction that changes meaning needs the practitioner's answer")
CALLED = scenario("denial_appeal", "A peer-to-peer call overturns the denial and the payer confirms it")

DETOURS = [
    ("around the review, to the letter", "f_clinical_gate__clinical_review", "draft_letter", APPEALED, 1),
    ("around the signature, to the packet", "f_render_letter__attest_letter", "assemble_packet", APPEALED, 4),
    ("around the signature, to the payer", "f_render_letter__attest_letter", "submit_clinical_appeal", APPEALED, 4),
    ("around the physician who stops", "f_appeal__stop_review", "write_off_clinical", STOPPED, 2),
    ("around the coding answer", "f_meaning__coding_query", "correct_coded_claim", CODED, 1),
    ("around the call", "f_call_possible__peer_to_peer", "won_by_call", CALLED, 2),
]


@pytest.mark.parametrize(("detour", "flow", "target", "told", "steps"), DETOURS, ids=[one[0] for one in DETOURS])
def test_a_model_with_a_way_around_a_decision_stops_at_the_guard(
    detour: str, flow: str, target: str, told: dict[str, object], steps: int
) -> None:
    play = Play.of(detoured(flow, target), told)
    for step in told["steps"][:steps]:  # type: ignore[index]
        play.take(step)
    assert play.execution.status == "stopped"
    assert [(one.kind, one.element_id) for one in play.incidents] == [("guard", target)]
    assert target not in play.open()


def test_a_returned_letter_does_not_reach_the_payer_by_a_wrong_default() -> None:
    play = Play.of(detoured("f_signed__finalize_letter", "submit_clinical_appeal"), APPEALED)
    for step in APPEALED["steps"][:4]:
        play.take(step)
    play.take({"complete": "attest_letter", "outcome": "return"})
    assert [(one.kind, one.element_id) for one in play.incidents] == [("guard", "submit_clinical_appeal")]


def test_a_letter_that_is_edited_after_the_signature_needs_a_new_one() -> None:
    play = Play.of(shipped("denial_appeal"), APPEALED)
    for step in APPEALED["steps"][:5]:
        play.take(step)
    assert play.execution.decisions["medical_necessity_attestation_for_our_appeal"] == "signed"
    for step in APPEALED["steps"][5:6]:
        play.take(step)
    play.take({"message": "payer_decision", "payload": {"result": "upheld", "next_level": "exists"}})
    play.take({"complete": "clinical_review", "outcome": "appeal"})
    play.take({"complete": "collect_evidence"})
    assert "medical_necessity_attestation_for_our_appeal" not in play.execution.decisions


@pytest.mark.parametrize("route", [one["value"] for one in form("triage_confirm")["components"][1]["values"]])
def test_the_desk_cannot_turn_a_clinical_denial_into_something_else(route: str) -> None:
    play = Play.of(shipped("denial_appeal"), APPEALED)
    answers = {"route": route, "changes_clinical_meaning": "not_applicable"}
    play.take({"complete": "triage_confirm", "answers": answers})
    assert play.open() == {"stop_review" if route == "not_a_denial" else "clinical_review"}


def test_a_clinical_denial_that_an_operator_cannot_read_counts_as_clinical() -> None:
    told = {
        **APPEALED,
        "services": {"denials.triage": {"route": None, "clinical": "perhaps", "sla_bd": 1, "reasons": []}},
    }
    play = Play.of(shipped("denial_appeal"), told)
    play.take({"complete": "triage_confirm", "answers": {"route": "not_a_denial"}})
    assert play.open() == {"clinical_review"}


def detoured(flow_id: str, target: str) -> CompiledProcess:
    """The shipped model with one flow led elsewhere."""
    root = etree.fromstring(source("denial_appeal.bpmn"))
    flow = root.find(f".//{{*}}sequenceFlow[@id='{flow_id}']")
    for node in root.iter("{*}incoming"):
        if node.text == flow_id:
            node.getparent().remove(node)
    host = root.find(f".//{{*}}process/*[@id='{target}']")
    incoming = etree.Element(flow.tag.replace("sequenceFlow", "incoming"))
    incoming.text = flow_id
    extension = host.find("{*}extensionElements")
    host.insert(0 if extension is None else host.index(extension) + 1, incoming)
    flow.set("targetRef", target)
    return compile_process({"denial_appeal.bpmn": etree.tostring(root)}, "denial_appeal")
