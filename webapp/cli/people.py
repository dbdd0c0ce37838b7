"""`countersign people …`: who is there."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from mso import access, affiliations, people, practices
from mso.affiliations import AffiliationEntry
from mso.people import PersonEntry
from mso.practices import zone_of_practice
from store import clock, ids
from store.practice import MSO
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


@command.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--printed-name", default="", help="The name under a letter, e.g. “Ada Marsh, MD”.")
@click.option("--role", "roles", multiple=True, type=click.Choice(people.ROLES), help="May be given more than once.")
@click.option("--queue", "queues", multiple=True, help="Queue to work from, e.g. denial_specialist; repeatable.")
@click.option("--practice", type=int, help="Organization id of their practice; without it they work for the MSO.")
@click.option("--position", default="staff", show_default=True, type=click.Choice(affiliations.POSITIONS))
def add(
    email: str, name: str, printed_name: str, practice: int | None, position: str, **lists: tuple[str, ...]
) -> None:
    """Add a person and print their first password, once. Licenses are brought into the register separately."""
    now, secret = clock.now(), ids.password()
    side = affiliations.MSO_SIDE if practice is None else affiliations.PRACTICE
    where = MSO if practice is None else practice
    with application():
        since = _today_in(where, now)
        person_id = people.create_person(PersonEntry(name, email, printed_name), now=now).id
        for role in lists["roles"]:
            people.grant_role(person_id, role, now=now)
        for queue in lists["queues"]:
            people.ensure_group(queue, queue.replace("_", " ").capitalize())
            people.join_group(person_id, queue, now=now)
        entry = AffiliationEntry(person_id, where, side, position, since)
        affiliations.add_affiliation(entry, now=now, by=None)
        people.set_password(person_id, secret, now=now)
    click.echo(secret)


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


def _today_in(practice: int, now: datetime) -> date:
    """The day it is where somebody begins to work: in the evening it is tomorrow in UTC already."""
    with reading() as session:
        return now.astimezone(zone_of_practice(session, practice)).date()
