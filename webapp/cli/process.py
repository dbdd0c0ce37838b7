"""`countersign process …`: models of processes, checked and published."""

import json
from pathlib import Path

import click

from store import clock
from store.practice import MSO, as_practice
from store.transaction import transaction
from webapp import installation, linting
from webapp.cli import process_import, process_layout, recording, scenarios
from webapp.cli.context import application
from webapp.linting import FileFinding
from webapp.wiring import wire
from workflows import definitions
from workflows.definitions import PublicationRefused

PATHS = click.Path(exists=True, path_type=Path)


@click.group()
def command() -> None:
    """Models of processes: check them, publish them."""


command.add_command(scenarios.test)
command.add_command(recording.record)


command.add_command(process_import.command)
command.add_command(process_layout.command)


@command.command("lint")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=PATHS)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def lint(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check processes (.bpmn), decision tables (.dmn) and forms (.json) without a database; folders are searched.

    Files given together are checked together. Exit 1 when there is an error; warnings do not count.
    """
    files = linting.find_files(paths)
    strange = [str(one) for one in files if one.suffix not in linting.KINDS]
    if strange:
        raise click.UsageError(f"Neither .bpmn, .dmn nor .json: {', '.join(strange)}")
    wire()
    found = linting.lint_files({str(one): one.read_bytes() for one in files})
    click.echo(json.dumps([_as_json(one) for one in found], indent=2) if as_json else _as_lines(found), nl=as_json)
    errors = sum(one.finding.severity == "error" for one in found)
    click.echo(f"{len(files)} file(s), {errors} error(s), {len(found) - errors} other finding(s)", err=True)
    if errors:
        click.get_current_context().exit(1)


@command.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", "keys", multiple=True, help="Publish this process only; may be repeated.")
def publish(folder: Path, keys: tuple[str, ...]) -> None:
    """Publish the processes of FOLDER that no other process there calls, unless a check or a scenario finds an error.

    The same content again is the same version.
    """
    files = {str(one.relative_to(folder)): one.read_bytes() for one in linting.find_files([folder])}
    told, now = scenarios.scenario_files(folder), clock.now()
    with application():
        found = linting.lint_files(files, installation.known())
        errors = [one for one in found if one.finding.severity == "error"]
        if errors:
            click.echo(_as_lines(errors), nl=False, err=True)
            raise PublicationRefused(folder.name, tuple(one.finding for one in errors))
        for key in keys or linting.startable(files):
            with as_practice(MSO), transaction() as session, scenarios.telling_refusals():
                definition_id = definitions.publish({**files, **told}, key, by=None, now=now)
                version = definitions.get(session, definition_id).version
            click.echo(f"{key}\tv{version}\t{definition_id}")


def _as_json(one: FileFinding) -> dict[str, str | None]:
    finding = one.finding
    return {
        "file": one.file,
        "rule": finding.rule,
        "severity": finding.severity,
        "element_id": finding.element_id,
        "message": finding.message,
    }


def _as_lines(found: list[FileFinding]) -> str:
    lines = (
        f"{one.file}: {one.finding.severity} {one.finding.rule}"
        f"{' ' + one.finding.element_id if one.finding.element_id else ''}: {one.finding.message}\n"
        for one in found
    )
    return "".join(lines)
