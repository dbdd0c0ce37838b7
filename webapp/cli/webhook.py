"""`countersign webhook …`: sources that may call us, and their secrets."""

from datetime import timedelta
from typing import TextIO

import click

from store import clock
from store.transaction import reading
from webapp.cli.context import application
from workflows.webhooks import sources
from workflows.webhooks.signature import SecretRefused


@click.group()
def command() -> None:
    """Sources that may call us, and their secrets."""


@command.command("secret")
@click.argument("source")
def secret(source: str) -> None:
    """Print the secret of a source; the first call makes it."""
    with application():
        click.echo(sources.reveal_secret(source, now=clock.now()))


@command.command("rotate")
@click.argument("source")
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    help="Old secrets work so much longer.",
)
def rotate(source: str, overlap_hours: int) -> None:
    """Print a new secret of a source; the old ones are accepted during the overlap."""
    with application():
        click.echo(sources.rotate_secret(source, now=clock.now(), overlap=timedelta(hours=overlap_hours)))


@command.command("trust")
@click.argument("source")
@click.argument("file", type=click.File(), default="-")
def trust(source: str, file: TextIO) -> None:
    """Accept a secret the sender chose: whsec_… or whpk_… (Ed25519), read from FILE or standard input."""
    try:
        with application():
            added = sources.add_secret(source, file.read().strip(), now=clock.now())
    except SecretRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{source}: secret {added} accepted")


@command.command("sources")
def list_sources() -> None:
    """Print each source with its limits."""
    with application(), reading():
        for one in sources.list_sources():
            state = "enabled" if one.enabled else "disabled"
            seconds = int(one.tolerance.total_seconds())
            click.echo(f"{one.key}\t{state}\ttolerance {seconds} s\tat most {one.size_cap} bytes")
