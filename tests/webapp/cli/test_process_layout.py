"""`countersign process layout`: draws a file anew, or says how it is drawn."""

from pathlib import Path

from click.testing import CliRunner, Result

from tests.workflows.layout.drawn import chain
from webapp.cli import process
from workflows.layout import arrange, measure


def layout(*words: str | Path) -> Result:
    return CliRunner().invoke(process.command, ["layout", *map(str, words)])


def test_the_drawn_file_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    source, target = tmp_path / "plain.bpmn", tmp_path / "drawn.bpmn"
    source.write_bytes(chain(4))
    result = layout(source, "--out", target)
    assert result.exit_code == 0, result.output
    assert source.read_bytes() == chain(4)
    assert target.read_bytes() == arrange(chain(4))
    assert "crossings\t0" in result.stdout.splitlines()


def test_in_place_the_file_itself_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "plain.bpmn"
    file.write_bytes(chain(4))
    assert layout(file, "--in-place").exit_code == 0
    assert measure(file.read_bytes()).shapes == 4


def test_measuring_changes_nothing_and_a_fault_exits_1(tmp_path: Path) -> None:
    file = tmp_path / "squeezed.bpmn"
    drawn = arrange(chain(3)).replace(b'width="100"', b'width="400"')
    file.write_bytes(drawn)
    result = layout(file, "--measure")
    assert result.exit_code == 1
    assert "overlaps\t3" in result.stdout.splitlines()
    assert file.read_bytes() == drawn


def test_without_a_target_it_asks_for_one(tmp_path: Path) -> None:
    file = tmp_path / "plain.bpmn"
    file.write_bytes(chain(2))
    assert layout(file).exit_code == 2
    assert layout(file, "--measure", "--in-place").exit_code == 2


def test_what_is_no_model_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "strange.bpmn"
    file.write_bytes(b"<!DOCTYPE x []><x/>")
    result = layout(file, "--measure")
    assert result.exit_code == 1
    assert "DOCTYPE" in result.stderr
