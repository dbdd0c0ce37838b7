"""Tests here work in a whole office, or with the whole product."""

from collections.abc import Iterator

import pytest

from tests.acceptance.product import Product
from tests.chromium import browser
from tests.office import office, office_people

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
