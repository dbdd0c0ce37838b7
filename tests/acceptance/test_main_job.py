"""The main job: from a payer's file to a signed, sent and decided appeal."""

import json
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from mso import documents
from mso.denials.models import Submission
from store.practice import MSO, as_practice, viewing
from store.transaction import reading
from tests.office import EVERYWHERE, REVIEW, TRIAGE, Office
from workflows.webhooks import inbound

LETTER = {
    "letter_opening": "We appeal your denial of the claim named above, on the facts that follow.",
    "letter_request": "We ask you to overturn the denial and to pay the claim in full.",
}
EVIDENCE = {
    "collected": ["medical_records", "criterion"],
    "reason_minimum_necessary": "Pages 1 to 4 of the visit note.",
}
SENT = {"channel": "portal", "proof_id": "PRT-8812", "sent_on": "2026-11-24"}
ATTESTED = {"attestation": True}


def appeal(office: Office, claim: str = "PCCN0002") -> None:
    """From the file to the sent appeal."""
    office.complete("ada", office.to_clinical_review(claim), REVIEW, "appeal")
    office.complete("ben", office.task("collect_evidence", claim), EVIDENCE)
    office.complete("ben", office.task("finalize_letter", claim), LETTER)
    office.complete("mia", office.task("attest_letter", claim), ATTESTED, "signed")
    office.complete("ben", office.task("submit_clinical_appeal", claim), SENT)


def decide(office: Office, result: str, claim: str = "PCCN0002", **more: object) -> str:
    """The payer's decision by webhook body; gives the delivery's status."""
    body = json.dumps({"payer_id": "SYN01", "payer_claim_control_number": claim, "result": result, **more}).encode()
    delivery_id = office.receive(body, "payer_decision")
    with as_practice(MSO), reading():
        return inbound.get_delivery(delivery_id).status


def test_a_denial_becomes_a_signed_sent_and_overturned_appeal(office: Office) -> None:
    appeal(office)
    assert decide(office, "overturned", paid="1200.00") == "processed"
    case = office.case()
    assert (case.status, case.outcome) == ("closed", "overturned")
    assert office.open_tasks() == {}
    with viewing(EVERYWHERE), reading() as session:
        packet = documents.newest(session, case, "packet")
        letter = documents.newest(session, case, "letter")
        assert packet is not None
        assert letter is not None
        pages = [page.extract_text() for page in PdfReader(BytesIO(documents.content(packet))).pages]
        sent = session.scalars(select(Submission).where(Submission.case_id == case.id)).one()
    text = " ".join(" ".join(pages).split())
    assert REVIEW["rationale"] in text, "the clinical words stand in the packet as the physician wrote them"
    assert "Mia Chen, MD" in text
    assert letter.sha256 in "".join("".join(pages).split())
    assert "CAS*CO*50*1200" in text
    assert (sent.channel, sent.proof_id, sent.sent_on, sent.packet_sha256) == (
        "portal", "PRT-8812", date(2026, 11, 24), packet.sha256,
    )  # fmt: skip


def test_editing_the_letter_after_the_signature_makes_it_stale(office: Office) -> None:
    office.complete("ada", office.to_clinical_review(), REVIEW, "appeal")
    office.complete("ben", office.task("collect_evidence"), EVIDENCE)
    office.complete("ben", office.task("finalize_letter"), LETTER)
    returned = {"attestation": True, "return_for": "other", "return_note": "The opening names the wrong claim."}
    office.complete("ada", office.task("attest_letter"), returned, "return")
    assert "submit_clinical_appeal" not in office.open_tasks()
    assert "finalize_letter" in office.open_tasks()


@pytest.mark.parametrize(("result", "outcome"), [("overturned", "overturned"), ("withdrawn", None)])
def test_the_payers_answer_is_followed(office: Office, result: str, outcome: str | None) -> None:
    appeal(office)
    decide(office, result)
    case = office.case()
    assert case.outcome == outcome
    assert case.status == ("closed" if outcome else "open")


def test_an_upheld_denial_ends_only_by_two_people(office: Office) -> None:
    appeal(office)
    decide(office, "upheld")
    recorded = {"result": "upheld", "action": "stop", "next_level": "none", "reference": "letter of Nov 24"}
    office.complete("lena", office.task("record_decision"), recorded)
    stop = {"rationale": "The criterion is not met at the next level either.", "no_conflict": True}
    office.complete("ada", office.task("stop_review"), stop, "confirm")
    office.complete("gus", office.task("stop_second"), {"finding": "confirm", "note": "Agreed after review."})
    off = {"adjustment_code": "CO50", "not_to_patient": True}
    office.complete("ben", office.task("write_off_clinical"), off)
    assert office.case().outcome == "upheld_final"


def test_an_answer_for_no_open_case_waits_for_a_person(office: Office) -> None:
    office.receive()
    assert decide(office, "overturned", claim="NOBODY1") == "quarantined"


def test_an_answer_that_comes_early_is_kept_until_it_is_waited_for(office: Office) -> None:
    office.receive()
    assert decide(office, "overturned") == "processed"
    assert office.case().status == "open"
    office.complete("ben", office.task("triage_confirm"), TRIAGE)
    assert "clinical_review" in office.open_tasks()
