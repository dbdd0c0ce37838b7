"""`countersign process record` and the refusal of `process publish`, on a whole office."""

import json
import shutil
from pathlib import Path

from sqlalchemy import select

from store.audit import AuditEntry
from store.practice import viewing
from store.transaction import reading
from tests.office import EVERYWHERE, REVIEW, Office
from tests.webapp.cli.conftest import Type
from webapp.cli import process

SHIPPED = Path(__file__).parents[3] / "workflows" / "bpmn" / "denial_appeal"


def test_a_case_is_recorded_as_a_scenario_that_the_command_plays(
    office: Office, typed_in_office: Type, tmp_path: Path
) -> None:
    office.complete("ada", office.to_clinical_review(), REVIEW, "do_not_appeal")
    stop = {"rationale": "The criterion is not met on this record of Zoe Quill.", "no_conflict": True}
    office.complete("mia", office.task("stop_review"), stop, "confirm")
    office.complete("gus", office.task("stop_second"), {"finding": "confirm", "note": "Agreed after review."})
    off = {"adjustment_code": "CO50", "not_to_patient": True}
    office.complete("ben", office.task("write_off_clinical"), off)
    case = office.case()
    copy = tmp_path / "my_process"
    shutil.copytree(SHIPPED, copy)
    result = typed_in_office(process.command, "record", case.number.lower(), "--out", str(copy / "scenarios.json"))
    assert (result.exit_code, result.stdout) == (0, f"{copy / 'scenarios.json'}\n"), result.output
    played = typed_in_office(process.command, "test", str(copy))
    assert (played.exit_code, played.stdout) == (0, "ok\tdenial_appeal\tAs recorded: written_off\n")
    assert "Zoe" not in (copy / "scenarios.json").read_text()
    with viewing(EVERYWHERE), reading() as session:
        bodies = [json.loads(one) for one in session.scalars(select(AuditEntry.body))]
    (entry,) = [one for one in bodies if one["tag"] == "process:recorded"]
    assert entry["on"] == case.reference


def test_a_case_that_does_not_exist_is_refused(typed_in_office: Type) -> None:
    result = typed_in_office(process.command, "record", "DN-99999")
    assert result.exit_code == 1
    assert str(result.exception) == "There is no case DN-99999 with a process."


def test_a_folder_whose_scenarios_fail_is_not_published(typed_in_office: Type, tmp_path: Path) -> None:
    copy = tmp_path / "my_process"
    shutil.copytree(SHIPPED, copy)
    path = copy / "era_exception.bpmn"
    path.write_text(path.read_text().replace('action = "release"', 'action = "reject"'))
    result = typed_in_office(process.command, "publish", str(copy), "--key", "era_exception")
    assert result.exit_code == 1 and result.stdout == ""
    said = [line for line in result.stderr.splitlines() if line.startswith("error scenario-failed released_end: ")]
    assert len(said) == 1 and 'The scenario "A held remittance is released" of era_exception fails.' in said[0]
