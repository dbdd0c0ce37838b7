"""A Chromium, and the preview of every page for it to visit."""

import logging
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import browser
from tests.webapp.preview import Behavior, create_preview, served

__all__ = ["address", "behavior", "browser", "page", "preview"]


@pytest.fixture(scope="session")
def preview() -> Iterator[tuple[str, Behavior]]:
    """The running preview: its address and what it does."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    behavior = Behavior()
    with served(create_preview(behavior)) as address:
        yield address, behavior


@pytest.fixture
def address(preview: tuple[str, Behavior]) -> str:
    """Where the preview is served."""
    return preview[0]


@pytest.fixture
def behavior(preview: tuple[str, Behavior]) -> Behavior:
    """What the preview answers, and what it was asked since this test began."""
    preview[1].forget()
    return preview[1]


@pytest.fixture
def page(browser: Browser, behavior: Behavior) -> Iterator[Page]:
    """A wide window that may do nothing wrong: an error on the console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened, faults = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert faults == []
