"""`countersign bench report`: what a run measured, again or against another run."""

from pathlib import Path

import click

from bench import records, report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("report")
@click.argument("file", type=FILE)
@click.option("--against", type=FILE, help="Another run, e.g. of the release before.")
def command(file: Path, against: Path | None) -> None:
    """Print the ratios of FILE, which `countersign bench run --out` wrote."""
    try:
        book, old = records.read(file), records.read(against) if against else None
    except records.NotABook as problem:
        raise click.UsageError(str(problem)) from problem
    for line in report.lines(book, old):
        click.echo(line)
