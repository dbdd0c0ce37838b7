"""The operator's pages in Chromium, on real data: accessible, no sideways scroll, a quiet console; wide and on a phone.

COUNTERSIGN_PICTURES names a folder to leave a picture of each page in.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.clients import office, office_people
from tests.office import PASSWORD, Office
from tests.webapp.preview import served
from tests.webapp.test_screens import CONTRAST, SIZES, TAGS
from tests.workflows.desk import Desk, desk, parameter, service
from tests.workflows.lint.draw import line, user
from workflows import service_tasks
from workflows.service_tasks import TechnicalFailure

__all__ = ["desk", "office", "office_people"]

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("COUNTERSIGN_PICTURES")


@pytest.fixture
def dev(browser: Browser, desk: Desk) -> Iterator[Page]:
    """Dev, signed in to a running office in which something stopped."""
    broken = service_tasks.get_operator("denials.triage")
    desk.monkeypatch.setitem(service_tasks._operators, "denials.triage", replace(broken, handler=_fail))
    desk.office.receive()
    desk.operator(
        "payer.ask_status", TechnicalFailure("The payer's gateway answers with 503."), parameters={"claim": "string"},
        errors=("CLOSED",), result="context<status: string, paid: number>", retries=1,
    )  # fmt: skip
    call = service("ask_payer", "payer.ask_status", inner=parameter("claim", "claim")).replace(
        'id="ask_payer"', 'id="ask_payer" name="Ask the payer for the status"'
    )
    instance = desk.start(line(call, user("after")), claim="PCCN0007", amount=120)
    desk.work(instance)
    desk.clock.at += timedelta(minutes=10)
    desk.work(instance)
    desk.office.app.config["ASSETS_OPTIONAL"] = False
    with served(desk.office.app) as address:
        context = browser.new_context(viewport=SIZES["wide"], base_url=address, reduced_motion="reduce")
        page, said = context.new_page(), list[str]()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto("/sign-in")
        page.get_by_label("Work e-mail").fill(desk.office.email("dev"))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        yield page
        context.close()
    assert [one for one in said if "status of 4" not in one] == []


def check(page: Page, name: str) -> None:
    """The rules of every page, wide and on a phone, light and dark."""
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        for theme, rules in (
            ("light", {"type": "tag", "values": TAGS}),
            ("dark", {"type": "rule", "values": CONTRAST}),
        ):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{size}-{theme}.png", full_page=True)
            found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
            assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], (name, size)
    page.set_viewport_size(SIZES["wide"])
    page.emulate_media(color_scheme="light")


def test_operators_find_what_stopped_and_mend_it(dev: Page, desk: Desk) -> None:
    dev.goto("/instances/")
    check(dev, "instances")
    dev.goto("/instances/incidents?kind=service-failed")
    check(dev, "incidents")
    dev.get_by_role("link", name="Ask the payer for the status").click()
    expect(dev.locator("html[data-ready=viewer]")).to_be_attached(timeout=30_000)
    check(dev, "instance")
    dev.get_by_text("Answer by hand…").click()
    dev.get_by_label("Its answer").fill('{status: "paid", paid: 120}')
    check(dev, "instance-answering")
    dev.get_by_role("button", name="Preview").and_(dev.locator("details[open] button")).click()
    expect(dev.get_by_role("heading", name="Answer by hand: Ask the payer for the status")).to_be_visible()
    check(dev, "instance-preview")
    dev.get_by_label("Reason").fill("Read off the payer's portal.")
    dev.get_by_role("button", name="Answer by hand").click()
    expect(dev.get_by_text("Answered by hand. It is kept with your reason.")).to_be_visible()
    expect(dev.locator("html[data-ready=viewer]")).to_be_attached(timeout=30_000)
    check(dev, "instance-mended")


def test_a_refusal_is_seen_at_once(dev: Page, desk: Desk) -> None:
    dev.goto("/instances/incidents?kind=service-failed")
    dev.get_by_role("link", name="Ask the payer for the status").click()
    dev.get_by_text("Answer by hand…").click()
    dev.get_by_label("Its answer").fill("{status: 5}")
    dev.locator("details[open] button").click()
    expect(dev.get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(dev.locator("html[data-ready=viewer]")).to_be_attached(timeout=30_000)
    check(dev, "instance-refused")


def test_the_drawing_shows_where_an_instance_stands(dev: Page, office: Office) -> None:
    dev.goto(f"/instances/{office.case().instance_id}")
    expect(dev.locator("html[data-ready=viewer]")).to_be_attached(timeout=30_000)
    expect(dev.locator(".bjs-powered-by")).to_be_visible()
    check(dev, "instance-drawing")


def test_without_scripting_an_operation_is_previewed_and_done(browser: Browser, dev: Page, office: Office) -> None:
    """The forms are plain forms: the same steps with scripting switched off."""
    context = browser.new_context(java_script_enabled=False, storage_state=dev.context.storage_state())
    page = context.new_page()
    page.goto(
        f"{dev.url.partition('/sign-in')[0].rstrip('/').removesuffix('/cases')}/instances/{office.case().instance_id}"
    )
    page.get_by_role("button", name="Suspend…").click()
    page.get_by_label("Reason").fill("Legal asked.")
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("Suspended. It is kept with your reason.")).to_be_visible()
    context.close()


def test_a_case_offers_to_mend_what_stopped(dev: Page, office: Office) -> None:
    dev.goto(f"/cases/{office.case().id}")
    expect(dev.get_by_role("heading", name="What stopped")).to_be_visible()
    check(dev, "case-stopped")


def _fail(call: Any) -> Any:
    raise KeyError("x")
