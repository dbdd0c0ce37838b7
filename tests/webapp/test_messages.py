"""The pages of messages: what nobody took, one message, and what may be done about it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from store import clock as product_clock
from tests.clients import office, office_people
from tests.office import PASSWORD, csrf
from tests.webapp.preview import served
from tests.webapp.test_screens import CONTRAST, SIZES, TAGS
from tests.workflows.mail import END, START, Post, flows, message, model, post, throw, user, waits_for

__all__ = ["office", "office_people", "post"]

PICTURES = os.environ.get("COUNTERSIGN_PICTURES")


@pytest.fixture
def mailed(post: Post) -> Post:
    """One message nobody waits for, one delivered, one that nobody knows, one expired."""
    post.publish("w", waits_for("w", "payer_decision"))
    body = START + throw("ask", message("status_request"), '{claim: "PCCN0007"}') + user("b") + END
    post.publish("t", model("t", body + flows("start", "ask", "b", "end"), plain=("status_request",)))
    post.send("payer_decision", "payer-2026-0001", claim="PCCN0001", result="upheld")
    post.work()
    post.clock.advance(days=31)
    post.wake()
    post.work()
    post.start("w", claim="PCCN0002")
    post.send("payer_decision", claim="PCCN0002", result="overturned", paid=1240.5)
    post.send("payer_decision", "payer-2026-0017", claim="PCCN0003", result="partial", reasons=["CO-50", "CO-97"])
    post.start("t")
    post.work()
    return post


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_list_begins_with_what_nobody_took(mailed: Post) -> None:
    ben = mailed.office.browser("ben")
    shown = text_of(ben, "/messages/")
    assert "status_request" in shown and "Nobody waits for it yet" in shown and ">Delivered</span>" not in shown
    assert "2 shown" in shown and "4 shown" in text_of(ben, "/messages/?status=all")
    assert "Every message was taken" not in shown


def test_a_message_is_shown_with_its_payload_to_those_who_may_see_it(mailed: Post) -> None:
    kept = next(one for one in mailed.messages() if one.message_id == "payer-2026-0017")
    assert "PCCN0003" in text_of(mailed.office.browser("ben"), f"/messages/{kept.id}")
    assert mailed.office.browser("ada").get(f"/messages/{kept.id}").status_code == 403
    nobody_knows = next(one for one in mailed.messages() if one.name == "status_request")
    assert "No process finds its correlation key" in text_of(
        mailed.office.browser("ben"), f"/messages/{nobody_knows.id}"
    )


def test_replay_and_discard_need_a_reason_and_say_what_happened(mailed: Post) -> None:
    ben = mailed.office.browser("ben")
    kept = next(one for one in mailed.messages() if one.message_id == "payer-2026-0017")
    path = f"/messages/{kept.id}"
    token = csrf(ben, path)
    refused = ben.post(f"{path}/discard", data={"csrf_token": token, "reason": " "})
    assert refused.status_code == 422 and "Say in a few words" in refused.text
    done = ben.post(f"{path}/discard", data={"csrf_token": token, "reason": "Sent twice."}, follow_redirects=True)
    assert "It stays in the list" in done.text and mailed.status(kept.id) == "discarded"
    done = ben.post(f"{path}/replay", data={"csrf_token": token, "reason": "No."}, follow_redirects=True)
    assert "delivered again" in done.text and mailed.status(kept.id) == "queued"
    assert "Discarded by Ben Tully" in done.text and "Sent twice." in done.text and "Replayed by Ben Tully" in done.text


@pytest.fixture
def page(browser: Browser, mailed: Post) -> Iterator[Page]:
    """Ben, signed in."""
    mailed.office.app.config["ASSETS_OPTIONAL"] = False
    with served(mailed.office.app) as address:
        context = browser.new_context(viewport=SIZES["wide"], base_url=address, reduced_motion="reduce")
        opened = context.new_page()
        opened.goto("/sign-in")
        opened.get_by_label("Work e-mail").fill(mailed.office.email("ben"))
        opened.get_by_label("Password").fill(PASSWORD)
        opened.get_by_role("button", name="Sign in", exact=True).click()
        yield opened
        context.close()


@pytest.mark.browser
def test_the_pages_are_accessible_and_never_scroll_sideways(page: Page, mailed: Post) -> None:
    kept = next(one for one in mailed.messages() if one.message_id == "payer-2026-0017")
    expired = next(one for one in mailed.messages() if one.status == "expired")
    places = {
        "messages": "/messages/?status=all",
        "message": f"/messages/{kept.id}",
        "expired": f"/messages/{expired.id}",
    }
    for name, path in places.items():
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            page.goto(path)
            width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert width[0] <= width[1], (name, size)
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
            assert found.response["violations"] == [], (name, size, found.generate_report())
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{size}.png", full_page=True)
    assert CONTRAST is not None and product_clock is not None
