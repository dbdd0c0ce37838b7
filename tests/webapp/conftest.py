"""A Chromium, and the preview of every page for it to visit."""

import logging
import os
import shutil
import warnings
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.webapp.preview import Behavior, create_preview, served
from webapp import assets

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The browser's program, from COUNTERSIGN_CHROMIUM or the machine."""
    return os.environ.get("COUNTERSIGN_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module; without one they are skipped, loudly."""
    missing = None if chromium() else "no Chromium on this machine: install it or set COUNTERSIGN_CHROMIUM"
    if not assets.MANIFEST.exists():
        missing = "the front end is not built: ./run setup builds it"
    if missing:
        warnings.warn(f"BROWSER TESTS SKIPPED: {missing}", stacklevel=1)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=["--disable-dev-shm-usage"])
        yield running
        running.close()


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
