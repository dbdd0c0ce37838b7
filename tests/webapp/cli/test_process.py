"""`countersign process`: lint without a database, publish only what passes."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from store.transaction import reading
from tests.webapp.cli.conftest import Type
from webapp.cli import process
from workflows import definitions
from workflows.definitions import PublicationRefused

SHIPPED = Path(__file__).parents[3] / "workflows" / "bpmn" / "denial_appeal"
FORM = SHIPPED / "forms" / "clinical_review.json"


def lint(*words: str | Path) -> Result:
    return CliRunner().invoke(process.command, ["lint", *map(str, words)])


def test_the_shipped_processes_have_no_error() -> None:
    result = lint(SHIPPED)
    assert result.exit_code == 0, result.output
    assert " error " not in result.stdout


def test_findings_are_one_line_each_and_errors_exit_1(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<not-bpmn/>")
    result = lint(broken, FORM)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{broken}: error not-bpmn: ")
    assert len(result.stdout.splitlines()) == 1


def test_json_is_one_array_even_without_findings(tmp_path: Path) -> None:
    assert json.loads(lint(FORM, "--json").stdout) == []
    broken = tmp_path / "form.json"
    broken.write_text('{"components": [{"type": "html", "id": "a"}]}')
    result = lint(broken, "--json")
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)
    assert (found["file"], found["rule"], found["severity"]) == (str(broken), "form-supported", "error")
    assert set(found) == {"file", "rule", "severity", "element_id", "message"}


def test_a_form_of_a_decision_is_held_to_more_when_its_process_is_there(tmp_path: Path) -> None:
    form = json.loads(FORM.read_text())
    form["components"] = [one for one in form["components"] if one["type"] != "checkbox"]
    copy = tmp_path / "clinical_review.json"
    copy.write_text(json.dumps(form))
    assert lint(copy).exit_code == 0
    together = lint(copy, SHIPPED / "denial_appeal.bpmn")
    assert together.exit_code == 1 and "form-attestation" in together.stdout


@pytest.mark.parametrize("content", ["{", "[]", '{"components": {}}', "[" * 100_000])
def test_a_file_that_is_no_form_is_a_finding(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    result = lint(file)
    assert result.exit_code == 1 and "form-unreadable" in result.stdout


def test_wrong_usage_is_2(tmp_path: Path) -> None:
    strange = tmp_path / "notes.txt"
    strange.write_text("x")
    assert lint().exit_code == lint(strange).exit_code == lint(tmp_path / "none.bpmn").exit_code == 2


def test_publishing_the_same_again_is_the_same_version(typed_in_office: Type) -> None:
    first, second = (typed_in_office(process.command, "publish", str(SHIPPED)) for _ in range(2))
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    assert [line.split("\t")[:2] for line in first.stdout.splitlines()] == [
        ["denial_appeal", "v1"],
        ["era_exception", "v1"],
    ]


def test_a_folder_with_an_error_is_not_published(typed_in_office: Type, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED, folder)
    form = folder / "forms" / "clinical_review.json"
    form.write_text(form.read_text().replace('"checkbox"', '"html"'))
    result = typed_in_office(process.command, "publish", str(folder))
    assert isinstance(result.exception, PublicationRefused)
    assert "form-supported" in result.stderr
    with reading() as session:
        assert definitions.current(session, "denial_appeal").version == 1
