"""The public conformance cases for DMN: all of level 2, and level 3 except external functions."""

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.cli import conformance
from workflows.decisions import tck

ROOT = Path(__file__).resolve().parents[3]
KIT = conformance.BESIDE
JAVA = "0076-feel-external-java"

pytestmark = pytest.mark.skipif(not KIT.exists(), reason="the shared DMN conformance kit is not beside the repository")


@cache
def results() -> list[tck.FolderResult]:
    return tck.run_all(KIT)


def outcomes(level: int) -> list[tck.Outcome]:
    return [outcome for one in results() if one.level == level for outcome in one.outcomes]


def test_level_2_is_passed() -> None:
    assert [one.case.key for one in outcomes(2) if one.state != tck.PASSED] == []
    assert len(outcomes(2)) == 43


def test_level_3_is_passed_except_for_functions_of_other_languages() -> None:
    left = [one for one in outcomes(3) if one.state != tck.PASSED]
    assert [one.case.key for one in left if one.case.folder != JAVA] == []
    assert len(left) == 14
    assert {one.reason for one in left} == {"A function in another language", "An external function"}


def test_a_wrong_value_is_a_failure_and_not_a_missing_feature() -> None:
    case = next(one.case for one in outcomes(2) if one.case.folder == "0100-feel-constants")
    wrong = tuple(tck.Expected(one.name, one.target, "wrong") for one in case.expected)
    judged = tck.judge(tck.Case(case.level, case.folder, case.id, case.model, case.kind, case.inputs, wrong))
    assert (judged.state, judged.reason) == (tck.FAILED, "")


def test_the_page_says_what_a_run_gives() -> None:
    page = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert page == tck.page(results()), "write it again: countersign conformance dmn --write docs/conformance.md"


def test_a_folder_can_be_named(tmp_path: Path) -> None:
    folder = KIT / "compliance-level-2" / "0100-feel-constants"
    target = tmp_path / "compliance-level-2" / folder.name
    target.parent.mkdir()
    target.symlink_to(folder, target_is_directory=True)
    result = CliRunner().invoke(conformance.command, ["dmn", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].split() == ["level", "2", "1", "passed"]


def test_a_folder_without_cases_is_refused_with_the_next_step(tmp_path: Path) -> None:
    result = CliRunner().invoke(conformance.command, ["dmn", str(tmp_path)])
    assert result.exit_code == 1
    assert "compliance-level-2" in result.stderr
