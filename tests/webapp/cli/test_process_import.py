"""`countersign process import`: findings and repairs as lines, the repaired file, exit codes."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.workflows.repair.corpus import own
from webapp.cli import process
from workflows.model import read


def imports(file: Path, *words: str) -> Result:
    return CliRunner().invoke(process.command, ["import", str(file), *words])


@pytest.fixture
def camunda(tmp_path: Path) -> Path:
    file = tmp_path / "refund.bpmn"
    file.write_bytes(own("camunda7"))
    return file


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "repaired.bpmn"


def test_what_blocks_and_what_helps_are_one_line_each(camunda: Path) -> None:
    result = imports(camunda)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert "process refund: runs, 11 elements" in lines
    assert any(line.startswith(f"{camunda}: error implicit-split pay: Several flows leave") for line in lines)
    assert "repair implicit-split:pay: Put a parallel gateway after “Pay”" in lines
    assert any(line.startswith("repair service-task:pay:") and "by-hand" in line for line in lines)
    assert "error(s)" in result.stderr


def test_everything_certain_is_repaired_at_once(camunda: Path, out: Path) -> None:
    result = imports(camunda, "--repair-all", "--out", str(out))
    assert result.exit_code == 1  # The service task still has to be answered.
    assert "repaired implicit-split:pay: Put a parallel gateway after “Pay”" in result.stdout
    assert [line for line in result.stdout.splitlines() if ": error " in line] == [
        f"{out}: error service-no-operator pay: The service task names no operator. Choose one, or make it a manual "
        "task with a note."
    ]


def test_an_answer_is_given_with_the_repair(camunda: Path, out: Path) -> None:
    words = ("--repair", "service-task:pay=by-hand", "--repair-all", "--out", str(out))
    assert imports(camunda, *words).exit_code == 0
    assert read(out.read_bytes()).elements["pay"].kind == "manualTask"
    assert camunda.read_bytes() == own("camunda7")


def test_a_repair_may_need_another_one_first(tmp_path: Path, out: Path) -> None:
    file = tmp_path / "pools.bpmn"
    file.write_bytes(own("signavio"))
    words = ("which-process:file=sid-process-a", "data-store:sid-ledger", "timer-time:sid-start=PT1H")
    result = imports(file, *(word for one in words for word in ("--repair", one)), "--repair-all", "--out", str(out))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "words",
    [
        ("--repair-all",),
        ("--out", "x.bpmn"),
        ("--repair", "implicit-split:nobody", "--out", "x.bpmn"),
    ],
)
def test_wrong_usage_is_2(camunda: Path, words: tuple[str, ...], tmp_path: Path) -> None:
    words = tuple(str(tmp_path / one) if one.endswith(".bpmn") else one for one in words)
    assert imports(camunda, *words).exit_code == 2
    assert not (tmp_path / "x.bpmn").exists()


def test_a_bad_answer_is_refused_and_nothing_is_written(camunda: Path, out: Path) -> None:
    result = imports(camunda, "--repair", "service-task:pay=magic", "--out", str(out))
    assert result.exit_code == 1
    assert "magic" in str(result.exception)
    assert not out.exists()


@pytest.mark.parametrize("content", [b"", b"<a", b"<!DOCTYPE a><a/>", b"\xff\xfe\x00", b"<a/>"])
def test_what_is_no_model_is_told_in_a_line(tmp_path: Path, out: Path, content: bytes) -> None:
    file = tmp_path / "broken.bpmn"
    file.write_bytes(content)
    for words in ((), ("--repair-all", "--out", str(out))):
        result = imports(file, *words)
        assert result.exit_code == 1
        assert result.stdout.startswith(f"{file}: error ")
    assert not out.exists()
