"""`countersign decision …`: decision tables checked, tried, taken to a spreadsheet and back. No database is needed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from store import clock
from webapp.cli.values import CONTEXT, TIME, as_json, written
from workflows import decisions
from workflows.decisions import (
    DecisionError,
    DecisionExplanation,
    DecisionModel,
    DecisionModelRefused,
    DecisionNotFound,
    RowExplanation,
    TableExplanation,
    sheet_csv,
    sheets,
    write,
)
from workflows.decisions.findings import Finding, TableFinding
from workflows.decisions.sheets import SheetRefused
from workflows.feel import Value

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


@click.group()
def command() -> None:
    """Decision tables: check them, try them, edit them in a spreadsheet."""


def _refuse(error: DecisionError) -> NoReturn:
    """Everything that is wrong, one line each; exit 1."""
    if isinstance(error, SheetRefused):
        lines = [str(one) for one in error.problems]
    elif isinstance(error, DecisionModelRefused):
        lines = [one.message for one in error.findings]
    else:
        lines = [str(error)]
    click.echo("\n".join(lines), err=True)
    raise SystemExit(1)


# -- lint


@command.command("lint")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=FILE)
@click.option("--gate", "gates", multiple=True, metavar="ID", help="Check this decision as a gate; repeatable.")
@click.option("--json", "in_json", is_flag=True, help="Print one JSON array, with an input that shows each finding.")
def lint(files: tuple[Path, ...], gates: tuple[str, ...], in_json: bool) -> None:
    """Check decision tables: gaps, overlaps, rows that are never used, types, gates that silence opens.

    What the findings mean: docs/decision-tables.md. Exit 1 when there is an error; warnings do not count.
    """
    contents = {str(path): path.read_bytes() for path in files}
    found, known = _findings(contents, gates)
    strange = [one for one in gates if one not in known]
    if strange:
        raise click.UsageError(f"No file has a decision {', '.join(strange)}. There are: {', '.join(sorted(known))}.")
    if in_json:
        click.echo(json.dumps([_as_json(path, one) for path, one in found], ensure_ascii=False, indent=2))
    for path, one in found if not in_json else ():
        place = f" {one.element_id}" if one.element_id else ""
        click.echo(f"{path}: {one.severity} {one.rule}{place}: {one.message}")
    errors = sum(one.severity == "error" for _, one in found)
    click.echo(f"{len(files)} file(s), {errors} error(s), {len(found) - errors} other finding(s)", err=True)
    if errors:
        raise SystemExit(1)


def _findings(contents: dict[str, bytes], gates: Sequence[str]) -> tuple[list[tuple[str, Finding]], set[str]]:
    """Findings with their files, and the decisions there are. Files given together may import each other."""
    found: list[tuple[str, Finding]] = []
    known: set[str] = set()
    for path, data in contents.items():
        others = [other for name, other in contents.items() if name != path]
        try:
            model, wrong = decisions.examine(data, others)
        except DecisionModelRefused as refused:
            found += [(path, one) for one in refused.findings]
            continue
        known |= set(model.decisions)
        found += [(path, one) for one in wrong or decisions.lint(model, gates=gates)]
    return found, known


def _as_json(path: str, finding: Finding) -> dict[str, Any]:
    """Values of examples are FEEL texts, which `decision run --context` and every cell understand."""
    example = finding.example if isinstance(finding, TableFinding) else None
    return {
        "file": path,
        "rule": finding.rule,
        "severity": finding.severity,
        "element_id": finding.element_id,
        "message": finding.message,
        "rules": list(finding.rules) if isinstance(finding, TableFinding) else [],
        "example": None if example is None else {name: written(value) for name, value in example.items()},
    }


# -- run


@dataclass(frozen=True)
class Asked:
    """The options of `run`."""

    decision: str | None
    context: dict[str, Value]
    imports: tuple[Path, ...]
    now: datetime | None
    explain: bool
    in_json: bool


@command.command("run")
@click.argument("file", type=FILE)
@click.option("--decision", metavar="ID", help="Which decision.  [default: the one no other requires]")
@click.option("--import", "imports", multiple=True, type=FILE, help="A file that FILE imports; repeatable.")
@click.option("--context", type=CONTEXT, default=dict, help="Input data: JSON, FEEL or @FILE.")
@click.option("--now", type=TIME, help="What now() and today() answer.  [default: the present, UTC]")
@click.option("--explain", is_flag=True, help="Show for each table every row, and which cell said no and why.")
@click.option("--json", "in_json", is_flag=True, help="Print one JSON object.")
def run(file: Path, **options: Any) -> None:
    """Evaluate a decision of FILE. Exit 1 when it refuses to answer, or its answer is null by mistake."""
    asked = Asked(**options)
    try:
        model = decisions.read(file.read_bytes(), tuple(one.read_bytes() for one in asked.imports))
        wanted = asked.decision or _only(model)
        found = decisions.explain(model, wanted, asked.context, now=asked.now or clock.now())
    except DecisionNotFound as error:
        click.echo(f"{error} It has: {', '.join(sorted(model.decisions)) or 'none'}.", err=True)
        raise SystemExit(1) from None
    except DecisionError as error:
        _refuse(error)
    read = _read_names(model)
    for name in sorted(asked.context.keys() - read) if read else ():
        click.echo(f'Nothing reads "{name}". The decisions read: {", ".join(sorted(read))}.', err=True)
    if asked.in_json:
        click.echo(json.dumps(_result(found, asked.explain), ensure_ascii=False, indent=2))
    else:
        _show(found, asked.explain)
    if found.result is None or (found.result.value is None and found.problems):
        raise SystemExit(1)


def _read_names(model: DecisionModel) -> set[str]:
    """The names that decisions read from the context; none when a decision is no table and may read anything."""
    if any(one.table is None for one in model.decisions.values()):
        return set()
    decided = {one.variable for one in model.decisions.values()}
    found = {one.name for one in model.inputs.values()}
    for table in model.tables:
        found.update(name for clause in table.inputs for name in clause.expression.names)
        for rule in table.rules:
            found.update(name for cell in rule.cells for name in cell.names)
            found.update(name for output in rule.outputs for name in output.names)
    return found - decided


def _only(model: DecisionModel) -> str:
    """The decision that no other one requires."""
    required = {one for decision in model.decisions.values() for one in decision.requires.decisions}
    left = [one for one in model.decisions if one not in required and "#" not in one]
    if len(left) != 1:
        names = ", ".join(sorted(model.decisions)) or "the file has none"
        raise click.UsageError(f"Say which decision with --decision: {names}.")
    return left[0]


def _show(found: DecisionExplanation, explain: bool) -> None:
    if found.result is not None:
        click.echo(written(found.result.value))
    for table in found.tables if explain else ():
        click.echo("\n".join(_table_lines(table)))
    for problem in found.problems:
        click.echo(f"{problem.kind}: {problem.message}", err=True)
    if found.error is not None:
        click.echo(str(found.error), err=True)


def _table_lines(table: TableExplanation) -> Iterator[str]:
    yield f"table {table.table_id} of {table.decision_id} ({table.policy}) → {written(table.output)}"
    yield from (f"  {name} = {written(value)}" for name, value in table.inputs.items())
    for row in table.rows:
        answer = f"yes → {', '.join(row.outputs)}" if row.matched else "no"
        yield f"  row {row.number} {row.rule_id}: {answer}"
        shown = row.cells if row.matched else row.against
        yield from (f"    {cell.column}: {cell.text}   {cell.why}" for cell in shown if cell.text != "-")


def _result(found: DecisionExplanation, explain: bool) -> dict[str, Any]:
    result = found.result
    said: dict[str, Any] = {
        "decision": None if result is None else result.decision_id,
        "value": None if result is None else as_json(result.value),
        "feel": None if result is None else written(result.value),
        "matched": [] if result is None else list(result.matched),
        "error": None if found.error is None else str(found.error),
        "problems": [{"kind": one.kind, "message": one.message} for one in found.problems],
    }
    if explain:
        said["tables"] = [_table_object(one) for one in found.tables]
    return said


def _table_object(table: TableExplanation) -> dict[str, Any]:
    return {
        "decision": table.decision_id,
        "table": table.table_id,
        "policy": table.policy,
        "inputs": {name: written(value) for name, value in table.inputs.items()},
        "output": written(table.output),
        "rows": [_row_object(row) for row in table.rows],
    }


def _row_object(row: RowExplanation) -> dict[str, Any]:
    cells = [{"column": one.column, "text": one.text, "answer": one.answer, "why": one.why} for one in row.cells]
    return {
        "number": row.number,
        "rule": row.rule_id,
        "matched": row.matched,
        "cells": cells,
        "outputs": list(row.outputs),
    }


# -- spreadsheets


@command.command("export")
@click.argument("file", type=FILE)
@click.option("--decision", metavar="ID", default="", help="Which decision.  [default: the only table]")
@click.option("--separator", type=click.Choice(sorted(SEPARATORS)), default="comma", show_default=True)
def export(file: Path, decision: str, separator: str) -> None:
    """Print the table of a decision as CSV, for a spreadsheet."""
    data = file.read_bytes()
    try:
        decisions.read(data)
        sheet = sheets.sheet_of(data, decision)
    except DecisionError as error:
        _refuse(error)
    click.echo(sheet_csv.to_csv(sheet, SEPARATORS[separator]), nl=False)


@command.command("import")
@click.argument("sheet", metavar="CSV", type=FILE)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--decision", metavar="ID", default="", help="Whose table is replaced.  [default: what the CSV says]")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here and leave FILE as it is.")
def import_(sheet: Path, file: Path, decision: str, out: Path | None) -> None:
    """Put the table of a CSV into FILE: in place of the one that is there, or into a new file.

    Nothing is written unless every row can be used.
    """
    target = out or file
    try:
        found = sheet_csv.from_csv(sheet.read_bytes())
        new = not file.exists()
        data = write.new_file(found) if new else write.replace_table(file.read_bytes(), found, decision)
    except DecisionError as error:
        _refuse(error)
    try:
        target.write_bytes(data)
    except OSError as error:
        click.echo(f"{target} cannot be written: {error.strerror}. Choose another place.", err=True)
        raise SystemExit(1) from None
    click.echo(f"{target}\t{found.decision_id if new else decision or found.decision_id}\t{len(found.rows)} rule(s)")
