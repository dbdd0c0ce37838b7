"""`countersign remittance …`: files brought in by hand, without HTTP."""

import time
from pathlib import Path
from uuid import UUID

import click

from store import clock
from store.practice import MSO, as_practice
from store.transaction import reading
from webapp.cli.context import application, say
from workflows.webhooks import inbound
from workflows.webhooks.log import DeliveryEntry

SOURCE = "era835"
PATIENCE = 120
"""Seconds to wait for a worker that was faster than this command."""


@click.group()
def command() -> None:
    """Remittance files."""


@command.command("receive")
@click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def receive(files: tuple[Path, ...]) -> None:
    """Bring 835 files in and process them now. One line per file: name, result, cases, delivery id.

    The same file again is the same delivery and opens nothing twice. Exit 1 unless every file was processed.
    """
    with application():
        results = [_receive(path) for path in files]
    if any(one.status != "processed" for one in results):
        click.get_current_context().exit(1)


def _receive(path: Path) -> DeliveryEntry:
    accepted = inbound.receive_file(SOURCE, path.read_bytes(), now=clock.now())
    _work(accepted.delivery_id, path)
    found = _settled(accepted.delivery_id)
    click.echo(f"{path.name}\t{found.status}\t{len(found.cases)} case(s)\t{found.id}")
    for one in found.diagnostics:
        say(f"{path.name}: {one.get('sentence') or one.get('code')}")
    return found


def _work(delivery_id: UUID, path: Path) -> None:
    """Process it here; a fault costs one attempt, and a worker makes the next."""
    try:
        inbound.deliver(delivery_id, now=clock.now())
    except Exception as fault:
        say(f"{path.name}: {type(fault).__name__}; a worker will try again")


def _settled(delivery_id: UUID) -> DeliveryEntry:
    """The delivery once it has a result, or as it is when a worker that took it needs too long."""
    until = time.monotonic() + PATIENCE
    while True:
        with as_practice(MSO), reading():
            found = inbound.get_delivery(delivery_id)
        if found.status != "received" or found.error is not None or time.monotonic() > until:
            return found
        time.sleep(0.2)
