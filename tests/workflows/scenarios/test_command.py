"""`countersign process test` and `process record`: one line for each scenario, and an exit code to build on."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.workflows.scenarios.tell import model, written
from webapp.cli import process

SHIPPED = Path(__file__).parents[3] / "workflows" / "bpmn" / "denial_appeal"
A, B = {"complete": "a"}, {"complete": "b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tasks, and one scenario that reaches everything."""
    (tmp_path / "two.bpmn").write_bytes(model("two_tasks"))
    tell(tmp_path, {"name": "all of it", "steps": [A, B], "end": "end"})
    return tmp_path


def tell(folder: Path, *scenarios: object, **book: object) -> None:
    (folder / "scenarios.json").write_bytes(written("main", *scenarios, **book))


def command(*words: str | Path) -> Result:
    return CliRunner().invoke(process.command, ["test", *map(str, words)])


def test_one_line_for_each_scenario(folder: Path) -> None:
    result = command(folder)
    assert (result.exit_code, result.stdout) == (0, "ok\tmain\tall of it\n")
    assert result.stderr == "1 scenario(s), 0 failed\n"
    assert command(folder / "two.bpmn").stdout == command(folder / "scenarios.json").stdout == result.stdout


def test_a_failing_scenario_says_where_and_exits_1(folder: Path) -> None:
    tell(folder, {"name": "too soon", "steps": [B], "end": "end"}, {"name": "all of it", "steps": [A, B], "end": "end"})
    result = command(folder)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "FAILED\tmain\ttoo soon",
        "\tStep 1 (complete b): expected b to be open; got open: a",
        "ok\tmain\tall of it",
    ]


def test_one_scenario_can_be_chosen(folder: Path) -> None:
    tell(folder, {"name": "too soon", "steps": [B], "end": "end"}, {"name": "all of it", "steps": [A, B], "end": "end"})
    assert command(folder, "--scenario", "all of it").exit_code == 0
    unknown = command(folder, "--scenario", "nothing")
    assert unknown.exit_code == 2 and "There is no scenario “nothing”" in unknown.stderr


def test_gaps_fail_only_when_coverage_is_asked_for(folder: Path) -> None:
    tell(folder, {"name": "half", "steps": [A], "expect": {"open": ["b"]}})
    assert command(folder).exit_code == 0
    result = command(folder, "--coverage")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        "reached\tmain\t2 of 4 elements", "\tnot reached: b", "\tnot reached: end",
        "reached\tmain\t2 of 3 flows", "\tnot reached: b__end",
    ]  # fmt: skip
    why = {"b": "Nobody does it.", "end": "So nobody gets there.", "b__end": "Nor goes there."}
    tell(folder, {"name": "half", "steps": [A], "expect": {"open": ["b"]}}, uncovered=why)
    result = command(folder, "--coverage")
    assert result.exit_code == 0 and "\tnot reached: b (Nobody does it.)" in result.stdout
    tell(folder, {"name": "half", "steps": [A], "expect": {"open": ["b"]}}, uncovered={**why, "a": "Wrong."})
    result = command(folder, "--coverage")
    assert result.exit_code == 1 and "wrong\tmain\ta is listed as not reached" in result.stdout


def test_json_holds_the_same(folder: Path) -> None:
    tell(folder, {"name": "too soon", "steps": [B], "end": "end"})
    result = command(folder, "--json", "--coverage")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["scenarios"] == [
        {
            "process": "main", "name": "too soon", "passed": False,
            "difference": {
                "step": 1, "place": "Step 1 (complete b)", "expected": "b to be open", "got": "open: a",
                "element_id": "b",
            },
        }
    ]  # fmt: skip
    (coverage,) = told["coverage"]
    assert coverage["whole"] is False and coverage["elements"]["missing"] == ["a", "b", "end"]


def test_what_cannot_be_read_or_run_is_told(folder: Path) -> None:
    (folder / "scenarios.json").write_text("{")
    assert command(folder).exit_code == 1 and "no JSON" in command(folder).stderr
    (folder / "scenarios.json").write_bytes(written("nobody"))
    result = command(folder)
    assert result.exit_code == 1 and "nobody: The scenarios cannot be run." in result.stderr
    (folder / "scenarios.json").unlink()
    result = command(folder)
    assert result.exit_code == 2 and "There are no scenarios in" in result.stderr


def test_the_shipped_models_pass_with_whole_coverage() -> None:
    result = command(SHIPPED, "--coverage")
    assert result.exit_code == 0, result.output
    assert "FAILED" not in result.stdout


def test_a_copy_with_a_broken_model_fails(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(SHIPPED, copy)
    path = copy / "era_exception.bpmn"
    path.write_text(path.read_text().replace('action = "release"', 'action = "other"'))
    result = command(copy / "era_exception.bpmn")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line.startswith("FAILED")] == [
        "FAILED\tera_exception\tA held remittance is released"
    ]
