"""`countersign process test`: the scenarios beside a model, played in memory. No database is needed."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from webapp import linting
from webapp.wiring import wire
from workflows import scenarios
from workflows.definitions import PublicationRefused
from workflows.scenarios import Checked, Coverage, Result, ScenariosRefused, Tally

FILES = click.Path(exists=True, path_type=Path)


@click.command("test")
@click.argument("path", metavar="FOLDER|FILE", type=FILES)
@click.option("--scenario", "names", multiple=True, metavar="NAME", help="Run this one only; may be repeated.")
@click.option("--coverage", "show_coverage", is_flag=True, help="Also list what no scenario reaches.")
@click.option("--json", "in_json", is_flag=True, help="Print one JSON object.")
def test(path: Path, names: tuple[str, ...], show_coverage: bool, in_json: bool) -> None:
    """Run the scenarios of a FOLDER, or those of one FILE (scenarios.json, or a .bpmn with scenarios beside it).

    One line for each. Exit 1 when one fails, or with --coverage when an element or a flow is never reached and the file
    does not say why.
    """
    wire()
    checked = _checked(path, names)
    results = [one for found in checked for one in found.results]
    _require_known(names, results, path)
    if in_json:
        click.echo(json.dumps(_as_json(checked, show_coverage), ensure_ascii=False, indent=2))
    else:
        click.echo("".join(f"{line}\n" for line in _lines(checked, show_coverage)), nl=False)
    failed = sum(not one.passed for one in results)
    click.echo(f"{len(results)} scenario(s), {failed} failed", err=True)
    gaps = show_coverage and not all(found.coverage.whole for found in checked)
    if failed or gaps:
        raise SystemExit(1)


def scenario_files(folder: Path) -> dict[str, bytes]:
    """The scenario files below a folder, by path inside it."""
    found = sorted(one for one in folder.rglob("*.json") if scenarios.is_scenario_file(one.name))
    return {str(one.relative_to(folder)): one.read_bytes() for one in found}


@contextmanager
def telling_refusals() -> Iterator[None]:
    """Say what a publication is refused for, one line each, before the refusal itself."""
    try:
        yield
    except PublicationRefused as refused:
        for one in refused.findings:
            click.echo(
                f"{one.severity} {one.rule}{f' {one.element_id}' if one.element_id else ''}: {one.message}", err=True
            )
        raise


def _checked(path: Path, names: tuple[str, ...]) -> list[Checked]:
    folder = path if path.is_dir() else path.parent
    models = {str(one.relative_to(folder)): one.read_bytes() for one in linting.find_files([folder])}
    told = scenario_files(folder)
    if path.is_file() and scenarios.is_scenario_file(path.name):
        told = {path.name: told[path.name]}
    if not told:
        raise click.UsageError(f"There are no scenarios in {folder}. Write them into a file scenarios.json.")
    try:
        checked = scenarios.check({**models, **told}, names)
    except ScenariosRefused as refused:
        click.echo("".join(f"{one.message}\n" for one in refused.findings), nl=False, err=True)
        raise SystemExit(1) from None
    wanted = set(linting.processes(path.read_bytes())) if path.suffix == linting.BPMN else None
    return [one for one in checked if wanted is None or one.book.process_id in wanted]


def _require_known(names: tuple[str, ...], results: Iterable[Result], path: Path) -> None:
    strange = set(names) - {one.name for one in results}
    if strange:
        raise click.UsageError(f"There is no scenario “{min(strange)}” in {path}.")


def _lines(checked: Iterable[Checked], show_coverage: bool) -> Iterable[str]:
    checked = list(checked)
    for found in checked:
        for one in found.results:
            yield f"{'ok' if one.passed else 'FAILED'}\t{one.process_id}\t{one.name}"
            if one.difference is not None:
                yield f"\t{one.difference.text}"
    for found in checked if show_coverage else ():
        yield from _coverage_lines(found.coverage)


def _coverage_lines(coverage: Coverage) -> Iterable[str]:
    yield from _tally_lines(coverage.process_id, "elements", coverage.elements)
    yield from _tally_lines(coverage.process_id, "flows", coverage.flows)
    for decision, tally in coverage.rows.items():
        yield from _tally_lines(coverage.process_id, f"rows of {decision}", tally)
    for one in coverage.wrongly_excused:
        yield f"wrong\t{coverage.process_id}\t{one} is listed as not reached, and it is, or there is no such id"


def _tally_lines(process_id: str, what: str, tally: Tally) -> Iterable[str]:
    yield f"reached\t{process_id}\t{tally.touched} of {len(tally.all)} {what}"
    for one in tally.missing:
        reason = tally.excused.get(one)
        yield f"\tnot reached: {one}{f' ({reason})' if reason else ''}"


def _as_json(checked: Iterable[Checked], show_coverage: bool) -> dict[str, Any]:
    checked = list(checked)
    found: dict[str, Any] = {"scenarios": [_result(one) for found in checked for one in found.results]}
    if show_coverage:
        found["coverage"] = [_coverage(one.coverage) for one in checked]
    return found


def _result(one: Result) -> dict[str, Any]:
    difference = one.difference
    told = None
    if difference is not None:
        told = {
            "step": difference.step,
            "place": difference.place,
            "expected": difference.expected,
            "got": difference.got,
            "element_id": difference.element_id,
        }
    return {"process": one.process_id, "name": one.name, "passed": one.passed, "difference": told}


def _coverage(one: Coverage) -> dict[str, Any]:
    return {
        "process": one.process_id,
        "whole": one.whole,
        "elements": _tally(one.elements),
        "flows": _tally(one.flows),
        "rows": {decision: _tally(tally) for decision, tally in one.rows.items()},
        "wrongly_excused": list(one.wrongly_excused),
    }


def _tally(one: Tally) -> dict[str, Any]:
    return {"all": len(one.all), "reached": one.touched, "missing": list(one.missing), "excused": dict(one.excused)}
