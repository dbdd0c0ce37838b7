"""`countersign instance …`: process instances, what stopped, and what may be done about it.

A verb prints what it would do and the digest of that preview. With `--apply DIGEST` it does exactly that, with `--yes`
whatever the preview says; both need `--reason` and `--as`, the e-mail of a person who may operate instances.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import update_wrapper
from typing import Any
from uuid import UUID

import click

from mso import access
from mso.access import Viewer, viewer_of
from mso.people import get_by_email
from store import clock, ids
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from webapp.cli.context import application
from workflows import definitions, incidents, operations, runtime
from workflows.engine import Token
from workflows.feel import to_literal
from workflows.instances import find
from workflows.operations import Order, Preview, picture

PERMISSION = "instance:operate"
EVERYTHING = click.option("--as", "email", required=True, metavar="EMAIL", help="Who acts; has to be allowed to.")


class _Id(click.ParamType[UUID]):
    name = "id"

    def convert(self, value: Any, parameter: Any, context: Any) -> UUID:
        found = value if isinstance(value, UUID) else ids.parse(value)
        if found is None:
            self.fail(f"{value} is no id. See `countersign instance list`.", parameter, context)
        return found


ID = _Id()


@dataclass(frozen=True)
class _Confirmation:
    """How a verb was asked for. digest: of a preview that was looked at before; yes: whatever the preview says."""

    email: str
    digest: str | None
    yes: bool
    reason: str | None

    @property
    def is_given(self) -> bool:
        return self.yes or self.digest is not None


def _confirmed(command: Callable[..., None]) -> Callable[..., None]:
    """The options every verb has."""

    def run(email: str, apply_digest: str | None, yes: bool, reason: str | None, **given: Any) -> None:
        if (yes or apply_digest) and not reason:
            raise click.UsageError("Say why with --reason.")
        command(_Confirmation(email, apply_digest, yes, reason), **given)

    wrapped: Callable[..., None] = update_wrapper(run, command)
    for option in (
        click.option("--reason", help="Why; kept with the instance."),
        click.option("--yes", is_flag=True, help="Do it at once, whatever the preview says."),
        click.option("--apply", "apply_digest", metavar="DIGEST", help="Do what a preview with this digest said."),
        EVERYTHING,
        click.argument("instance", type=ID),
    ):
        wrapped = option(wrapped)
    return wrapped


@click.group()
def command() -> None:
    """Process instances: where they stand, what stopped, and what may be done about it."""


@command.command("list")
@click.option("--status", type=click.Choice(operations.STATUSES), help="Without it: all that have not ended.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@EVERYTHING
def list_instances(email: str, status: str | None, limit: int) -> None:
    """Print instances, newest first: id, process, version, status, started."""
    with _acting(email), reading() as session:
        for one in operations.listing(session, operations.InstanceFilter(status, limit=limit)):
            version, started = definitions.get(session, one.definition_id).version, f"{one.started_at:%Y-%m-%d %H:%M}"
            click.echo(f"{one.id}\t{one.process_key}\tv{version}\t{operations.status_of(one)}\t{started}")


@command.command("show")
@click.argument("instance", type=ID)
@click.option("--values", is_flag=True, help="Also print the variables.")
@EVERYTHING
def show(email: str, instance: UUID, values: bool) -> None:
    """Print where an instance stands: its steps with their ids, timers, open incidents."""
    with _acting(email), reading() as session:
        row, execution = find(session, instance), runtime.look(session, instance, now=clock.now())
        shown = picture.take(execution, 0, is_suspended=row.suspended_at is not None)
        click.echo(f"{row.process_key}\t{operations.status_of(row)}\tstarted {row.started_at:%Y-%m-%d %H:%M}")
        for token in shown.tokens:
            click.echo(f"step\t{token.id}\t{token.element_id}\t{token.state}\t{', '.join(_verbs(shown, token))}")
        for timer in sorted(shown.timers.values(), key=lambda one: one.due_at):
            click.echo(f"timer\t{timer.element_id}\tdue {timer.due_at:%Y-%m-%d %H:%M} UTC")
        for point in execution.rewind_points() if row.ended_at is None else ():
            click.echo(f"passed\t{point.task_id}\t{point.element_id}")
        for one in incidents.open_of(session, instance):
            click.echo(f"incident\t{one.kind}\t{one.element_id or ''}\t{one.message}")
        for name, value in sorted(shown.variables.items()) if values else ():
            click.echo(f"variable\t{name}\t{to_literal(value)}")


@command.command("suspend")
@_confirmed
def suspend(confirmation: _Confirmation, instance: UUID) -> None:
    """Hold an instance: nothing is completed, timers stay due, messages are kept."""
    _do(confirmation, instance, "suspend")


@command.command("resume")
@_confirmed
def resume(confirmation: _Confirmation, instance: UUID) -> None:
    """Let a suspended instance go on."""
    _do(confirmation, instance, "resume")


@command.command("cancel")
@_confirmed
def cancel(confirmation: _Confirmation, instance: UUID) -> None:
    """End an instance; everything that is open is withdrawn."""
    _do(confirmation, instance, "cancel")


@command.command("set")
@_confirmed
@click.argument("changes", metavar="NAME=VALUE…", nargs=-1)
@click.option("--remove", "removed", multiple=True, help="Take a variable away; may be repeated.")
def set_variables(
    confirmation: _Confirmation, instance: UUID, changes: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    """Change variables; values are FEEL literals, e.g. amount=12.50 or note='"text"'."""
    _do(confirmation, instance, "set", changes=_pairs(changes), removed=removed)


@command.command("retry")
@_confirmed
@click.argument("step", type=ID, required=False)
def retry(confirmation: _Confirmation, instance: UUID, step: UUID | None) -> None:
    """Try a stopped step again; without STEP the only one that is stopped."""
    _do(confirmation, instance, "retry", step=step)


@command.command("skip")
@_confirmed
@click.argument("step", type=ID, required=False)
@click.option("--result", help="Answer by hand instead: a FEEL literal, e.g. '{status: \"paid\"}'.")
@click.option("--error", help="End in this BPMN error instead.")
def skip(confirmation: _Confirmation, instance: UUID, step: UUID | None, result: str | None, error: str | None) -> None:
    """Go on behind a stopped step; without STEP the only one that is stopped."""
    if result is not None and error is not None:
        raise click.UsageError("Give --result or --error, not both.")
    kind = "answer" if result is not None else "throw" if error is not None else "skip"
    _do(confirmation, instance, kind, step=step, result=result, code=error)


@command.command("move")
@_confirmed
@click.argument("step", type=ID)
@click.argument("element")
def move(confirmation: _Confirmation, instance: UUID, step: UUID, element: str) -> None:
    """Put the token of STEP before ELEMENT."""
    _do(confirmation, instance, "move", step=step, element=element)


@command.command("rewind")
@_confirmed
@click.argument("step", type=ID)
def rewind(confirmation: _Confirmation, instance: UUID, step: UUID) -> None:
    """Go back to a passed STEP; see the lines `passed` of `show`."""
    _do(confirmation, instance, "rewind", step=step)


@command.command("migrate")
@_confirmed
@click.argument("version", type=click.IntRange(1))
@click.option("--map", "mapping", multiple=True, metavar="OLD=NEW", help="An element and what stands for it there.")
def migrate(confirmation: _Confirmation, instance: UUID, version: int, mapping: tuple[str, ...]) -> None:
    """Go on in another published VERSION of the process."""
    _do(confirmation, instance, "migrate", version=version, mapping=_pairs(mapping))


@command.command("retry-all")
@click.argument("kind")
@click.option("--reason", required=True, help="Why; kept with each instance.")
@EVERYTHING
def retry_all(email: str, kind: str, reason: str) -> None:
    """Retry the open incidents of KIND, each by itself. Exit 1 when one could not be retried."""
    with _acting(email) as viewer:
        tried = operations.retry_all(kind, reason, viewer.person_id, now=clock.now())
    for one in tried:
        click.echo(f"{one.instance_id}\t{'retried' if one.done else one.text}")
    if not all(one.done for one in tried):
        click.get_current_context().exit(1)


def _do(confirmation: _Confirmation, instance: UUID, kind: str, **given: Any) -> None:
    now = clock.now()
    with _acting(confirmation.email) as viewer:
        if "step" in given and given["step"] is None:
            given["step"] = _only_stopped(instance, now)
        operation = operations.read(kind, given)
        if confirmation.digest is None:
            preview = operations.preview(instance, operation, by=viewer.person_id, now=now)
            _tell(preview)
        digest = confirmation.digest or preview.digest
        if confirmation.is_given:
            _apply(viewer, Order(instance, operation, digest, confirmation.reason or "", viewer.person_id), now)
        else:
            click.echo(f"digest\t{digest}")


def _apply(viewer: Viewer, order: Order, now: datetime) -> None:
    done = operations.apply(order, now=now)
    click.echo(f"done\t{done.kind}\t{order.instance_id}\t{done.id}")


def _tell(preview: Preview) -> None:
    found = preview.difference
    for what, element in found.begun:
        click.echo(f"begins\t{what}\t{element}")
    for what, element in found.gone:
        click.echo(f"ends\t{what}\t{element}")
    for timer in found.timers_set:
        click.echo(f"timer\t{timer.element_id}\tdue {timer.due_at:%Y-%m-%d %H:%M} UTC")
    for timer in found.timers_dropped:
        click.echo(f"no timer\t{timer.element_id}")
    for one in found.variables:
        before = to_literal(one.before) if one.had else "not there"
        click.echo(f"variable\t{one.name}\t{before}\t{to_literal(one.after) if one.has else 'taken away'}")
    for text in preview.warnings:
        click.echo(f"note\t{text}")


def _only_stopped(instance: UUID, now: datetime) -> UUID:
    with reading() as session:
        stopped = [one.id for one in runtime.look(session, instance, now=now).tokens() if one.state == "stopped"]
    if len(stopped) != 1:
        raise click.UsageError(f"{len(stopped)} steps are stopped. Name one; see `countersign instance show`.")
    return stopped[0]


@contextmanager
def _acting(email: str) -> Iterator[Viewer]:
    """In the application, in the practices of a person who may operate. A refusal leaves its audit entry."""
    with application():
        with reading() as session:
            viewer = viewer_of(session, get_by_email(session, email).id, clock.now())
        if not access.may(viewer, PERMISSION):
            with as_practice(MSO), transaction():
                access.require(viewer, PERMISSION)
        with viewing(viewer.practices):
            yield viewer


def _verbs(shown: Any, token: Token) -> tuple[str, ...]:
    return operations.verbs_of(shown, token)


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"Write {text!r} as NAME=VALUE.")
        found[name] = value
    return found
