"""`countersign practice …`: the practices this MSO serves."""

import click

from mso import practices
from mso.practices import Organization, PracticeEntry
from store.transaction import reading
from webapp.cli.context import application


@click.group()
def command() -> None:
    """Practices this MSO serves."""


@command.command("add")
@click.option("--name", required=True, help="Name of the practice entity.")
@click.option("--npi", help="Its NPI, ten digits.")
@click.option("--tin", help="Its tax number, nine digits.")
@click.option("--state", required=True, help="Two-letter postal code of its state, e.g. NY.")
def add(name: str, npi: str | None, tin: str | None, state: str) -> None:
    """Register a practice, or name the one that has this NPI (else TIN) already."""
    with application():
        click.echo(_line(practices.add_practice(PracticeEntry(name=name, state=state, npi=npi, tin=tin))))


@command.command("list")
def list_practices() -> None:
    """Print each practice: id, name, state, NPI, TIN."""
    with application(), reading() as session:
        for practice in practices.list_practices(session):
            click.echo(_line(practice))


def _line(practice: Organization) -> str:
    return "\t".join(
        (str(practice.id), practice.name, practice.state, f"NPI {practice.npi or '-'}", f"TIN {practice.tin or '-'}")
    )
