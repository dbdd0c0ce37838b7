"""Evidence that people add: what is taken, what is refused, what reaches the packet, who may take it out again."""

from functools import partial
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from mso import cases, documents
from mso.denials import evidence, trial
from mso.denials.evidence import CaseClosed, EvidenceKnown, EvidenceRefused, EvidenceReliedOn
from mso.denials.trial import Unfit
from mso.documents import UnknownDocument
from store import apart, clock
from store.practice import as_practice, viewing
from store.transaction import reading, transaction
from tests.office import EVERYWHERE, REVIEW, TRIAGE, Office, csrf


def a_pdf(pages: int = 2, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    if password:
        writer.encrypt(password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def a_picture(form: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form)
    return out.getvalue()


def pages_of(data: bytes) -> int:
    return len(PdfReader(BytesIO(data)).pages)


def shown(office: Office) -> list[str]:
    case = office.case()
    with viewing(EVERYWHERE), reading() as session:
        return [one.title for one in documents.of_case(session, case)]


def test_added_by_page_it_stands_in_the_packet(office: Office) -> None:
    task = office.to_clinical_review()
    office.complete("ada", task, REVIEW, "appeal")
    ben, case = office.browser("ben"), office.case()
    for data, contents in ((a_pdf(), "medical_records"), (a_picture("JPEG", (40, 900)), "criterion")):
        form = {"csrf_token": csrf(ben, f"/cases/{case.id}"), "contents": contents, "file": (BytesIO(data), "Doe.pdf")}
        answer = ben.post(f"/cases/{case.id}/documents", data=form)
        assert answer.status_code == 303, answer.text
    page = ben.get(f"/cases/{case.id}").text
    assert "Medical records" in page and "Evidence added: Medical records." in page and "Doe" not in page
    with viewing(EVERYWHERE), reading() as session:
        parts = evidence.parts(session, case, clock.now())
    assert [one.title for one in parts] == ["Medical records", "Policy or criterion of the payer"]
    assert [pages_of(one.data) for one in parts] == [2, 1]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 a program", "Only PDF, JPEG and PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Only PDF, JPEG and PNG"),
        (b"GIF89a" + bytes(40), "Only PDF, JPEG and PNG"),
        (b"%PDF-1.7\nnot really", "damaged"),
        (a_pdf()[:200], "damaged"),
        (a_pdf(password="secret"), "password"),
        (a_pdf(0), "0 pages"),
        (a_picture()[:50], "Only PDF, JPEG and PNG"),
        (b"%PDF-" + bytes(evidence.LARGEST), "larger than 8 MB"),
    ],
)
def test_what_no_packet_can_hold_is_refused_whole(office: Office, data: bytes, says: str) -> None:
    office.receive()
    before = shown(office)
    with pytest.raises(EvidenceRefused, match=says):
        evidence.attach(office.viewer("ben"), office.case().id, "other", data, now=clock.now())
    assert shown(office) == before


def test_a_file_that_keeps_its_reader_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial.apart, "answer_of", partial(apart.answer_of, seconds=0))
    with pytest.raises(Unfit, match="too intricate"):
        trial.media_type_of(a_picture("PNG", (7000, 7000)))


def test_the_page_says_why_a_file_was_not_taken(office: Office) -> None:
    office.receive()
    ben, case = office.browser("ben"), office.case()
    form = {"csrf_token": csrf(ben, f"/cases/{case.id}"), "contents": "other", "file": (BytesIO(b"GIF89a"), "x.gif")}
    answer = ben.post(f"/cases/{case.id}/documents", data=form, follow_redirects=True)
    assert "Nothing was added. Only PDF, JPEG and PNG files can go into a packet." in answer.text


def test_a_title_comes_from_the_list_and_a_file_comes_once(office: Office) -> None:
    office.receive()
    ben, case = office.viewer("ben"), office.case()
    with pytest.raises(EvidenceRefused, match="choose from the list"):
        evidence.attach(ben, case.id, "MRI of John Doe", a_pdf(), now=clock.now())
    evidence.attach(ben, case.id, "medical_records", a_pdf(), now=clock.now())
    with pytest.raises(EvidenceKnown):
        evidence.attach(ben, case.id, "literature", a_pdf(), now=clock.now())


def test_withdrawn_it_is_shown_and_sent_no_more(office: Office) -> None:
    office.receive()
    ben, case = office.viewer("ben"), office.case()
    kept = evidence.attach(ben, case.id, "medical_records", a_pdf(), now=clock.now())
    with pytest.raises(EvidenceRefused, match="choose from the list"):
        evidence.withdraw(ben, case.id, kept.id, "because", now=clock.now())
    evidence.withdraw(ben, case.id, kept.id, "wrong_patient", now=clock.now())
    assert "Medical records" not in shown(office)
    assert office.browser("ben").get(f"/cases/{case.id}/documents/{kept.id}").status_code == 404
    with viewing(EVERYWHERE), reading() as session:
        assert evidence.parts(session, case, clock.now()) == []
    with pytest.raises(UnknownDocument):
        evidence.withdraw(ben, case.id, kept.id, "wrong_patient", now=clock.now())


def test_once_a_decision_was_signed_with_it_only_compliance_withdraws(office: Office) -> None:
    office.receive()
    case = office.case()
    kept = evidence.attach(office.viewer("ben"), case.id, "medical_records", a_pdf(), now=clock.now())
    office.complete("ben", office.task("triage_confirm"), TRIAGE)
    office.complete("ada", office.task("clinical_review"), REVIEW, "appeal")
    with pytest.raises(EvidenceReliedOn):
        evidence.withdraw(office.viewer("ben"), case.id, kept.id, "not_needed", now=clock.now())
    evidence.withdraw(office.viewer("gus"), case.id, kept.id, "wrong_patient", now=clock.now())
    assert "Medical records" not in shown(office)


def test_new_evidence_makes_a_shown_page_old(office: Office) -> None:
    task = office.to_clinical_review()
    seen = office.digest(task)
    evidence.attach(office.viewer("ben"), office.case().id, "medical_records", a_pdf(), now=clock.now())
    assert office.digest(task) != seen


@pytest.mark.parametrize("name", ["eve", "dev", "max"])
def test_who_does_not_work_on_the_case_adds_nothing(office: Office, name: str) -> None:
    office.receive()
    case, browser = office.case(), office.browser(name)
    form = {"csrf_token": csrf(browser, "/cases/"), "contents": "other", "file": (BytesIO(a_pdf()), "x.pdf")}
    assert browser.post(f"/cases/{case.id}/documents", data=form).status_code in (403, 404)
    assert "Other evidence" not in shown(office)


def test_a_closed_case_keeps_its_papers_as_they_are(office: Office) -> None:
    office.receive()
    ben, case = office.viewer("ben"), office.case()
    kept = evidence.attach(ben, case.id, "other", a_pdf(), now=clock.now())
    with as_practice(case.practice_id), transaction() as session:
        cases.close(cases.get(session, case.id), "written_off", at=clock.now())
    with pytest.raises(CaseClosed):
        evidence.attach(ben, case.id, "literature", a_pdf(3), now=clock.now())
    with pytest.raises(CaseClosed):
        evidence.withdraw(ben, case.id, kept.id, "not_needed", now=clock.now())
    assert "Add evidence" not in office.browser("ben").get(f"/cases/{case.id}").text
