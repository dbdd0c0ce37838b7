"""The content security policy can only hold when no page works around it."""

import re

import pytest

from tests.architecture.tree import ROOT, name

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"(application/json|text/plain)\")",
    "inline style": r"<style|\sstyle=",
    "event handler attribute": r"\son[a-z]+=",
    "htmx script attribute": r"hx-on[:=]",
    "unescaped text": r"\|\s*safe\b|autoescape\s+false",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_are_free_of(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{name(file)}:{number}"
        for file in (ROOT / "webapp" / "templates").rglob("*.html")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_scripts_build_pages_from_nodes_not_from_text() -> None:
    pattern = re.compile(r"innerHTML\s*\+?=|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\(")
    found = [
        f"{name(file)}:{number}"
        for folder in ("webapp/static/js", "webapp/frontend/src")
        for file in (ROOT / folder).rglob("*.js")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []
