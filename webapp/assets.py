"""Which built files does a page need? Reads Vite's manifest; nothing else in the product knows about the bundler."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, redirect, url_for
from werkzeug.wrappers import Response

from store.errors import NotConfigured
from webapp.security import public

Chunks = Mapping[str, Mapping[str, Any]]

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = DIST / ".vite" / "manifest.json"


class AssetsMissing(NotConfigured):
    """The front end was not built, or this page's part of it."""

    code = "assets.missing"
    message = "The pages are not built yet. Run `./run` once: it builds them."


@dataclass(frozen=True)
class Entry:
    """Addresses of one page's files. preload: the modules that `js` will import."""

    js: str
    css: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()


def init_app(app: Flask) -> None:
    """Give templates `asset(name)`, and browsers the icon they ask for unasked.

    Setting ASSETS_OPTIONAL: without a build the entries are empty instead of an error (tests of the server alone).
    """
    app.jinja_env.globals["asset"] = entry
    app.add_url_rule("/favicon.ico", "favicon", _favicon)


def entry(name: str) -> Entry:
    """The files of src/<name>.js. Raises AssetsMissing without a build."""
    try:
        return _entry(name, MANIFEST, MANIFEST.stat().st_mtime_ns)
    except (FileNotFoundError, KeyError):
        # The page that tells of a missing build needs the same files: it is shown bare.
        if current_app.config.get("ASSETS_OPTIONAL") or g.get("assets_missing"):
            return Entry("")
        g.assets_missing = True
        raise AssetsMissing from None


@lru_cache(maxsize=64)
def _entry(name: str, manifest: Path, changed: int) -> Entry:
    """changed: when the manifest was written, so that a new build is read without a restart."""
    chunks: Chunks = json.loads(manifest.read_text())
    first = chunks[f"src/{name}.js"]
    imported = list(_imports(chunks, first, set()))
    styles = dict.fromkeys(file for chunk in (*imported, first) for file in chunk.get("css", ()))
    return Entry(_href(first["file"]), tuple(map(_href, styles)), tuple(_href(chunk["file"]) for chunk in imported))


def _imports(chunks: Chunks, chunk: Mapping[str, Any], seen: set[str]) -> Iterator[Mapping[str, Any]]:
    """Every chunk that this one imports, each once, those it builds on first."""
    for key in chunk.get("imports", ()):
        if key not in seen:
            seen.add(key)
            yield from _imports(chunks, chunks[key], seen)
            yield chunks[key]


def _href(file: str) -> str:
    return f"/static/dist/{file}"


@public
def _favicon() -> Response:
    return redirect(url_for("static", filename="favicon.svg"), 301)
