"""docs/decision-tables.md does what it says: every table, every command and every cell on it is tried."""

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.workflows.decisions.say import NOW
from webapp.cli import decision
from workflows.decisions import lint, read
from workflows.decisions.sheet_csv import from_csv
from workflows.decisions.write import new_file
from workflows.feel import parse, parse_unary_tests

PAGE = Path(__file__).parents[3] / "docs" / "decision-tables.md"
ROW = re.compile(r"^\| `([^|]+)` \| `([^|]+)` \| (?:`([^|]+)` )?\|$", re.MULTILINE)


@dataclass(frozen=True)
class Sample:
    """A table on the page. rules: what the checks find in it."""

    name: str
    rules: frozenset[str]
    content: bytes


@cache
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def samples() -> list[Sample]:
    found = re.findall(r"^```csv ?([^\n]*)\n(.*?)^```", page(), re.MULTILINE | re.DOTALL)
    return [
        Sample(text.partition("\n")[0].partition(",")[2], frozenset(rules.split()), text.encode())
        for rules, text in found
    ]


def commands() -> list[tuple[str, str]]:
    """Each command with what it prints."""
    blocks = re.findall(r"^```console\n(.*?)^```", page(), re.MULTILINE | re.DOTALL)
    return [(block.partition("\n")[0].removeprefix("$ "), block.partition("\n")[2]) for block in blocks]


@pytest.mark.parametrize("sample", samples(), ids=lambda one: one.name)
def test_the_checks_find_in_a_table_what_the_page_says(sample: Sample) -> None:
    assert {one.rule for one in lint(read(new_file(from_csv(sample.content))))} == sample.rules


@pytest.mark.parametrize(("command", "output"), commands())
def test_a_command_prints_what_the_page_says(
    command: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for sample in samples():
        Path(f"{sample.name}.dmn").write_bytes(new_file(from_csv(sample.content)))
    program, noun, *words = shlex.split(command)
    assert (program, noun) == ("countersign", "decision")
    printed = CliRunner().invoke(decision.command, words).stdout
    assert printed.replace("\r\n", "\n").removeprefix("\ufeff") == output


@pytest.mark.parametrize(("cell", "taken", "refused"), ROW.findall(page()))
def test_a_cell_takes_what_the_page_says(cell: str, taken: str, refused: str) -> None:
    test = parse_unary_tests(cell)
    assert test.matches(parse(taken).evaluate({}, now=NOW).value, {}, now=NOW) is True
    if refused:
        assert test.matches(parse(refused).evaluate({}, now=NOW).value, {}, now=NOW) is not True


def test_every_finding_of_the_checks_is_on_the_page() -> None:
    folder = PAGE.parents[1] / "workflows" / "decisions"
    texts = [one.read_text(encoding="utf-8") for one in folder.glob("lint/*.py")]
    rules = {rule for text in texts for rule in re.findall(r'"(table-[a-z-]+)"', text)}
    assert len(rules) > 10
    assert sorted(one for one in rules if one not in page()) == []
    assert len(ROW.findall(page())) == 15
