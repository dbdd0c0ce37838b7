"""What the pages do by themselves: they keep one's place, words and single clicks."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.webapp import samples
from tests.webapp.preview import Behavior
from tests.webapp.visit import visit

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}


def test_back_restores_the_pane_and_the_place_in_the_list(page: Page, address: str) -> None:
    visit(page, f"{address}/inbox")
    page.locator("[data-task-row]").nth(1).click()
    expect(page.locator("#task-title")).to_have_text("Clinical review of appeal")
    page.locator("[data-task-row]").last.scroll_into_view_if_needed()
    scrolled = page.locator(".list__rows").evaluate("(box) => box.scrollTop")
    page.locator("[data-task-row]").last.click()
    expect(page).to_have_url(f"{address}/inbox?task={samples.rows()[2]['rows'][-1]['id']}")
    page.go_back()
    expect(page).to_have_url(f"{address}/inbox?task={samples.TASK}")
    expect(page.locator(f"#pane [data-task='{samples.TASK}']")).to_be_visible()
    expect(page.locator("[data-task-row][aria-current=true]")).to_have_attribute("href", f"/inbox?task={samples.TASK}")
    assert page.locator(".list__rows").evaluate("(box) => box.scrollTop") == scrolled > 0
    page.go_back()
    expect(page.locator("#pane")).to_contain_text("No task is open")
    page.go_forward()
    expect(page.locator("#task-title")).to_be_visible()


def test_a_phone_returns_to_the_same_place_of_the_list(page: Page, address: str) -> None:
    page.set_viewport_size(PHONE)
    visit(page, f"{address}/inbox")
    page.locator("[data-task-row]").nth(8).scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    page.locator("[data-task-row]").nth(8).click()
    expect(page.locator("#list")).to_be_hidden()
    assert page.evaluate("scrollY") == 0
    page.locator("#pane").get_by_role("link", name="List").click()
    expect(page.locator("#list")).to_be_visible()
    assert page.evaluate("scrollY") == scrolled > 0


def test_a_phone_folds_the_gate_to_one_line(page: Page, address: str) -> None:
    page.set_viewport_size(PHONE)
    visit(page, f"{address}/screens/task")
    expect(page.get_by_text("Who may sign")).to_be_hidden()
    page.get_by_text("You may sign").click()
    expect(page.get_by_text("Who may sign")).to_be_visible()


def test_keys_claim_and_open_but_never_sign(page: Page, address: str, behavior: Behavior) -> None:
    visit(page, f"{address}/inbox?task={samples.TASK}")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/tasks/{samples.TASK}")
    page.keyboard.press("Enter")
    expect(page.locator("#f-outcome-supported")).to_be_focused()
    for key in ("c", "j", "Control+Enter"):
        page.keyboard.press(key)
    assert behavior.sent("tasks.complete") == []
    visit(page, f"{address}/inbox?task={samples.TASK}")
    with page.expect_navigation():
        page.keyboard.press("c")
    assert len(behavior.sent("tasks.claim")) == 1


def test_escape_leads_back_to_the_list(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/task")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{address}/inbox")


def test_keys_can_be_turned_off(page: Page, address: str) -> None:
    visit(page, f"{address}/inbox")
    page.locator(".top__me summary").click()
    page.get_by_role("group", name="Single keys").get_by_role("button", name="Off").click()
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page).to_have_url(f"{address}/inbox")
    page.get_by_role("button", name="all keys").click()
    expect(page.locator("#keys")).to_be_visible()


def test_a_second_click_sends_nothing(page: Page, address: str, behavior: Behavior) -> None:
    visit(page, f"{address}/screens/inbox")
    # Both clicks in one task of the browser: no answer can come between them.
    page.locator("[data-claim] button").evaluate("(button) => { button.click(); button.click(); }")
    page.wait_for_url("**/inbox?task=*")
    assert len(behavior.sent("tasks.claim")) == 1


def test_a_draft_that_failed_is_sent_again(page: Page, address: str, behavior: Behavior) -> None:
    page.clock.install()
    behavior.draft_status = 500
    visit(page, f"{address}/screens/task")
    page.get_by_label("Clinical rationale").fill("KL grade 4")
    page.clock.run_for(1_000)
    expect(page.locator("[data-draft-state]")).to_have_text("Not saved — will retry")
    behavior.draft_status = 200
    page.clock.run_for(6_000)
    expect(page.locator("[data-draft-state]")).to_have_text("Saved 10:42")
    assert len(behavior.sent("tasks.draft")) == 2


def test_saving_by_hand_stays_on_the_page(page: Page, address: str, behavior: Behavior) -> None:
    visit(page, f"{address}/screens/task")
    page.get_by_label("Clinical rationale").fill("KL grade 4")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("[data-draft-state]")).to_have_text("Saved 10:42")
    expect(page.get_by_label("Clinical rationale")).to_have_value("KL grade 4")
    assert len(behavior.sent("tasks.draft")) == 1


def test_rows_come_and_go_and_the_words_stay(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/task")
    page.get_by_label("Clinical rationale").fill("KL grade 4")
    page.get_by_role("button", name="Add a row").click()
    expect(page.locator("#f-codes-1-cpt")).to_be_focused()
    expect(page.get_by_label("Clinical rationale")).to_have_value("KL grade 4")
    page.get_by_role("button", name="Remove row 2").click()
    expect(page.locator("#f-codes .group-row")).to_have_count(1)
    expect(page.locator("#f-codes")).to_be_focused()


def test_the_list_says_when_it_is_not_up_to_date(page: Page, address: str) -> None:
    page.clock.install()
    visit(page, f"{address}/inbox")
    page.route("**/inbox/changes**", lambda route: route.abort())
    page.clock.run_for(16_000)
    expect(page.locator("[data-poll-state]")).to_contain_text("Not up to date since")
    page.unroute("**/inbox/changes**")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("[data-poll-state]")).to_contain_text("Updated")


def test_signed_out_the_page_stays_and_offers_to_sign_in(page: Page, address: str, behavior: Behavior) -> None:
    behavior.pane_status = 401
    visit(page, f"{address}/inbox")
    page.locator("[data-task-row]").first.click()
    expect(page.locator(".toast")).to_contain_text("You are signed out")
    expect(page.locator(".toast").get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.locator("#pane")).to_contain_text("No task is open")


def test_a_filter_names_only_what_it_filters(page: Page, address: str) -> None:
    visit(page, f"{address}/inbox")
    page.get_by_label("Filter tasks").click()
    page.get_by_label("Practice", exact=True).select_option("1")
    page.get_by_role("button", name="Filter tasks").click()
    expect(page).to_have_url(f"{address}/inbox?view=queues&practice=1")


def test_a_card_of_the_cast_fills_in_the_address(page: Page, address: str) -> None:
    visit(page, f"{address}/sign-in")
    page.get_by_role("button", name="Ben Tully").click()
    expect(page.get_by_label("Work e-mail")).to_have_value("ben@meridian.example")
    expect(page.get_by_label("Password")).to_be_focused()


def test_the_list_beside_the_drawing_leads_to_the_element(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/diagram")
    expect(page.locator("html[data-ready=viewer]")).to_be_attached()
    expect(page.locator(".token")).to_have_count(2)
    expect(page.locator("[data-element-id=clinical_review].token-now")).to_be_visible()
    page.get_by_role("button", name="Confirm the triage").click()
    expect(page.locator("[data-element-id=triage_confirm].is-picked")).to_be_in_viewport()
