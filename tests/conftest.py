"""What every test may ask for: a real PostgreSQL, an application context, a clock that obeys."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from config import Config
from store import clock as product_clock
from store import crypto, embedded, ids, schema
from store.db import db
from store.engines import settings

TEMPLATE = "template_of_tests"


@dataclass(frozen=True)
class Database:
    """One database of one test. `app` is the Flask application whose context is active; threads push it again."""

    config: Config
    urls: embedded.Urls
    app: Flask


class Clock:
    """The product's time, moved by the test. It stands still until it is told otherwise."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __call__(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        """Jump to an aware instant."""
        assert at.tzinfo is not None, "give an aware time"
        self.at = at.astimezone(UTC)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self.at += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Freezes the product's clock at 2026-11-24 15:00 UTC (a Tuesday, 10:00 in New York)."""
    frozen = Clock(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    with product_clock.using(frozen):
        yield frozen


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder for everything that is written; its path is short because sockets below it must be."""
    folder = Path(tempfile.mkdtemp(prefix="cs-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[embedded.EmbeddedServer]:
    """The PostgreSQL of this test process, with a migrated template to clone from."""
    joined = embedded.join(home, durable=False)
    try:
        with psycopg.connect(plain(joined.urls.admin), autocommit=True) as admin:
            embedded.ensure_database(admin, TEMPLATE)
        # Imported here, so that tests without a database do not need the whole product.
        import_module("webapp.wiring").import_models()
        schema.prepare(embedded.urls_of(joined.layout, TEMPLATE).owner)
        yield joined
    finally:
        joined.release()


@pytest.fixture(scope="session")
def base_config(home: Path) -> Config:
    """Development settings below the session's home folder, without a database."""
    return Config.from_environ({"COUNTERSIGN_HOME": str(home)})


@pytest.fixture
def urls(server: embedded.EmbeddedServer) -> Iterator[embedded.Urls]:
    """The URLs of a fresh clone of the template; nobody else uses it."""
    name = f"test_{ids.new().hex}"
    with psycopg.connect(plain(server.urls.admin), autocommit=True) as admin:
        embedded.ensure_database(admin, name, template=TEMPLATE)
        yield embedded.urls_of(server.layout, name)
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def config(base_config: Config, urls: embedded.Urls) -> Config:
    """Settings that point at this test's own database."""
    return base_config.on(urls)


@pytest.fixture
def database(config: Config, urls: embedded.Urls) -> Iterator[Database]:
    """A migrated, empty database of its own, used as the application role inside an application context.

    Each test has its own clone (about 40 ms), so tests may commit, kill connections and run threads.
    """
    app = Flask("countersign-tests")
    app.config.update(settings(urls, threads=8))
    db.init_app(app)
    crypto.configure(crypto.read_master_key(config.master_key_file))
    with app.app_context():
        yield Database(config, urls, app)
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def clean_database(database: Database) -> Database:
    """The same, for tests that say they need a database nobody shares: concurrency, kill -9, workers."""
    return database


def plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--long also runs what takes more than a few seconds; --fuzz-seconds says how long its fuzz run is."""
    parser.addoption("--long", action="store_true", help="also run tests marked long")
    parser.addoption("--fuzz-seconds", type=int, default=600, help="how long the fuzz run of the long suite takes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fast tests first: pure ones, then those with a database, then browsers and long ones."""
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="takes long; run with --long"))

    def cost(item: pytest.Item) -> int:
        if item.get_closest_marker("browser") or item.get_closest_marker("long"):
            return 2
        return int("urls" in getattr(item, "fixturenames", ()))

    items.sort(key=cost)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing is skipped in silence."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.write_line(f"NOT RUN {report.nodeid}: {reason}", yellow=True, bold=True)
