"""`countersign message …`: messages for waiting processes, which nobody took, and what is done about them.

Every verb needs `--as`, the e-mail of a person whose roles allow it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click

from mso import access
from mso.access import Viewer, viewer_of
from mso.people import get_by_email
from mso.practices import PracticeNotFound
from store import clock, ids
from store.practice import MSO, acting_for, as_practice, viewing
from store.transaction import reading, transaction
from webapp.cli.context import application
from webapp.cli.values import CONTEXT, as_json
from workflows.delivery import handling, receiving
from workflows.delivery.receiving import Sender
from workflows.messages import STATUSES, MessageRecord

WHO = click.option("--as", "email", required=True, metavar="EMAIL", help="Who acts; has to be allowed to.")
REASON = click.option("--reason", required=True, help="Why; needed for the record.")


class _Id(click.ParamType[UUID]):
    name = "id"

    def convert(self, value: Any, param: Any, ctx: Any) -> UUID:
        found = value if isinstance(value, UUID) else ids.parse(value)
        if found is None:
            self.fail(f"{value} is no id. See `countersign message list`.", param, ctx)
        return found


MESSAGE = click.argument("message", type=_Id())


@contextmanager
def _acting(email: str, permission: str) -> Iterator[Viewer]:
    """The person, with the product at hand. Raises NotPermitted, which leaves its audit entry."""
    with application():
        with as_practice(MSO), reading() as session:
            viewer = viewer_of(session, get_by_email(session, email).id, clock.now())
        if not access.may(viewer, permission):
            with as_practice(MSO), transaction():
                access.require(viewer, permission)
        yield viewer


@click.group()
def command() -> None:
    """Messages for waiting processes: which nobody took, and what is done about them."""


@command.command("list")
@click.option("--status", type=click.Choice(("open", "all", *STATUSES)), default="open", show_default=True)
@click.option("--name", help="Only messages of this name.")
@click.option("--limit", type=click.IntRange(1, handling.LARGEST_PAGE), default=50, show_default=True)
@WHO
def list_messages(email: str, status: str, name: str | None, limit: int) -> None:
    """Print messages, newest first: id, name, status, when, practice, sender, why."""
    statuses = handling.OPEN if status == "open" else () if status == "all" else (status,)
    with _acting(email, "message:read") as viewer, viewing(viewer.practices), reading() as session:
        for one in handling.list_messages(session, limit, statuses=statuses, name=name):
            click.echo(_line(one))


@command.command("show")
@MESSAGE
@click.option("--payload", is_flag=True, help="Also print what it carries, as JSON; case data.")
@WHO
def show(email: str, message: UUID, payload: bool) -> None:
    """Print one message and the instances that have it."""
    needed = "message:payload" if payload else "message:read"
    with _acting(email, needed) as viewer, viewing(viewer.practices), reading() as session:
        found = handling.get(session, message)
        click.echo(_line(found))
        if found.expires_at is not None:
            click.echo(f"kept until\t{found.expires_at:%Y-%m-%d %H:%M} UTC")
        for instance in found.reached:
            click.echo(f"instance\t{instance}")
        if payload:
            click.echo(json.dumps(as_json(handling.payload(session, found)), ensure_ascii=False))


@command.command("send")
@click.argument("name")
@click.argument("payload", type=CONTEXT)
@click.option("--practice", required=True, type=int, help="Id of the practice; see `countersign practice list`.")
@click.option("--id", "message_id", help="An id of your own; sent again, it does nothing.")
@WHO
def send(email: str, name: str, payload: dict[str, Any], practice: int, message_id: str | None) -> None:
    """Send a message to a practice's processes. PAYLOAD is JSON, FEEL or @FILE."""
    with _acting(email, "message:send") as viewer:
        if practice not in viewer.practices:
            raise PracticeNotFound()
        sender = Sender("cli", viewer.person_id, message_id)
        sent = receiving.send(practice, name, payload, sender, now=clock.now())
    click.echo(f"{sent.id}\t{sent.status}{' (sent before)' if sent.replayed else ''}")


@command.command("replay")
@MESSAGE
@REASON
@WHO
def replay(email: str, message: UUID, reason: str) -> None:
    """Look again for who waits for a message, with a new time to live."""
    with _acting(email, "message:handle") as viewer, acting_for(viewer.practices):
        handling.replay(message, reason, viewer.person_id, now=clock.now())
    click.echo(f"{message}\tqueued")


@command.command("discard")
@MESSAGE
@REASON
@WHO
def discard(email: str, message: UUID, reason: str) -> None:
    """Let nobody have a message."""
    with _acting(email, "message:handle") as viewer, acting_for(viewer.practices):
        handling.discard(message, reason, viewer.person_id, now=clock.now())
    click.echo(f"{message}\tdiscarded")


def _line(one: MessageRecord) -> str:
    when = f"{one.received_at:%Y-%m-%d %H:%M}"
    return f"{one.id}\t{one.name}\t{one.status}\t{when}\t{one.practice_id}\t{one.sender}\t{one.error or ''}"
