"""`countersign bench feel`: every line, whatever the speed; FEEL and Python give the same values."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from webapp.cli import bench
from webapp.cli.bench import expressions, feel, stopwatch, tables


@pytest.fixture(autouse=True)
def _short_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopwatch, "BATCH_SECONDS", 0.0)


def _run(*options: str) -> str:
    result = CliRunner().invoke(bench.command, ["feel", "--repeat", "1", *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_prints_a_line_for_each_expression_table_and_target() -> None:
    rows = [line.split("\t") for line in _run().splitlines()]
    assert [row[:2] for row in rows if row[0] == "feel"] == [["feel", case.name] for case in expressions.CASES]
    assert [row[:2] for row in rows if row[0] == "table"] == [["table", case.name] for case in tables.CASES]
    targets = [row for row in rows if row[0] == "target"]
    assert [row[1] for row in targets] == ["cached gateway condition <= 10 µs", "50 x 6 UNIQUE table <= 300 µs"]
    assert {row[3] for row in targets} <= {"within", "over"}
    assert all(row[2].endswith(" µs") and row[3].startswith("Python ") and row[4][0] == "x" for row in rows[:-2])


def test_the_same_as_json() -> None:
    report = json.loads(_run("--json"))
    assert len(report["lines"]) == len(expressions.CASES) + len(tables.CASES)
    assert all(line["feel"] > 0 and line["python"] > 0 and line["ratio"] > 0 for line in report["lines"])
    assert [target["most"] for target in report["targets"]] == [10, 300]


def test_the_table_has_50_rows_and_6_inputs_and_the_worst_case_is_its_last_row() -> None:
    rules = tables.rows(payers=True)
    last = tables.CASES[0]
    assert (len(rules), len(tables.INPUTS)) == (50, 6)
    assert tables.by_hand(last.policy, rules, last.context()) == rules[-1].fee


def test_values_that_differ_are_refused() -> None:
    wrong = feel.Subject("feel", "wrong", (lambda: 1, lambda: 2))
    with pytest.raises(click.ClickException, match="do not give the same value"):
        feel._check(wrong)


def test_it_needs_neither_a_database_nor_the_web() -> None:
    program = (
        "import sys, webapp.cli.bench.feel; "
        "print([one for one in ('flask', 'sqlalchemy', 'procrastinate', 'SpiffWorkflow') if one in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
