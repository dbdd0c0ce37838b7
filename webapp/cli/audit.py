"""`countersign audit …`: the hash-chained audit log."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.practices import Organization
from store import audit
from store.practice import viewing
from store.transaction import reading
from webapp.cli.context import application


@click.group()
def command() -> None:
    """The audit log: hash chains, one per practice."""


@command.command("verify")
def verify() -> None:
    """Recompute every chain from its first entry. One line per practice; exit 1 when one is broken."""
    broken = 0
    with application():
        with reading() as session:
            organizations = [
                (one.id, one.name) for one in session.scalars(select(Organization).order_by(Organization.id))
            ]
        for practice_id, name in organizations:
            with viewing([practice_id]), reading() as session:
                result, is_broken = _result(session, practice_id)
            broken += is_broken
            click.echo(f"{practice_id}\t{name}\t{result}")
    if broken:
        click.get_current_context().exit(1)


def _result(session: Session, practice_id: int) -> tuple[str, bool]:
    """One chain in words, and whether it is broken."""
    faults = list(audit.verify(session, practice_id))
    if faults:
        first = faults[0]
        return f"BROKEN at link {first.link_no}: {first.reason} ({len(faults)} fault(s))", True
    head = session.get(audit.AuditHead, practice_id)
    return f"ok\t{head.link_no if head else 0} link(s)", False
