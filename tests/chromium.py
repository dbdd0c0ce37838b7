"""One Chromium for the tests of a module. A folder's conftest imports `browser` to have it."""

import os
import shutil
import warnings
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from webapp import assets

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The browser's program, from COUNTERSIGN_CHROMIUM or the machine."""
    return os.environ.get("COUNTERSIGN_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium; without one, or without the built front end, the tests are skipped, loudly."""
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
