"""`countersign process layout`: a model drawn anew, or how well it is drawn."""

from dataclasses import asdict
from pathlib import Path

import click

from workflows.layout.arranging import arrange
from workflows.layout.measure import measure
from workflows.model import ModelRefused


@click.command("layout")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the drawn file is written.")
@click.option("--in-place", is_flag=True, help="Write the file itself.")
@click.option("--measure", "only_measure", is_flag=True, help="Only print the figures of the drawing as it is.")
@click.option("--thorough", is_flag=True, help="Take up to a minute for a large model.")
@click.option("--keep-lanes", is_flag=True, help="Keep the order of the lanes; else the order with the shortest ways.")
def command(file: Path, out: Path | None, in_place: bool, only_measure: bool, **how: bool) -> None:
    """Draw a BPMN file anew: shapes, flows, lanes and labels. What the model means is not touched.

    Prints one figure per line. Exit 1 when the drawing has a fault: something overlaps, runs through or is cut off.
    """
    target = file if in_place else out
    if (target is None) != only_measure or (in_place and out is not None):
        raise click.UsageError("Give --out FILE or --in-place to draw, or --measure to look only.")
    try:
        data = file.read_bytes() if target is None else arrange(file.read_bytes(), **how)
        found = measure(data)
    except ModelRefused as refused:
        raise click.ClickException(str(refused)) from refused
    if target is not None:
        target.write_bytes(data)
    for name, figure in asdict(found).items():
        click.echo(f"{name}\t{figure}")
    if found.faults:
        click.get_current_context().exit(1)
