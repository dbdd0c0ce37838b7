"""The example of docs/administrators.md does what the page says."""

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from webapp.cli import process

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "workflows" / "bpmn" / "denial_appeal"
PAGE = (ROOT / "docs" / "administrators.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Scenarios\n")[2].partition("\n## ")[0]


def test_the_example_gives_what_the_page_shows(tmp_path: Path) -> None:
    copy = tmp_path / "my_process"
    shutil.copytree(SHIPPED, copy)
    (told,) = re.findall(r"^```json\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    (copy / "scenarios.json").write_text(told, encoding="utf-8")
    command, _, shown = re.findall(r"^```\n\$ (.*?)^```", SECTION, re.MULTILINE | re.DOTALL)[0].partition("\n")
    words = command.replace("my_process/", str(copy)).split()
    assert words[:2] == ["./run", "process"]
    result = CliRunner().invoke(process.command, words[2:])
    assert result.stdout == shown
    assert result.exit_code == 1


def test_the_page_names_every_key() -> None:
    from workflows.scenarios.reading_steps import _EXPECT, _VERBS, ANSWERS

    named = set(re.findall(r"`(\w+)`", SECTION))
    for key in (*ANSWERS, *_EXPECT, *_VERBS, *(one for keys in _VERBS.values() for one in keys)):
        assert key in named, key
