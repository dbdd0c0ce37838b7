"""What happened in a case becomes a scenario that plays, and nothing of the patient or the staff goes along."""

import json

from mso.practices import zone_of_practice
from store.practice import as_practice
from store.transaction import reading
from tasks import inbox
from tests.acceptance.test_main_job import decide
from tests.office import REVIEW, TRIAGE, Office
from workflows import definitions, instances, scenarios
from workflows.scenarios import Material, Recorded

LETTER = {
    "letter_opening": "We appeal your denial of the claim of Zoe Quill, born May 5.",
    "letter_request": "We ask you to overturn the denial and to pay the claim in full.",
}
EVIDENCE = {"collected": ["medical_records"], "reason_minimum_necessary": "Pages 1 to 4 of the note on Zoe Quill."}


def recorded(office: Office) -> Recorded:
    case = office.case()
    assert case.instance_id is not None
    with as_practice(case.practice_id), reading() as session:
        row = instances.find(session, case.instance_id)
        definition = definitions.get(session, row.definition_id)
        return scenarios.record(
            Material(definition.process, definition.decisions, definition.forms),
            scenarios.history_of(session, case.instance_id),
            name="As recorded",
            zone=zone_of_practice(session, case.practice_id),
            outcomes={one.engine_task_id: one.outcome for one in inbox.of_case(session, case) if one.outcome},
        )


def test_a_finished_case_becomes_a_scenario_that_plays(office: Office) -> None:
    office.complete("ada", office.to_clinical_review(), REVIEW, "appeal")
    office.complete("ben", office.task("collect_evidence"), EVIDENCE)
    office.complete("ben", office.task("finalize_letter"), LETTER)
    office.complete("mia", office.task("attest_letter"), {"attestation": True}, "signed")
    sent = {"channel": "portal", "proof_id": "PRT-8812", "sent_on": "2026-11-24"}
    office.complete("ben", office.task("submit_clinical_appeal"), sent)
    decide(office, "overturned", paid="1200.00")
    found = recorded(office)
    print(found.text)
    assert found.result.difference is None, found.result.difference
    assert found.notes == ()
    (book,) = json.loads(found.text)
    (told,) = book["scenarios"]
    assert told["end"] == "overturned"
    done = [one.get("complete") or one.get("message") for one in told["steps"] if {"complete", "message"} & one.keys()]
    assert done == [
        "triage_confirm", "clinical_review", "collect_evidence", "finalize_letter", "attest_letter",
        "submit_clinical_appeal", "payer_decision",
    ]  # fmt: skip


def test_nothing_of_the_patient_or_the_staff_is_in_a_recorded_scenario(office: Office) -> None:
    office.complete("ada", office.to_clinical_review(), REVIEW, "appeal")
    office.complete("ben", office.task("collect_evidence"), EVIDENCE)
    office.complete("ben", office.task("finalize_letter"), LETTER)
    text = recorded(office).text
    case = office.case()
    for private in (
        "Zoe", "Quill", case.number, case.claim_key, case.payer_name, case.payer_id, "PCCN", "PCN", "Lakeshore",
        "therapy", "2026-11", "2026-10", *(str(one) for one in office.people.values()),
    ):  # fmt: skip
        assert str(private) not in text, private
    assert '"criterion_met": "yes"' in text
    assert '"route": "' + TRIAGE["route"] + '"' in text
