"""`countersign process import`: what stands between a model of another tool and running it here, and its repairs."""

from collections.abc import Iterable
from pathlib import Path

import click

from webapp.wiring import wire
from workflows import repair, service_tasks
from workflows.lint import LintContext, declared_types
from workflows.repair import Repair, Report


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--repair", "wanted", multiple=True, metavar="ID[=ANSWER]", help="Make this repair; may be repeated.")
@click.option("--repair-all", is_flag=True, help="Make all repairs whose meaning is certain.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the repaired file is written.")
def command(file: Path, wanted: tuple[str, ...], repair_all: bool, out: Path | None) -> None:
    """List what stands against a BPMN file of another tool, with the repairs that are offered, and make them.

    Exit 1 while there is an error; what only matters to the other tool is a warning.
    """
    if bool(wanted or repair_all) != (out is not None):
        raise click.UsageError("Give --out together with --repair or --repair-all.")
    wire()
    known, data = _known(), file.read_bytes()
    chosen = {one: answer for one, _, answer in (text.partition("=") for text in wanted)}
    if out is not None:
        _require_readable(file, data, known)
        data = _repaired(data, chosen, repair_all, known)
        out.write_bytes(data)
    report = repair.examine(data, known)
    _tell(out or file, report)
    if report.errors:
        click.get_current_context().exit(1)


def _repaired(data: bytes, chosen: dict[str, str], repair_all: bool, known: LintContext) -> bytes:
    offered = {one.id: one for one in repair.propose(data, known)}
    data = repair.apply(data, {key: answer for key, answer in chosen.items() if key in offered}, known)
    made = [key for key in chosen if key in offered]
    if repair_all:
        offered |= {one.id: one for one in repair.propose(data, known)}
        settled = repair.settle(data, known)
        data, made = settled.data, [*made, *settled.applied]
    # What was chosen may only be offered once something else is repaired.
    late = {one.id: one for one in repair.propose(data, known) if one.id in chosen and one.id not in offered}
    data = repair.apply(data, {key: chosen[key] for key in late}, known)
    offered |= late
    unknown = sorted(chosen.keys() - offered.keys())
    if unknown:
        raise click.UsageError(f"No such repair is offered: {', '.join(unknown)}")
    for key in (*made, *late):
        click.echo(f"repaired {key}" + (f": {_plain(offered[key].title)}" if key in offered else ""))
    return data


def _require_readable(file: Path, data: bytes, known: LintContext) -> None:
    report = repair.examine(data, known)
    if not report.is_readable:
        _tell(file, report)
        click.get_current_context().exit(1)


def _tell(file: Path, report: Report) -> None:
    for process in report.processes:
        runs = "runs" if process.is_executable else "is not run"
        click.echo(f"process {_plain(process.id)}: {runs}, {process.elements} elements")
    for one in report.findings:
        where = f" {_plain(one.finding.element_id)}" if one.finding.element_id else ""
        click.echo(f"{file}: {one.finding.severity} {one.finding.rule}{where}: {_plain(one.finding.message)}")
    for offer in report.repairs:
        click.echo(f"repair {_plain(offer.id)}: {_plain(offer.title)}{_asks(offer)}")
    click.echo(f"{report.errors} error(s), {len(report.repairs)} repair(s) offered", err=True)


def _asks(offer: Repair) -> str:
    if offer.needs is None:
        return "" if offer.is_mechanical else " (not part of --repair-all)"
    choices = _listed(one.value for one in offer.needs.choices)
    suggested = f", else {offer.needs.suggested}" if offer.needs.suggested else ""
    return _plain(f" (asks: {offer.needs.text}{f' {choices}' if choices else ''}{suggested})")


def _listed(values: Iterable[str]) -> str:
    return " | ".join(values)


def _known() -> LintContext:
    """The operators of this product; forms, queues and decisions are those of an installation."""
    catalog = service_tasks.catalog()
    return LintContext(operators=frozenset(catalog), **declared_types({}, (), catalog))


def _plain(text: str) -> str:
    """One line, whatever a file says."""
    return "".join(one if one.isprintable() else " " for one in text)
