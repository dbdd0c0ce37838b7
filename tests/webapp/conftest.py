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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests of a process; without one they are skipped, loudly."""
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


@pytest.fixture
def behavior() -> Behavior:
    """What the preview answers, and what it was asked."""
    return Behavior()


@pytest.fixture
def address(behavior: Behavior) -> Iterator[str]:
    """Where the preview is served."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with served(create_preview(behavior)) as base:
        yield base


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A wide window that may do nothing wrong: an error on the console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened, faults = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert faults == []
