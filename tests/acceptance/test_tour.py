"""The tour of the README: one denial from the payer's file to the payer's answer, at the front door.

The tests follow each other: each goes on where the one before it stopped. `--screenshots` takes the pictures anew.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from mso.integrations.x12_835 import fake
from tests.acceptance.product import Product, until
from tests.acceptance.test_evidence import a_pdf, a_picture
from tests.acceptance.test_main_job import ATTESTED, EVIDENCE, LETTER, SENT
from tests.acceptance.visitor import PHONE, Visitor
from tests.office import REVIEW, TRIAGE

pytestmark = pytest.mark.browser

CLAIM = "PCCN0002"
EDI = "application/edi-x12"
Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, product: Product, shoots: bool) -> Iterator[Visit]:
    """Sign somebody in; at the end nothing may stand on anybody's console."""
    visitors: list[Visitor] = []

    def enter(name: str, **options: object) -> Visitor:
        visitors.append(Visitor(product, browser, name, shoots=shoots, **options))
        return visitors[-1].sign_in()

    yield enter
    for one in visitors:
        one.leave()


def wait_for(product: Product, delivery: str) -> None:
    """Until a delivery is processed, as the API tells it."""
    token = product.token("ben")

    def done() -> bool:
        status = product.get(f"/api/v1/deliveries/{delivery}", token)["status"]
        assert status in ("received", "processed")
        return bool(status == "processed")

    until(done, "the worker")


def test_the_payers_file_is_taken_once(browser: Browser, product: Product) -> None:
    status, first = product.post("era835", fake.hard_denials(), EDI, "msg_tour")
    assert status == 202
    status, again = product.post("era835", fake.hard_denials(), EDI, "msg_tour")
    assert (status, again["delivery_id"]) == (200, first["delivery_id"])
    wait_for(product, first["delivery_id"])


def test_the_sign_in_page_shows_the_cast(browser: Browser, product: Product, shoots: bool) -> None:
    nobody = Visitor(product, browser, "ben", shoots=shoots)
    nobody.page.goto("/sign-in")
    nobody.check("sign-in")
    nobody.page.get_by_role("button", name="Ben Tully").click()
    expect(nobody.page.get_by_label("Work e-mail")).to_have_value("ben@meridian.example")
    nobody.leave()


def test_the_specialist_finds_the_denials_and_confirms_one(visit: Visit) -> None:
    ben = visit("ben")
    page = ben.page
    expect(page.locator("[data-task-row]")).to_have_count(7)
    ben.check()
    page.locator("[data-task-row]").nth(1).click()
    expect(page.locator("#pane [data-task]")).to_be_visible()
    ben.check("inbox")
    ben.open_task(CLAIM, "Confirm triage")
    ben.claim()
    ben.check("task")
    page.get_by_role("button", name="Complete task").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text("Root cause")
    ben.check("errors")
    ben.fill(TRIAGE)
    page.get_by_role("button", name="Complete task").click()
    expect(page.get_by_role("status").filter(has_text="Completed: Confirm triage")).to_be_visible()
    ben.check()


def test_the_case_shows_how_its_route_was_decided(visit: Visit) -> None:
    ben = visit("ben")
    page = ben.page
    ben.open_case(CLAIM)
    decided = page.locator("section[aria-labelledby=decided]")
    decided.get_by_role("link", name="Triage of one adjustment").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Triage of one adjustment")
    expect(page.get_by_text("medical necessity is judged by a licensed clinician only")).to_be_visible()
    ben.check("decided")


def test_the_specialist_may_not_decide_medicine(visit: Visit) -> None:
    ben = visit("ben")
    ben.open_task(CLAIM, "Review medical necessity")
    page = ben.page
    expect(page.locator(".gate summary")).to_contain_text("You may not sign")
    expect(page.locator(".reasons__no")).not_to_have_count(0)
    expect(page.locator("#task-form")).to_have_count(0)
    expect(page.get_by_role("button", name="Claim task")).to_have_count(0)
    ben.check("refused")
    csrf = page.locator("[name=csrf_token]").first.input_value()
    forged = ben.context.request.post(f"{page.url}/claim", form={"csrf_token": csrf})
    assert forged.status == 403
    page.set_content(forged.text())
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_physician_licensed_elsewhere_may_not_either(visit: Visit) -> None:
    cleo = visit("cleo")
    cleo.open_task(CLAIM, "Review medical necessity")
    expect(cleo.page.locator(".gate summary")).to_contain_text("You may not sign")
    expect(cleo.page.locator(".reasons__no").first).to_contain_text("New York")
    expect(cleo.page.locator("#task-form")).to_have_count(0)
    cleo.check()


