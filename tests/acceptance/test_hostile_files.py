"""Files and answers that somebody wrote badly, or in bad faith: held with words, shown as text, never a fault."""

import json
import re
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from mso.cases import Case
from mso.integrations.x12_835 import fake
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, FakePayer, cas
from store import clock
from store.practice import MSO, as_practice, viewing
from store.transaction import reading
from tests.acceptance.test_main_job import ATTESTED, EVIDENCE
from tests.office import EVERYWHERE, REVIEW, Office
from tests.together import at_once
from workflows.webhooks import inbound

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
BAD = (
    *("\0", "\x1b[31m", "\ud7ff", "00000000", "99999999", "20261399", "1e400", "-1", "NaN", "9" * 60, "🩺", "", " "),
    *("' or 1=1 --", "../../x", "=cmd|'/c calc'!A0", "\r\n\r\n", "x" * 3000),
)


def synthetic() -> str:
    return fake.hard_denials().decode()


PLACES = {
    "payer's name": (r"N1\*PR\*[^*]*", "N1*PR*{}"),
    "payer's id": (r"(N1\*PR\*[^*]*\*XV\*)[^~]*", r"\g<1>{}"),
    "trace number": (r"TRN\*1\*[^*]*", "TRN*1*{}"),
    "production date": (r"DTM\*405\*[^~]*", "DTM*405*{}"),
    "patient's name": (r"NM1\*QC\*1\*[^*]*", "NM1*QC*1*{}"),
    "claim number": (r"(CLP\*[^*]*\*[^*]*\*[^*]*\*[^*]*\*[^*]*\*[^*]*\*)[^*]*", r"\g<1>{}"),
    "service date": (r"DTM\*472\*[^~]*", "DTM*472*{}"),
    "charge": (r"(SVC\*[^*]*\*)[^*]*", r"\g<1>{}"),
    "reason": (r"CAS\*CO\*[^*]*", "CAS*CO*{}"),
    "amount": (r"(CAS\*CO\*[^*]*\*)[^*~]*", r"\g<1>{}"),
    "remark": (r"LQ\*HE\*[^~]*", "LQ*HE*{}"),
    "policy": (r"REF\*0K\*[^~]*", "REF*0K*{}"),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_datum_of_a_remittance_fells_the_intake(office: Office, place: str) -> None:
    pattern, written = PLACES[place]
    failed = []
    for text in BAD:
        body = re.sub(pattern, written.format(text.replace("\\", "\\\\")), synthetic(), count=1).encode()
        try:
            delivery = office.receive(body)
        except Exception as error:
            failed.append((text[:12], type(error).__name__))
            continue
        with reading():
            if inbound.get_delivery(delivery).status not in ("processed", "quarantined"):
                failed.append((text[:12], inbound.get_delivery(delivery).error or "failed"))
    assert failed == []


def test_what_a_payer_calls_itself_is_shown_as_text(office: Office) -> None:
    line = FakeLine("97110", Decimal(150), (cas("CO", "50", 150),), remarks=("N115",), policy_ids=(SCRIPT,))
    claim = FakeClaim("PT1", "XSS0001", (line,), patient=("<b>Canary</b>", "<i>Pat</i>", "M1"))
    office.receive(fake.write_one([claim], payer=FakePayer(SCRIPT, "99999")))
    case = office.case("XSS0001")
    browser = office.browser("ben")
    tasks = office.open_tasks("XSS0001")
    paths = (
        *("/cases/", f"/cases/{case.id}", f"/cases/{case.id}/diagram", f"/cases/?q={SCRIPT}", "/deliveries/"),
        *("/inbox", f"/tasks/{next(iter(tasks.values()))}", f"/inbox?queue={SCRIPT}&practice={SCRIPT}"),
    )
    for path in paths:
        text = browser.get(path).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "<b>Canary" not in text, path


ANSWERS = (
    *(b"", b"[]", b"null", b"[" * 3000 + b"]" * 3000, b'{"result": 1}', b"\xff"),
    *(
        json.dumps({"payer_claim_control_number": "PCCN0002", "result": "upheld", **more}).encode()
        for more in (
            {"paid": "1e999999"},
            {"paid": 1e308},
            {"paid": "NaN"},
            {"paid": -5},
            {"reference": "\0"},
            {"reasons": ["\0"]},
            {"reasons": ["CO-50"] * 5000},
            {"decided_on": "0000-00-00"},
            {"decided_on": "9999-12-31"},
            {"decisions": {"medical_necessity": "appeal"}},
            {"payer_claim_control_number": "\0"},
            {"payer_id": "\ud800"},
            {"payee_npi": "\0"},
            {"payee_tin": "\0"},
        )
    ),
)


@pytest.mark.parametrize("place", range(len(ANSWERS)))
def test_no_answer_of_a_payer_fells_the_worker(office: Office, place: int) -> None:
    task_id = office.to_clinical_review()
    delivery = office.receive(ANSWERS[place], "payer_decision")
    with reading():
        entry = inbound.get_delivery(delivery)
    assert entry.status in ("failed", "processed", "quarantined")
    assert entry.error is None
    assert office.stored(task_id).outcome is None


def test_two_files_with_the_same_claim_at_once_open_one_case(office: Office) -> None:
    line = FakeLine("97110", Decimal(150), (cas("CO", "50", 150),), remarks=("N115",))
    bodies = [
        fake.write_one([FakeClaim("PT1", "RACE0001", (line,), patient=("A", "B", "M1"))], control, trace=f"T{control}")
        for control in (1, 2)
    ]
    with as_practice(MSO):
        got = [inbound.receive_file("era835", one, now=clock.now()).delivery_id for one in bodies]
    for _ in range(2):  # An attempt that lost is tried again, as the worker does.
        found = at_once(office.app, *(partial(inbound.deliver, one, now=clock.now()) for one in got))
        if not any(isinstance(one, Exception) for one in found):
            break
    with viewing(EVERYWHERE), reading() as session:
        count = session.scalar(select(func.count()).select_from(Case).where(Case.claim_key == "RACE0001"))
    assert count == 1
    with reading():
        assert {inbound.get_delivery(one).status for one in got} == {"processed"}


WRITTEN = (
    "🩺 👩🏽‍⚕️ טיפול שמרני נכשל العلاج المحافظ فشل 保守治療 失敗しました <b>bold</b> {{ case.number }} {% raw %} "
    "${x} **stars** # head " * 5,
    "x" * 7900,
    "\n\n\n".join(["\t\x0b\x1b[31m\u202e\u200b\ufeff\ufffe control characters in a text that is long enough"] * 20),
)


@pytest.mark.parametrize("place", range(len(WRITTEN)))
def test_whatever_people_write_becomes_a_letter_and_a_packet(office: Office, place: int) -> None:
    text = WRITTEN[place]
    review = office.to_clinical_review()
    office.complete("ada", review, {**REVIEW, "clinical_facts": text, "rationale": text}, "appeal")
    office.complete("ben", office.task("collect_evidence"), {**EVIDENCE, "reason_minimum_necessary": text[:1900]})
    office.complete(
        "ben", office.task("finalize_letter"), {"letter_opening": text[:1900], "letter_request": text[:1900]}
    )
    office.complete("ada", office.task("attest_letter"), ATTESTED, "signed")
    assert "submit_clinical_appeal" in office.open_tasks()
    browser = office.browser("ben")
    for path in (f"/cases/{office.case().id}", f"/tasks/{review}", "/inbox"):
        assert browser.get(path).status_code == 200
