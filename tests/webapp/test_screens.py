"""Every screen in Chromium: accessible, no sideways scroll, nothing on the console, in both themes, wide and on a phone."""

import os
import shutil
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.webapp.preview import create_preview, screens
from webapp import assets

pytestmark = pytest.mark.browser

SIZES = {"wide": (1440, 900), "phone": (390, 844)}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = os.environ.get("COUNTERSIGN_PICTURES")
"""A folder to leave a picture of every screen in; none are taken without it."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def _chromium() -> str | None:
    named = os.environ.get("COUNTERSIGN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    missing = None if _chromium() else "no Chromium on this machine; install it or set COUNTERSIGN_CHROMIUM"
    if not (assets.DIST / ".vite" / "manifest.json").exists():
        missing = "the front end is not built"
    if missing:
        warnings.warn(f"BROWSER TESTS SKIPPED: {missing}", stacklevel=1)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_preview(), handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", screens())
def test_screen_is_accessible_and_fits(browser: Browser, address: str, name: str, theme: Any, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/preview/{name}")
    expect(page.locator("html[data-ready]")).to_be_attached()
    if name == "diagram":
        expect(page.locator("html[data-viewer]")).to_be_attached()
        expect(page.locator(".bjs-powered-by")).to_be_visible()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{size}-{theme}.png")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    context.close()


def test_single_keys_do_nothing_while_one_writes(page: Page, address: str) -> None:
    page.goto(f"{address}/preview/inbox")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#q").focus()
    page.keyboard.type("?jk")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("?jk")


def test_the_next_row_opens_beside_the_list(page: Page, address: str) -> None:
    page.route("**/inbox?task=*", lambda route: route.fulfill(body="<article>Opened</article>", content_type="text/html"))
    page.goto(f"{address}/preview/inbox")
    page.keyboard.press("j")
    expect(page.locator("#pane article")).to_have_text("Opened")
    expect(page.locator("[data-task-row][aria-current=true]")).to_have_count(1)
    expect(page).to_have_url(f"{address}/inbox?task=DN-20940")


def test_on_a_phone_a_row_shows_the_task_and_escape_the_list(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.route("**/inbox?task=*", lambda route: route.fulfill(body="<article>Opened</article>", content_type="text/html"))
    page.goto(f"{address}/preview/inbox")
    page.locator("[data-task-row]").first.click()
    expect(page.locator("#pane")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_visible()


def test_what_one_writes_is_kept_after_a_moment(page: Page, address: str) -> None:
    page.route("**/draft", lambda route: route.fulfill(json={"saved_at": "10:42"}))
    page.goto(f"{address}/preview/task")
    with page.expect_request("**/draft") as sent:
        page.get_by_label("Clinical rationale").fill("KL grade 4")
    assert "KL grade 4" in (sent.value.post_data or "")
    expect(page.locator("[data-draft-state]")).to_have_text("Saved 10:42")


def test_a_draft_that_could_not_be_kept_says_so(page: Page, address: str) -> None:
    page.route("**/draft", lambda route: route.fulfill(status=500, body="no"))
    page.goto(f"{address}/preview/task")
    page.get_by_label("Clinical rationale").fill("KL grade 4")
    expect(page.locator("[data-draft-state]")).to_have_text("Not saved. Will retry.")


def test_a_controlling_field_redraws_the_form_and_keeps_the_words(page: Page, address: str) -> None:
    redrawn = create_preview().test_client().get("/preview/task-errors").text
    page.route("**/tasks/t1/form", lambda route: route.fulfill(body=redrawn, content_type="text/html"))
    page.route("**/draft", lambda route: route.fulfill(json={"saved_at": "10:42"}))
    page.goto(f"{address}/preview/task")
    expect(page.get_by_label("Records needed")).to_have_count(0)
    page.get_by_label("More records needed").check()
    expect(page.get_by_label("Records neededrequired")).to_be_visible()


def test_the_error_summary_has_the_focus_and_leads_to_the_field(page: Page, address: str) -> None:
    page.goto(f"{address}/preview/task-errors")
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="Clinical rationale").click()
    expect(page.locator("#f-rationale")).to_be_focused()


def test_the_sheet_is_modal_and_asks_for_the_password(page: Page, address: str) -> None:
    page.goto(f"{address}/preview/task-sign")
    expect(page.locator("#sign-password")).to_be_focused()
    page.get_by_role("link", name="Back to the form").click()
    expect(page.locator("#sheet")).to_be_hidden()


def test_a_second_submit_is_stopped(page: Page, address: str) -> None:
    posts: list[str] = []
    page.route("**/claim", lambda route: posts.append(route.request.url))  # never answered: the first is under way
    page.goto(f"{address}/preview/inbox-task")
    button = page.get_by_role("button", name="Claim task")
    button.click(no_wait_after=True)
    button.click(no_wait_after=True)
    expect(page.locator("form[data-claim]")).to_have_attribute("data-busy", "true")
    assert len(posts) == 1


def test_a_failed_request_shows_a_line_and_keeps_the_page(page: Page, address: str) -> None:
    page.route("**/inbox?task=*", lambda route: route.fulfill(status=500, body="broken"))
    page.goto(f"{address}/preview/inbox")
    page.locator("[data-task-row]").first.click()
    expect(page.locator(".toast")).to_contain_text("Nothing was saved")
    expect(page.locator("#pane")).to_contain_text("No task is open")


def test_the_theme_is_kept_for_the_next_page(page: Page, address: str) -> None:
    page.goto(f"{address}/preview/inbox")
    page.locator(".top__me summary").click()
    page.get_by_role("button", name="Dark").click()
    page.goto(f"{address}/preview/cases")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_scripting_the_sheet_stands_open_and_the_form_posts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/preview/task-sign")
    expect(page.locator("#sign-password")).to_be_visible()
    page.goto(f"{address}/preview/task")
    expect(page.get_by_role("button", name="Update")).to_be_visible()
    context.close()