def test_the_physician_of_the_state_decides_and_signs(visit: Visit) -> None:
    ada = visit("ada")
    page = ada.page
    ada.open_task(CLAIM, "Review medical necessity")
    expect(page.locator(".gate summary")).to_contain_text("You may sign")
    assert "$" not in page.locator("main").inner_text(), "money has no place beside a clinical decision"
    ada.claim()
    expect(page.locator("[name=outcome]:checked")).to_have_count(0)
    ada.fill({"outcome": "appeal", **REVIEW})
    page.evaluate("scrollTo(0, 0)")
    ada.check("gate")
    page.get_by_role("button", name="Sign and complete").click()
    sheet = page.get_by_role("dialog", name="Sign the decision")
    expect(sheet).to_contain_text("Ada Marsh, MD")
    expect(sheet).to_contain_text(REVIEW["rationale"][:40])
    ada.check("sign")
    page.locator("#sign-password").fill("not the password")
    page.locator("#sign-password").press("Enter")
    expect(page.locator("#sign-error")).to_be_visible()
    ada.check()
    page.locator("#sign-password").fill(ada.password)
    page.locator("#sign-password").press("Enter")
    expect(page.get_by_text("Signed by Ada Marsh, MD").first).to_be_visible()
    expect(page.locator("section[aria-labelledby=asks]")).to_contain_text(REVIEW["rationale"])
    ada.check("signed")


def complete(who: Visitor, title: str, answers: dict[str, object], picture: str | None = None) -> None:
    """Claim a task, fill it in and complete it."""
    who.open_task(CLAIM, title)
    who.claim()
    who.fill(answers)
    who.check(picture)
    who.page.get_by_role("button", name="Complete task").click()
    expect(who.page.get_by_role("status").filter(has_text=f"Completed: {title}")).to_be_visible()


def test_evidence_is_added_and_withdrawn(visit: Visit, tmp_path: Path) -> None:
    ben = visit("ben")
    ben.open_task(CLAIM, "Collect the evidence")
    panel = ben.page.locator("section[aria-labelledby=documents]")
    for contents, data in (
        ("Medical records", a_pdf(3)),
        ("Literature", a_picture("JPEG")),
        ("Other evidence", a_pdf(1)),
    ):
        (tmp_path / "scan").write_bytes(data)
        panel.get_by_text("Add evidence").click()
        panel.get_by_label("What it shows").select_option(contents)
        panel.get_by_label("File").set_input_files(tmp_path / "scan")
        ben.check("evidence" if contents == "Literature" else None)
        panel.get_by_role("button", name="Add to the case").click()
        expect(ben.page.get_by_role("status").filter(has_text=f"Added: {contents}")).to_be_visible()
    panel.get_by_label("Withdraw Other evidence").click()
    panel.get_by_label("Why is it withdrawn?").first.select_option("It is the wrong document")
    ben.check()
    panel.get_by_role("button", name="Withdraw the file").first.click()
    expect(ben.page.get_by_role("status").filter(has_text="Withdrawn.")).to_be_visible()
    expect(panel.get_by_role("link", name="Other evidence")).to_have_count(0)


def test_evidence_and_letter_are_prepared(visit: Visit) -> None:
    ben = visit("ben")
    complete(ben, "Collect the evidence", EVIDENCE)
    complete(ben, "Finish the letter", LETTER, "letter")


def test_a_physician_attests_the_letter_it_reads(visit: Visit) -> None:
    mia = visit("mia")
    mia.open_task(CLAIM, "Attest the letter")
    mia.claim()
    with mia.page.expect_download() as letter:
        mia.page.locator("section[aria-labelledby=documents]").get_by_role("link", name="letter").first.click()
    assert letter.value.suggested_filename.endswith(".pdf")
    mia.fill({"outcome": "signed", **ATTESTED})
    mia.check()
    mia.page.get_by_role("button", name="Sign and complete").click()
    mia.page.locator("#sign-password").fill(mia.password)
    mia.page.locator("#sign-password").press("Enter")
    expect(mia.page.get_by_text("Signed by Mia Chen, MD").first).to_be_visible()


