"""docs/administrators.md: the commands are run as they stand, the table of repairs is whole, each translation holds."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.workflows.repair.corpus import ALL, ROOT, data_of, own
from webapp.cli import process
from workflows.repair import propose
from workflows.repair.foreign import in_feel

PAGE = (ROOT / "docs" / "administrators.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## Bring a model from another tool") :].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in SECTION.splitlines() if line.startswith("| ")]
NAMES = [name for row in ROWS if len(row) == 3 for name in re.findall(r"`([^`]+)`", row[0])]
ROWS_OF_TWO = [(match[1], match[2]) for match in re.finditer(r"^\| `(.+?)` \| (`.+`|–) \|$", SECTION, re.MULTILINE)]


def test_the_commands_do_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "refund.bpmn").write_bytes(own("camunda7"))
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    codes = [
        CliRunner().invoke(process.command, shlex.split(line)[2:]).exit_code for line in block.strip().splitlines()
    ]
    assert codes == [1, 1, 0]
    assert (tmp_path / "repaired.bpmn").exists()


def test_every_repair_that_is_offered_is_on_the_page() -> None:
    offered = {one.id.partition(":")[0] for path in ALL for one in propose(data_of(path))}
    unknown = [one for one in offered if not any(one == name or one.startswith(f"{name}-") for name in NAMES)]
    assert unknown == []


@pytest.mark.parametrize(("text", "feel"), ROWS_OF_TWO)
def test_an_expression_is_rewritten_as_the_page_says(text: str, feel: str) -> None:
    assert in_feel(text) == (None if feel == "–" else feel.strip("`"))


def test_the_page_has_its_examples() -> None:
    assert len(NAMES) > 30
    assert len(ROWS_OF_TWO) == 9
