"""Going to a page as a person does: nothing is pressed before it can be used."""

from playwright.sync_api import Page, expect


def visit(page: Page, url: str) -> None:
    """Open a page and wait until its scripts have taken hold."""
    page.goto(url)
    expect(page.locator("html[data-ready]")).to_be_attached()
