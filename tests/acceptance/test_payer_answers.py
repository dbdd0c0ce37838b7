"""A later remittance speaks of a claim whose case is running: paid, upheld, reversed, denied once more."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from mso.cases import Case
from mso.integrations.x12_835.fake import FakeClaim, cas
from store.practice import as_practice
from store.transaction import transaction
from tests.acceptance import intake
from tests.acceptance.intake import claim, paid_claim, remittance, reversal
from tests.acceptance.product import until
from tests.office import Office
from workflows import instances

CLAIM = "PCCN77"


@pytest.fixture
def running(office: Office) -> Office:
    """An office with one open case, still in triage."""
    office.receive(remittance(claim(CLAIM), trace="T1"))
    return office


@pytest.fixture
def waiting(running: Office) -> Office:
    """The same, appealed and waiting for the payer."""
    intake.file_appeal(running, CLAIM)
    return running


def status(office: Office) -> tuple[str, str | None]:
    case = office.case(CLAIM)
    return case.status, case.outcome


def test_a_later_remittance_that_pays_the_line_overturns(waiting: Office) -> None:
    assert intake.delivery(waiting.receive(remittance(paid_claim(CLAIM), trace="T2"))).status == "processed"
    assert status(waiting) == ("closed", "overturned")
    assert len(intake.cases()) == 1


def test_carc_193_goes_the_way_of_an_upheld_denial(waiting: Office) -> None:
    waiting.receive(remittance(claim(CLAIM, "193"), trace="T2"))
    assert status(waiting) == ("open", None)
    recorded = {"result": "upheld", "action": "stop", "next_level": "none", "reference": "ERA T2"}
    waiting.complete("lena", waiting.task("record_decision", CLAIM), recorded)
    off = {"adjustment_code": "CO29", "not_to_patient": True, "note": "Upheld, nothing new to say."}
    waiting.complete("ben", waiting.task("write_off_admin", CLAIM), off)
    assert status(waiting) == ("closed", "upheld_final")
    assert len(intake.cases()) == 1


def test_a_part_that_is_still_denied_is_no_full_success(waiting: Office) -> None:
    line = replace(claim(CLAIM).lines[0], cas=(cas("CO", "29", 50),))
    waiting.receive(remittance(replace(claim(CLAIM), lines=(line,)), trace="T2"))
    assert status(waiting) == ("open", None)
    assert "record_decision" in waiting.open_tasks(CLAIM)


def test_an_answer_that_comes_during_the_work_is_kept_for_later(running: Office) -> None:
    running.receive(remittance(claim(CLAIM, "193"), trace="T2"))
    assert "triage_confirm" in running.open_tasks(CLAIM)
    running.complete("ben", running.task("triage_confirm", CLAIM), intake.ADMIN)
    running.complete("ben", running.task("prepare_admin", CLAIM), intake.ADMIN_LETTER)
    sent = {"channel": "fax", "proof_id": "F1", "sent_on": "2026-11-24"}
    running.complete("ben", running.task("submit_admin", CLAIM), sent)
    assert "record_decision" in running.open_tasks(CLAIM)


@pytest.mark.parametrize("correction", [paid_claim(CLAIM), claim(CLAIM, "45")])
def test_reversal_and_a_correction_without_denial_withdraw_the_case(running: Office, correction: FakeClaim) -> None:
    body = remittance(reversal(CLAIM), correction, trace="T2")
    assert intake.delivery(running.receive(body)).status == "processed"
    assert status(running) == ("closed", "withdrawn")
    assert running.open_tasks(CLAIM) == {}


def test_a_correction_in_a_later_file_withdraws_too(running: Office) -> None:
    running.receive(remittance(reversal(CLAIM), trace="T2"))
    assert status(running) == ("open", None), "a reversal alone changes nothing yet"
    running.receive(remittance(paid_claim(CLAIM), trace="T3"))
    assert status(running) == ("closed", "withdrawn")


def test_reversal_and_payment_after_the_appeal_overturn_it(waiting: Office) -> None:
    waiting.receive(remittance(reversal(CLAIM), paid_claim(CLAIM), trace="T2"))
    assert status(waiting) == ("closed", "overturned")


def test_a_correction_that_denies_again_keeps_the_case(running: Office) -> None:
    running.receive(remittance(reversal(CLAIM), claim(CLAIM, "16"), trace="T2"))
    assert status(running) == ("open", None)
    assert {one[2] for one in intake.denials(running.case(CLAIM))} == {"29", "16"}


def test_a_new_denial_of_an_open_claim_joins_its_case(running: Office) -> None:
    running.receive(remittance(claim(CLAIM, "97", 90), trace="T2"))
    (case,) = intake.cases()
    assert intake.denials(case) == [(1, "CO", "29", Decimal(150)), (1, "CO", "97", Decimal(90))]
    assert case.amount == Decimal(240)


def test_a_clinical_denial_that_joins_an_administrative_case_reaches_a_physician(running: Office) -> None:
    running.complete("ben", running.task("triage_confirm", CLAIM), intake.ADMIN)
    running.receive(remittance(claim(CLAIM, "50", 90), trace="T2"))
    assert running.case(CLAIM).clinical == "yes"
    running.complete("ben", running.task("prepare_admin", CLAIM), intake.ADMIN_LETTER)
    assert set(running.open_tasks(CLAIM)) == {"clinical_review"}


def test_a_remittance_waits_for_work_on_its_case_without_a_deadlock(running: Office) -> None:
    case, body = running.case(CLAIM), remittance(paid_claim(CLAIM), trace="T2")

    def receive() -> str:
        with running.app.app_context():
            return intake.delivery(running.receive(body)).status

    with ThreadPoolExecutor(1) as pool:
        with as_practice(case.practice_id), transaction() as session:
            instances.lock(session, case.instance_id or case.id)
            receiving = pool.submit(receive)
            waiting = text("select count(*) from pg_locks where not granted")
            until(lambda: session.scalar(waiting), "intake at the lock", 20)
            session.get_one(Case, (case.practice_id, case.id)).title = "Changed by the work on it"
        assert receiving.result() == "processed"
    assert running.case(CLAIM).title == "Changed by the work on it"


def test_the_same_denial_in_another_remittance_changes_nothing(running: Office) -> None:
    delivery = intake.delivery(running.receive(remittance(claim(CLAIM), trace="T2")))
    (case,) = intake.cases()
    assert (delivery.status, delivery.cases) == ("processed", (str(case.id),))
    assert intake.denials(case) == [(1, "CO", "29", Decimal(150))]


def test_two_payments_of_one_claim_in_one_remittance_lose_no_denial(office: Office) -> None:
    first, second = claim(CLAIM), claim(CLAIM, "97", 90)
    office.receive(remittance(first, second, trace="T1"))
    (case,) = intake.cases()
    assert {one[2] for one in intake.denials(case)} == {"29", "97"}


def test_a_claim_denied_again_after_its_case_was_closed_gets_a_new_case(waiting: Office) -> None:
    waiting.receive(remittance(paid_claim(CLAIM), trace="T2"))
    assert intake.delivery(waiting.receive(remittance(claim(CLAIM), trace="T3"))).status == "processed"
    assert [one.status for one in intake.cases()] == ["closed", "open"]
    assert intake.denials(waiting.case(CLAIM)) == [(1, "CO", "29", Decimal(150))]


def test_a_late_copy_of_an_answer_does_not_decide_the_next_level(waiting: Office) -> None:
    waiting.receive(remittance(claim(CLAIM, "193"), trace="T2"))
    waiting.receive(remittance(claim(CLAIM, "193"), trace="T3"))
    recorded = {
        "result": "dismissed", "action": "refile", "next_level": "none", "refile_open": True, "reference": "Call 7",
    }  # fmt: skip
    waiting.complete("lena", waiting.task("record_decision", CLAIM), recorded)
    waiting.complete("ben", waiting.task("prepare_admin", CLAIM), intake.ADMIN_LETTER)
    sent = {"channel": "portal", "proof_id": "PRT-2", "sent_on": "2026-11-24"}
    waiting.complete("ben", waiting.task("submit_admin", CLAIM), sent)
    assert waiting.open_tasks(CLAIM) == {}, "the second filing waits for its own answer"
