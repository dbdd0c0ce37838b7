"""Every screen in Chromium: accessible, no sideways scroll, a quiet console; both themes, wide and on a phone."""

import os
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.webapp import samples
from tests.webapp.preview import DRAWN, SCREENS, Behavior
from tests.webapp.visit import visit

pytestmark = pytest.mark.browser

SIZES: dict[str, ViewportSize] = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast", "link-in-text-block"]
PICTURES = os.environ.get("COUNTERSIGN_PICTURES")
"""A folder to leave a picture of every screen in; none are taken without it."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SCREENS)
def test_screen_is_accessible_and_fits(page: Page, address: str, name: str, size: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.set_viewport_size(SIZES[size])
    visit(page, f"{address}/screens/{name}")
    if name in DRAWN:
        expect(page.locator("html[data-ready=viewer]")).to_be_attached()
        expect(page.locator(".bjs-powered-by")).to_be_visible()
    # The dark page is the same page in other colors: only its contrast is new.
    checks: dict[Literal["light", "dark"], object] = {
        "light": {"type": "tag", "values": TAGS},
        "dark": {"type": "rule", "values": CONTRAST},
    }
    for theme, rules in checks.items():
        page.emulate_media(color_scheme=theme)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{size}-{theme}.png")
        found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert said == []


def test_single_keys_do_nothing_while_one_writes(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/inbox")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#q").focus()
    page.keyboard.type("?jk")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("?jk")


def test_the_next_row_opens_beside_the_list(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/inbox-list")
    page.keyboard.press("j")
    expect(page.locator("#pane [data-task]")).to_be_visible()
    expect(page.locator("[data-task-row][aria-current=true]")).to_have_count(1)
    expect(page.locator("[data-task-row][aria-current=true]")).to_be_focused()
    assert "task=" in page.url


def test_on_a_phone_it_is_list_or_task(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"{address}/inbox")
    page.locator("[data-task-row]").first.click()
    expect(page.locator("#pane [data-task]")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.go_back()
    expect(page.locator("#list")).to_be_visible()


def test_what_one_writes_is_kept_after_a_moment(page: Page, address: str, behavior: Behavior) -> None:
    visit(page, f"{address}/screens/task")
    page.get_by_label("Clinical rationale").fill("KL grade 4")
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved")
    assert any("KL grade 4" in values for body in behavior.sent("tasks.draft") for values in body.values())


def test_a_draft_that_could_not_be_kept_says_so(page: Page, address: str, behavior: Behavior) -> None:
    behavior.draft_status = 500
    visit(page, f"{address}/screens/task")
    page.get_by_label("Clinical rationale").fill("KL grade 4")
    expect(page.locator("[data-draft-state]")).to_contain_text("Not saved")


def test_a_controlling_field_redraws_the_form_and_keeps_the_place(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/task")
    expect(page.locator("#f-records")).to_have_count(0)
    page.get_by_label("More records needed").check()
    expect(page.locator("#f-records")).to_be_visible()
    expect(page.locator("#task-form :focus")).to_have_count(1)


def test_the_error_summary_has_the_focus_and_leads_to_the_field(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/task-errors")
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("#error-summary a[href='#f-rationale']").click()
    expect(page.locator("#f-rationale")).to_be_focused()


def test_the_sheet_is_modal_and_asks_for_the_password(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/task-sign")
    expect(page.locator("#sign-password")).to_be_focused()
    page.get_by_role("link", name="Back to the form").click()
    expect(page.locator("#sheet")).to_be_hidden()


def test_enter_in_the_password_field_sends_the_signature_once(page: Page, address: str, behavior: Behavior) -> None:
    visit(page, f"{address}/screens/task-sign")
    page.locator("#sign-password").fill("secret")
    page.locator("#sign-password").press("Enter")
    page.wait_for_url("**/tasks/*")
    (sent,) = behavior.sent("tasks.complete")
    assert sent["step"] == ["sign"] and sent["password"] == ["secret"]


def test_the_list_follows_what_others_do_and_keeps_the_open_task(page: Page, address: str, behavior: Behavior) -> None:
    page.clock.install()
    visit(page, f"{address}/inbox?task={samples.TASK}")
    behavior.list_changed = True
    page.clock.run_for(16_000)
    expect(page.get_by_text("A task that just came")).to_be_visible()
    expect(page.locator("[data-task-row][aria-current=true]")).to_have_count(1)


def test_a_failed_request_shows_a_line_and_keeps_the_page(page: Page, address: str, behavior: Behavior) -> None:
    behavior.pane_status = 500
    visit(page, f"{address}/screens/inbox-list")
    page.locator("[data-task-row]").first.click()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("#pane")).to_contain_text("No task is open")


def test_the_theme_is_kept_for_the_next_page(page: Page, address: str) -> None:
    visit(page, f"{address}/screens/inbox")
    page.locator(".top__me summary").click()
    page.get_by_role("button", name="Dark").click()
    visit(page, f"{address}/screens/cases")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_scripting_the_sheet_stands_open_and_the_form_can_be_updated(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/screens/task-sign")
    expect(page.locator("#sign-password")).to_be_visible()
    page.goto(f"{address}/screens/task")
    expect(page.get_by_role("button", name="Update")).to_be_visible()
    context.close()
