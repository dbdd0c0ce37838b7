"""`countersign conformance dmn`: how much of the public conformance kit is passed? No database is needed."""

import sys
from pathlib import Path

import click

from workflows.decisions import tck

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "dmn-tck"
"""Where the kit is in a work tree: it is not part of the repository."""


@click.group()
def command() -> None:
    """Conformance with public standards."""


@command.command("dmn")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), help="Write the result as a page.")
def dmn(folder: Path | None, write: Path | None) -> None:
    """Run the test cases of DMN and FEEL below FOLDER."""
    results = tck.run_all(folder or BESIDE)
    if not results:
        where = folder or BESIDE
        message = f"There are no test cases below {where}. Name the folder that holds compliance-level-2 and -3."
        click.echo(message, err=True)
        sys.exit(1)
    for line in tck.summary(results):
        click.echo(line)
    if write is not None:
        write.write_text(tck.page(results), encoding="utf-8")
        click.echo(f"Written: {write}", err=True)
    if any(one.count(tck.FAILED) for one in results):
        sys.exit(1)
