"""`countersign bench gate`: does a run keep these bounds?"""

from pathlib import Path

import click

from bench import gate, records
from bench.ratios import NotARatio


@click.command("gate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max", "highest", multiple=True, metavar="RATIO=N", help="E.g. complete/raw=2; may be repeated.")
@click.option("--min", "lowest", multiple=True, metavar="RATIO=N", help="E.g. viewflow/complete=3; may be repeated.")
def command(file: Path, highest: tuple[str, ...], lowest: tuple[str, ...]) -> None:
    """Hold the ratios of FILE against bounds. Exit 1 when one is missed, has no number, or something failed.

    A ratio is MEASURE/MEASURE, e.g. complete.P2@rate/raw.P2@rate; without a unit also alone: complete@round_trips.
    """
    try:
        book = records.read(file)
        bounds = [gate.read_bound(one, is_most=True) for one in highest]
        bounds += [gate.read_bound(one, is_most=False) for one in lowest]
    except (records.NotABook, NotARatio) as problem:
        raise click.UsageError(str(problem)) from problem
    found = list(gate.outcomes(book, bounds))
    for one in found:
        click.echo(f"{'passed' if one.passed else 'MISSED'}\t{one.text}")
    for text in gate.not_run(book):
        click.echo(f"not run\t{text}")
    if not all(one.passed for one in found):
        click.get_current_context().exit(1)
