"""Tests here work in a whole office, or with the whole product."""

import warnings
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.acceptance.product import Product, chromium
from tests.office import office, office_people
from webapp import assets

__all__ = ["browser", "office", "office_people", "product", "pytest_addoption", "shoots"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """--screenshots takes the pictures of the tour anew; give the folder or file of these tests with it."""
    parser.addoption("--screenshots", action="store_true", help="write the tour's pictures to docs/images")


@pytest.fixture(scope="session")
def shoots(request: pytest.FixtureRequest) -> bool:
    """Whether pictures are wanted."""
    return bool(request.config.getoption("--screenshots", default=False))


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """The product with its demonstration, started for this module's tests alone."""
    running = Product()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, or a loud skip."""
    missing = None if chromium() else "no Chromium on this machine; install it"
    if not (assets.DIST / ".vite" / "manifest.json").exists():
        missing = "the front end is not built; run ./run setup"
    if missing:
        warnings.warn(f"BROWSER TESTS SKIPPED: {missing}", stacklevel=1)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--disable-dev-shm-usage"])
        yield started
        started.close()
