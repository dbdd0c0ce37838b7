"""The report says what was measured, what was missed by how much, and what was not run."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bench import records, report
from bench.records import NotABook
from tests.bench.books import book
from webapp.cli import bench


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(bench.command, list(arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = book({"complete": 6.0, "raw": 1.0}, {"complete": 8.0, "raw": 1.0})
    made.note("missing", workload="W1", system="viewflow", measure="complete", what="not run", reason="no network here")
    path = tmp_path / "bench.json"
    path.write_text("".join(json.dumps(one) + "\n" for one in made.records))
    return path


def test_a_book_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    with path.open("w") as out:
        made = records.Book(out)
        made.note("result", workload="W0", system="raw", measure="raw", numbers={"p50": 0.5})
    assert records.read(path).records == made.records


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": 1}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(NotABook):
        records.read(path)
    assert invoke("report", str(path)).exit_code == 2


def test_the_report_has_ratios_goals_and_what_was_not_run(file: Path) -> None:
    found = invoke("report", str(file))
    assert found.exit_code == 0, found.output
    (row,) = [line for line in found.output.splitlines() if line.startswith("countersign  complete")]
    assert row.split()[2:] == ["2", "7.00", "146", "7.00", "6.00-8.00"]
    assert "MISSED by 3.5x" in found.output
    assert "W1 viewflow complete: not run. no network here" in found.output


def test_two_runs_are_compared_by_their_ratios(file: Path, tmp_path: Path) -> None:
    slower = tmp_path / "old.json"
    made = book({"complete": 28.0, "raw": 2.0})
    slower.write_text("".join(json.dumps(one) + "\n" for one in made.records))
    found = invoke("report", str(file), "--against", str(slower))
    assert [line.split() for line in found.output.splitlines() if line.startswith("complete/raw ")] == [
        ["complete/raw", "14.00", "7.00", "0.50"]
    ]


def test_the_gate_passes_and_misses_by_its_exit_code(file: Path) -> None:
    assert invoke("gate", str(file), "--max", "complete/raw=8").exit_code == 0
    missed = invoke("gate", str(file), "--max", "complete/raw=8", "--min", "viewflow/complete=3")
    assert missed.exit_code == 1
    assert "no network here" in missed.output
    assert invoke("gate", str(file), "--max", "complete=8").exit_code == 2


def test_a_breakdown_lists_its_phases_the_longest_first() -> None:
    one: dict[str, Any] = {
        "count": 5, "untouched_ms": 1.0, "timed_ms": 2.0,
        "statements": [{"statement": "commit", "ms": 0.5, "calls": 1.0}],
        "phases": [{"phase": "forms", "ms": 0.5, "calls": 1.0}, {"phase": "engine: step", "ms": 1.5, "calls": 2.0}],
        "functions": [{"function": "a.py:1 f", "own_ms": 0.1, "whole_ms": 0.2, "calls": 3.0}],
    }  # fmt: skip
    lines = list(report.breakdown(one, functions=1))
    assert [line.split("  ")[0] for line in lines[2:4]] == ["engine: step", "forms"]
    assert "75%" in lines[2]
    assert lines[-1].endswith("a.py:1 f")


@pytest.mark.parametrize("arguments", [("--workload", "W99"), ("--peers", "camunda"), ("--reps", "0")])
def test_what_is_not_known_is_refused(arguments: tuple[str, str]) -> None:
    assert invoke("run", *arguments).exit_code == 2
