"""`countersign db …`: the schema."""

import click

from config import Config
from store import migrations, schema
from store.errors import DomainError
from webapp import shipped
from webapp.application import create_app
from webapp.cli.context import check, check_keys, say
from webapp.database import opened
from webapp.wiring import import_models


@click.group()
def command() -> None:
    """The database's schema."""


@command.command()
def upgrade() -> None:
    """Bring the schema and the shipped processes to this program's version."""
    import_models()
    with opened(Config.from_environ(), say) as config:
        schema.prepare(config.urls.owner)
        check(config)
        with create_app(config).app_context():
            check_keys()
            shipped.install()
        click.echo(f"schema version {migrations.current(config.urls.owner) or 'unnumbered'}")


@command.command()
def status() -> None:
    """Print found and needed version; exit 1 when they differ."""
    with opened(Config.from_environ(), say) as config:
        found, needed = migrations.current(config.urls.owner), migrations.newest()
    click.echo(f"found {found or 'none'}, needed {needed or 'none'}")
    if found != needed:
        raise DomainError("The schema is not up to date. Run: countersign db upgrade")


@command.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration from the difference between an upgraded database and the models (developers)."""
    import_models()
    with opened(Config.from_environ(), say) as config:
        click.echo(str(migrations.write_revision(config.urls.owner, message)))
