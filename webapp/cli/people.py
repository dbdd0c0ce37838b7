"""`countersign people …`: who is there."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

import click
from sqlalchemy.orm import Session

from mso import access, people, practices
from store import clock
from store.transaction import reading
from webapp.cli.context import application


@dataclass(frozen=True)
class Line:
    """One person of the list. practices: names of the practices whose records they may see today."""

    email: str
    name: str
    roles: list[str]
    practices: list[str]


@click.group()
def command() -> None:
    """People and what they work as."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_people(as_json: bool) -> None:
    """Print everybody with an open account: e-mail, name, roles, practices."""
    with application(), reading() as session:
        lines = _lines(session, clock.now())
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2, ensure_ascii=False))
        return
    for line in lines:
        click.echo("\t".join((line.email, line.name, ", ".join(line.roles), ", ".join(line.practices))))


def _lines(session: Session, now: datetime) -> list[Line]:
    names = {practice.id: practice.name for practice in practices.list_practices(session)}
    return [
        Line(
            person.email,
            person.name,
            sorted(people.roles_of(session, person.id)),
            [names[one] for one in access.visible_practices(session, person.id, now) if one in names],
        )
        for person in people.list_people(session)
        if person.active
    ]
