"""Which built files a page names."""

import json
import os
from pathlib import Path

import pytest
from flask import Flask

from webapp import assets
from webapp.assets import AssetsMissing, Entry

MANIFEST = {
    "src/staff.js": {"file": "assets/staff-1.js", "css": ["assets/staff-1.css"], "imports": ["_base.js"]},
    "_base.js": {"file": "assets/base-1.js", "css": ["assets/base-1.css"], "imports": ["_core.js"]},
    "_core.js": {"file": "assets/core-1.js", "imports": ["_base.js"]},
}


@pytest.fixture
def app() -> Flask:
    app = Flask("webapp")
    assets.init_app(app)
    return app


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "manifest.json"
    monkeypatch.setattr(assets, "MANIFEST", path)
    return path


def test_a_page_names_its_files_and_those_they_import_once(app: Flask, manifest: Path) -> None:
    manifest.write_text(json.dumps(MANIFEST))
    with app.app_context():
        found = assets.entry("staff")
    dist = "/static/dist/assets"
    assert found == Entry(
        f"{dist}/staff-1.js",
        (f"{dist}/base-1.css", f"{dist}/staff-1.css"),
        (f"{dist}/core-1.js", f"{dist}/base-1.js"),
    )


def test_a_new_build_is_seen_without_a_restart(app: Flask, manifest: Path) -> None:
    manifest.write_text(json.dumps(MANIFEST))
    with app.app_context():
        assets.entry("staff")
        manifest.write_text(json.dumps({"src/staff.js": {"file": "assets/staff-2.js"}}))
        os.utime(manifest, ns=(1, 1))
        assert assets.entry("staff").js == "/static/dist/assets/staff-2.js"


def test_without_a_build_the_remedy_is_named_and_the_page_that_tells_of_it_can_be_drawn(
    app: Flask, manifest: Path
) -> None:
    with app.app_context():
        with pytest.raises(AssetsMissing, match=r"\./run"):
            assets.entry("staff")
        assert assets.entry("staff") == Entry("")


def test_tests_of_the_server_alone_need_no_build(app: Flask, manifest: Path) -> None:
    app.config["ASSETS_OPTIONAL"] = True
    with app.app_context():
        assert assets.entry("staff") == Entry("")


def test_the_icon_that_browsers_ask_for_is_there(app: Flask) -> None:
    answer = app.test_client().get("/favicon.ico", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
