"""The README's tree is the tree."""

import re

from tests.architecture.tree import PACKAGES, ROOT

BUILT = {"__pycache__", "node_modules", "dist"}


def _shown() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^## The tree\n+```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    return [line.split()[0] for line in block[1].splitlines()]


def _folders() -> set[str]:
    inside = {
        f"{package}/{one.name}/"
        for package in PACKAGES
        for one in (ROOT / package).iterdir()
        if one.is_dir() and one.name not in BUILT
    }
    return {f"{one}/" for one in (*PACKAGES, "tests", "docs")} | inside


def test_the_tree_shows_every_folder_once_and_no_other() -> None:
    shown = _shown()
    assert sorted(shown) == sorted(_folders())


def test_every_folder_has_its_sentence() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [one for one in _shown() if not re.search(rf"^{re.escape(one)} +\w", text, re.MULTILINE)] == []
