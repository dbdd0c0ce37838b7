"""Somebody at a browser, whose every page is held against the same rules."""

import re
from pathlib import Path
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.acceptance.product import ROOT, Product

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE = (1440, 900), (390, 844)
PICTURES = ROOT / "docs" / "images"
REFUSALS = re.compile(r"Failed to load resource: the server responded with a status of 4(03|04|09|22) ")
"""The browser logs each refused request as an error; those the tour asks for on purpose are no fault."""


class Visitor:
    """One person in a browser context of their own."""

    def __init__(self, product: Product, browser: Browser, name: str, **options: Any) -> None:
        width, height = options.pop("size", WIDE)
        self.product, self.name, self.shoots = product, name, bool(options.pop("shoots", False))
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=product.base, reduced_motion="reduce", **options
        )
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSALS.match(message.text):
            self.said.append(message.text)

    @property
    def password(self) -> str:
        return str(self.product.accounts[self.name]["password"])

    def sign_in(self) -> Self:
        """Through the sign-in page."""
        self.page.goto("/sign-in")
        self.page.get_by_label("Work e-mail").fill(str(self.product.accounts[self.name]["email"]))
        self.page.get_by_label("Password").fill(self.password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("heading", name="Tasks", level=1)).to_be_attached()
        return self

    def open_diagram(self) -> None:
        """From the case's page; a drawing of this size takes a slow machine a while."""
        self.page.get_by_role("link", name="Open the diagram").click()
        expect(self.page.locator("html[data-ready=viewer]")).to_be_attached(timeout=30_000)

    def open_case(self, claim: str) -> None:
        """Find a case by the payer's claim number."""
        self.page.goto(f"/cases/?status=&q={claim}")
        self.page.locator("main table a").first.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("DN-")

    def open_task(self, claim: str, title: str) -> None:
        """Open a task from its case's page."""
        self.open_case(claim)
        self.page.locator("section[aria-labelledby=tasks]").get_by_role("link", name=title).first.click()
        expect(self.page.get_by_role("heading", name=title, level=1)).to_be_visible()

    def claim(self) -> None:
        self.page.get_by_role("button", name="Claim task").click()
        expect(self.page.locator("#task-form")).to_be_visible()

    def fill(self, answers: dict[str, Any]) -> None:
        """Answer the fields of the form by their keys."""
        for key, answer in answers.items():
            for one in answer if isinstance(answer, list) else [answer]:
                self._answer(self.page.locator(f"#task-form [name='{key}']"), one)

    def _answer(self, field: Locator, answer: Any) -> None:
        kind = field.first.evaluate("one => one.type")
        if kind == "radio" or (kind == "checkbox" and answer is not True):
            field.and_(self.page.locator(f"[value='{answer}']")).check()
        elif kind == "checkbox":
            field.check()
        elif kind == "select-one":
            field.select_option(str(answer))
        else:
            field.fill(str(answer))

    def check(self, picture: str | None = None) -> None:
        """The rules of every page: accessible, nothing sideways, a quiet console. With --screenshots, its picture."""
        self.page.wait_for_load_state()
        if picture and self.shoots:
            self._shoot(PICTURES / f"{picture}.png")
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": TAGS}})
        assert found.violations_count == 0, found.generate_report()
        self.fits()

    def fits(self) -> None:
        """Nothing reaches over the right edge and nothing stands on the console."""
        size = self.page.viewport_size
        assert size is not None
        assert self.page.evaluate("document.documentElement.scrollWidth") <= size["width"], self.page.url
        assert self.said == []

    def _shoot(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Fonts arrive late, and a caret would blink.
        self.page.evaluate("document.fonts.ready")
        self.page.screenshot(path=file, caret="hide")

    def leave(self) -> None:
        assert self.said == []
        self.context.close()