def test_the_appeal_is_sent_and_waits(visit: Visit) -> None:
    ben = visit("ben")
    complete(ben, "Submit the clinical appeal", SENT)
    ben.open_case(CLAIM)
    with ben.page.expect_download() as packet:
        ben.page.get_by_role("link", name="Appeal packet").click()
    contents = PdfReader(packet.value.path()).pages[0].extract_text()
    assert "Medical records" in contents and "Literature" in contents and "Other evidence" not in contents
    ben.check("case")
    expect(ben.page.locator("section[aria-labelledby=standing]")).to_contain_text("Payer decided")
    ben.open_diagram()
    expect(ben.page.locator(".bjs-powered-by")).to_be_visible()
    expect(ben.page.locator(".djs-element.token-done").first).to_be_attached()
    ben.check("diagram")


def test_the_payers_answer_closes_the_case(visit: Visit, product: Product) -> None:
    answer = {"payer_id": "SYN01", "payer_claim_control_number": CLAIM, "result": "overturned", "paid": "1200.00"}
    status, told = product.post("payer_decision", json.dumps(answer).encode(), "application/json", "msg_answer")
    assert status == 202
    wait_for(product, told["delivery_id"])
    ben = visit("ben")
    ben.open_case(CLAIM)
    expect(ben.page.locator(".title")).to_contain_text("overturned", ignore_case=True)
    ben.check("closed")


def test_a_delivery_is_replayed_and_nothing_starts_twice(visit: Visit, product: Product) -> None:
    ben = visit("ben")
    ben.page.goto("/deliveries/")
    ben.check("deliveries")
    ben.page.get_by_role("link", name="Remittance (835)").first.click()
    ben.page.get_by_label("Reason").fill("The sender asked whether it arrived.")
    ben.page.get_by_role("button", name="Replay delivery").click()
    expect(ben.page.get_by_role("status").filter(has_text="Nothing starts twice")).to_be_visible()
    wait_for(product, ben.page.url.rpartition("/")[2])
    ben.page.reload()
    ben.check("delivery")
    ben.page.goto("/cases/?status=")
    expect(ben.page.locator("main tbody tr")).to_have_count(7)


def test_a_task_is_done_by_keyboard_alone(visit: Visit) -> None:
    ben = visit("ben")
    page, keys = ben.page, ben.page.keyboard
    keys.press("j")
    expect(page.locator("#pane [data-task]")).to_be_visible()
    title = page.locator("#task-title").inner_text()
    keys.press("c")
    expect(page.get_by_role("link", name="Work on the task")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("#task-form")).to_be_visible()
    keys.press("Enter")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("name", "route")
    for key, letters in (("route", "Admin"), ("changes_clinical_meaning", None), ("root_cause", "Payer")):
        until(lambda key=key: focused.get_attribute("name") == key or keys.press("Tab"), f"the field {key}")
        keys.press("Space") if letters is None else keys.type(letters)
    until(lambda: "Complete" in focused.inner_text() or keys.press("Tab"), "the button")
    keys.press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"Completed: {title}")).to_be_visible()


def test_a_task_is_done_without_scripting(visit: Visit) -> None:
    ben = visit("ben", java_script_enabled=False)
    page = ben.page
    page.locator("[data-task-row]").first.click()
    page.get_by_role("button", name="Claim task").click()
    page.get_by_role("link", name="Work on the task").click()
    ben.fill({"root_cause": ""})
    page.get_by_role("button", name="Complete task").click()
    expect(page.locator("#error-summary")).to_contain_text("Root cause")
    ben.fill(TRIAGE)
    page.get_by_role("button", name="Complete task").click()
    expect(page.get_by_role("status").filter(has_text="Completed: Confirm triage")).to_be_visible()


def test_everything_fits_a_phone(visit: Visit) -> None:
    ben = visit("ben", size=PHONE)
    page = ben.page
    ben.check()
    page.locator("[data-task-row]").first.click()
    expect(page.locator("#pane [data-task]")).to_be_visible()
    ben.check("phone")
    for path in ("/cases/", "/deliveries/"):
        page.goto(path)
        ben.check()
    page.get_by_role("link", name="Payer decision").first.click()
    ben.check()
    ben.open_case(CLAIM)
    ben.check()
    ben.open_diagram()
    ben.check()
    ben.open_task(CLAIM, "Review medical necessity")
    ben.check()


def test_another_practice_finds_nothing(visit: Visit, product: Product) -> None:
    found = product.get("/api/v1/cases?process=denial_appeal&status=closed", product.token("ben"))
    eve = visit("eve")
    answer = eve.page.goto(f"/cases/{found['items'][0]['id']}")
    assert answer is not None
    assert answer.status == 404
    expect(eve.page.get_by_role("heading", level=1)).to_contain_text("Not found")
    eve.check()
