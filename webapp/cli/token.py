"""`countersign token …`: bearer tokens of the API."""

from datetime import timedelta

import click

from mso import people
from store import clock
from store.transaction import reading
from webapp.cli.context import application


@click.group()
def command() -> None:
    """Bearer tokens of the API."""


@command.command("create")
@click.option("--email", required=True, help="E-mail of the person whose token it will be.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it is valid.")
def create(email: str, days: int) -> None:
    """Print a new token of a person. It is shown once and stored as a hash only."""
    with application():
        with reading() as session:
            person_id = people.get_by_email(session, email).id
        click.echo(people.create_token(person_id, clock.now(), lifetime=timedelta(days=days)))


@command.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """End a token at once. PREFIX is the part between the two underscores."""
    with application():
        people.revoke_token(prefix, by=None, now=clock.now())
    click.echo(f"{prefix} revoked")
