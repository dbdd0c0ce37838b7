"""What the commands share: settings, a database that is up to date, an application context."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from config import Config
from store import crypto, migrations, roles, schema
from store.engines import WEB_TIMEOUT_MS
from store.transaction import reading
from webapp import logs, shipped
from webapp.application import create_app
from webapp.database import opened
from webapp.wiring import import_models


def say(line: str) -> None:
    """Progress, for the person who waits. Never on standard output, which holds the result only."""
    click.echo(line, err=True)


@contextmanager
def application(statement_timeout_ms: int = WEB_TIMEOUT_MS) -> Iterator[Flask]:
    """An application context on the database of the settings.

    The embedded database is brought up to date; one that somebody else runs must be (countersign db upgrade).
    """
    settings = Config.from_environ()
    logs.configure()
    import_models()
    with opened(settings, say) as config:
        fresh = settings.database_url is None and not schema.is_prepared(config.urls.owner)
        if fresh:
            schema.prepare(config.urls.owner)
        check(config)
        app = create_app(config, statement_timeout_ms=statement_timeout_ms)
        app.config["COUNTERSIGN"] = config
        with app.app_context():
            check_keys()
            if fresh:
                shipped.install()
            yield app


def check(config: Config) -> None:
    """Refuse a database role that could switch the guards off, and a schema this program does not know."""
    roles.refuse_powerful_role(config.urls.app)
    migrations.require_newest(config.urls.app)


def check_keys() -> None:
    """Refuse a master key that is not this database's, before anything is sealed with it. In an application context."""
    with reading():
        crypto.verify_master_key()
