"""`countersign bench breakdown`: where the time of one operation goes."""

import json

import click

from bench import report
from bench.run import take_apart
from bench.workloads.completing import APART
from webapp.cli.context import say


@click.command("breakdown")
@click.option("--what", type=click.Choice([*APART]), default="complete", show_default=True, help="The operation.")
@click.option("--count", default=100, show_default=True, type=click.IntRange(5), help="How often, three times over.")
@click.option("--functions", default=25, show_default=True, type=click.IntRange(0, 30), help="Functions to list.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(what: str, count: int, functions: int, as_json: bool) -> None:
    """Take one operation apart: phases, statements, round trips and the functions that take most time themselves.

    Phases are timed one by one, which slows the operation a little; cProfile slows it more, so trust its order only.
    """
    found = take_apart(what, count, say)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"{what}: {', '.join(f'{name} {number:g}' for name, number in found['counts'].items())}")
    for line in report.breakdown(found, functions=functions):
        click.echo(line)
