"""`countersign bench run`: the product beside its limit and its peers, in a database of its own that is thrown away."""

from dataclasses import replace
from pathlib import Path

import click

from bench import report
from bench.run import run
from bench.settings import PEERS, SMALL, WORKLOADS, Settings
from webapp.cli.context import say


def _chosen(known: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The names in a list with commas, in our order; "all" for all."""
    wanted = {one.strip() for one in text.split(",") if one.strip()}
    strange = sorted(wanted - set(known) - {"all", "none"})
    if strange:
        raise click.BadParameter(f"{', '.join(strange)} is unknown. Choose from all, none, {', '.join(known)}.")
    return known if "all" in wanted else tuple(one for one in known if one in wanted)


@click.command("run")
@click.option("--workload", default="all", show_default=True, help="Workloads with commas, e.g. W1,W7.")
@click.option("--reps", type=click.IntRange(1), help="Repetitions of each.  [default: 5; 1 with --small]")
@click.option("--secs", type=click.FloatRange(0.05), help="Seconds of a window.  [default: 3; 0.5 with --small]")
@click.option("--peers", default="all", show_default=True, help=f"Peers with commas: {', '.join(PEERS)}; or none.")
@click.option("--inbox", type=click.IntRange(1000), help="Open tasks of the inbox; ten times as many are finished.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write every number to this file.")
@click.option("--small", is_flag=True, help="Sizes that finish in two minutes.")
def command(workload: str, reps: int | None, secs: float | None, peers: str, **rest: Path | int | bool | None) -> None:
    """Measure, and print the ratios. Nothing outside a scratch folder is touched."""
    settings = SMALL if rest["small"] else Settings()
    settings = replace(settings, workloads=_chosen(WORKLOADS, workload), peers=_chosen(PEERS, peers))
    settings = replace(settings, reps=reps or settings.reps, secs=secs or settings.secs)
    if rest["inbox"]:
        settings = replace(settings, inbox_open=int(str(rest["inbox"])), inbox_done=10 * int(str(rest["inbox"])))
    out = rest["out"]
    book = run(settings, out if isinstance(out, Path) else None, say)
    for line in report.lines(book):
        click.echo(line)
    if any(one["what"] == "failed" for one in book.of("missing")) or not all(one["ok"] for one in book.of("check")):
        click.get_current_context().exit(1)
