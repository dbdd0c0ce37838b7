"""`countersign decision`: tables checked, tried, and taken to a spreadsheet and back, without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.workflows.decisions.build import NAMESPACE, Column, decision, definitions, literal, table
from webapp.cli import decision as noun
from workflows.decisions import read

WAY = Column("way", "string", '"ask", "go"', fail_closed='"ask"')
STATE = Column("state", "string", '"NY", "NJ"')
CLOSED = definitions(decision(table("FIRST", [STATE, "day"], [WAY], [['"NY"', "-", '"go"'], ["-", "-", '"ask"']])))
OPEN = definitions(decision(table("UNIQUE", [STATE], [WAY], [['"NY"', '"go"']])))
CONFLICT = definitions(decision(table("UNIQUE", [STATE], [WAY], [['"NY"', '"go"'], ['not("NJ")', '"ask"']])))
TWO = definitions(
    decision(table("FIRST", [STATE], [WAY], [["-", '"ask"']]), "way")
    + decision(
        literal("way"), "around", '<informationRequirement><requiredDecision href="#way"/></informationRequirement>'
    )
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "way.dmn"
    path.write_bytes(CLOSED)
    return path


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(noun.command, [str(one) for one in words])


def saved(folder: Path, content: bytes, name: str = "other.dmn") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


# -- lint


def test_findings_are_one_line_each_and_only_errors_exit_1(tmp_path: Path, file: Path) -> None:
    fine = typed("lint", file)
    assert fine.exit_code == 0
    assert fine.stdout == f'{file}: info table-unused-column t: No rule reads the column "day". Remove it.\n'
    other = saved(tmp_path, OPEN)
    assert typed("lint", other).exit_code == 0
    gate = typed("lint", other, "--gate", "d")
    assert gate.exit_code == 1
    assert f"{other}: error table-no-fail-closed-row t: " in gate.stdout
    assert gate.stderr == "1 file(s), 1 error(s), 1 other finding(s)\n"


def test_examples_of_findings_can_be_run_as_they_are(tmp_path: Path) -> None:
    path = saved(tmp_path, CONFLICT)
    (found,) = [one for one in json.loads(typed("lint", path, "--json").stdout) if one["rule"] == "table-overlap"]
    assert found["rules"] == ["r1", "r2"]
    assert found["example"] == {"state": '"NY"'}
    context = "{" + ", ".join(f"{name}: {text}" for name, text in found["example"].items()) + "}"
    ran = typed("run", path, "--context", context)
    assert ran.exit_code == 1
    assert "matched contradicting rules: r1, r2" in ran.stderr


def test_a_gate_that_no_file_has_is_wrong_usage(file: Path) -> None:
    result = typed("lint", file, "--gate", "fee")
    assert result.exit_code == 2
    assert "No file has a decision fee. There are: d." in result.stderr


def test_an_unreadable_file_is_a_finding(tmp_path: Path) -> None:
    result = typed("lint", saved(tmp_path, b"<x"))
    assert result.exit_code == 1
    assert "error dmn-unreadable: The file is not well-formed XML." in result.stdout
    assert typed("lint", tmp_path / "nowhere.dmn").exit_code == 2


# -- run


def test_the_answer_is_printed_as_feel(file: Path) -> None:
    assert typed("run", file, "--context", '{"state": "NY"}').stdout == '"go"\n'
    assert typed("run", file).stdout == '"ask"\n'
    said = json.loads(typed("run", file, "--context", '{"state": "NY"}', "--json").stdout)
    assert (said["value"], said["matched"], said["error"]) == ("go", ["r1"], None)


def test_a_model_is_run_with_the_files_it_imports(tmp_path: Path) -> None:
    base = saved(tmp_path, definitions(decision(literal("3"), "three")).replace(b"urn:m", b"urn:base"), "base.dmn")
    imported = f'<import id="i" name="base" namespace="urn:base" importType="{NAMESPACE}"/>'
    requires = '<informationRequirement><requiredDecision href="urn:base#three"/></informationRequirement>'
    top = saved(tmp_path, definitions(imported + decision(literal("base.three + 1"), "d", requires)), "top.dmn")
    assert typed("run", top, "--decision", "d", "--import", base).stdout == "4\n"
    alone = typed("run", top, "--decision", "d")
    assert alone.exit_code == 1 and "urn:base" in alone.stderr


def test_a_name_that_nothing_reads_is_told(file: Path) -> None:
    result = typed("run", file, "--context", '{"State": "NY", "day": 1}')
    assert (result.exit_code, result.stdout) == (0, '"ask"\n')
    assert 'Nothing reads "State". The decisions read: day, state.\n' in result.stderr
    assert "Nothing reads" not in typed("run", file, "--context", '{"state": "NY"}').stderr


def test_the_decision_that_no_other_requires_is_run_unless_one_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path, TWO)
    assert typed("run", path).stdout == '"ask"\n'
    assert json.loads(typed("run", path, "--decision", "way", "--json").stdout)["decision"] == "way"
    both = saved(tmp_path, definitions(decision(literal("1"), "a") + decision(literal("2"), "b")))
    result = typed("run", both)
    assert result.exit_code == 2
    assert "Say which decision with --decision: a, b" in result.stderr


def test_an_explanation_shows_every_row_and_the_cell_that_said_no(file: Path) -> None:
    lines = typed("run", file, "--context", '{"state": "NJ", "day": 1}', "--explain").stdout.splitlines()
    assert lines == [
        '"ask"',
        'table t of d (FIRST) → "ask"',
        '  state = "NJ"',
        "  day = 1",
        "  row 1 r1: no",
        '    state: "NY"   "NJ" is not "NY"',
        '  row 2 r2: yes → "ask"',
    ]
    said = json.loads(typed("run", file, "--context", '{"state": "NJ"}', "--explain", "--json").stdout)
    assert said["tables"][0]["rows"][0]["cells"][0]["answer"] is False


def test_a_refusal_is_explained_too(tmp_path: Path) -> None:
    result = typed("run", saved(tmp_path, CONFLICT), "--context", '{"state": "NY"}', "--explain")
    assert result.exit_code == 1
    assert "row 2 r2: yes" in result.stdout


def test_the_time_is_what_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, definitions(decision(literal("now()"))))
    assert typed("run", path, "--now", "2026-11-24T09:30:00Z").stdout == '@"2026-11-24T09:30:00Z"\n'
    assert typed("run", path, "--now", "yesterday").exit_code == 2


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--decision", "fee"), 1, 'The model has no decision "fee". It has: d.'),
        (("--context", "{"), 2, "Neither JSON nor a FEEL context"),
        (("--context", "[1]"), 2, "A context has names and values"),
        (("--context", "@/nowhere.json"), 2, "/nowhere.json cannot be read: No such file or directory."),
        (("--context", '{"state": "TX"}'), 1, 'The input "state" of decision "d" is not one of the allowed values.'),
    ],
)
def test_what_cannot_be_run_is_said_in_a_sentence(file: Path, words: tuple[str, ...], code: int, sentence: str) -> None:
    result = typed("run", file, *words)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Traceback" not in result.output


# -- spreadsheets


@pytest.mark.parametrize(("separator", "mark"), [("comma", ","), ("semicolon", ";"), ("tab", "\t")])
def test_a_table_goes_to_a_spreadsheet_and_back(tmp_path: Path, file: Path, separator: str, mark: str) -> None:
    exported = typed("export", file, "--separator", separator)
    assert exported.stdout_bytes.startswith(b"\xef\xbb\xbfdecision id" + mark.encode())
    sheet = saved(tmp_path, exported.stdout_bytes.replace(b'""go""', b'""ask""'), "way.csv")
    out = tmp_path / "changed.dmn"
    result = typed("import", sheet, file, "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"{out}\td\t2 rule(s)\n")
    assert file.read_bytes() == CLOSED
    assert [rule.outputs[0].text for rule in read(out.read_bytes()).tables[0].rules] == ['"ask"', '"ask"']


def test_a_sheet_makes_a_new_file(tmp_path: Path, file: Path) -> None:
    sheet = saved(tmp_path, typed("export", file).stdout_bytes, "way.csv")
    fresh = tmp_path / "fresh.dmn"
    assert typed("import", sheet, fresh).exit_code == 0
    assert typed("run", fresh, "--context", '{"state": "NY"}').stdout == '"go"\n'


def test_bad_rows_are_named_and_nothing_is_written(tmp_path: Path, file: Path) -> None:
    sheet = saved(tmp_path, typed("export", file).stdout_bytes.replace(b'"""NY"""', b"<<"), "way.csv")
    result = typed("import", sheet, file)
    assert result.exit_code == 1
    assert "column B: " in result.stderr
    assert file.read_bytes() == CLOSED


def test_a_sheet_of_another_decision_is_refused_unless_one_is_named(tmp_path: Path, file: Path) -> None:
    other = saved(tmp_path, CLOSED.replace(b'id="d" name="d"', b'id="e" name="e"'))
    sheet = saved(tmp_path, typed("export", file).stdout_bytes, "way.csv")
    refused = typed("import", sheet, other)
    assert (refused.exit_code, refused.stderr) == (1, 'The model has no decision "d".\n')
    assert typed("import", sheet, other, "--decision", "e").exit_code == 0


def test_only_a_table_can_be_exported(tmp_path: Path, file: Path) -> None:
    path = saved(tmp_path, TWO)
    refused = typed("export", path, "--decision", "around")
    assert refused.stderr == 'The decision "around" is not a table. Choose another.\n'
    assert typed("export", path, "--decision", "nowhere").exit_code == 1
    assert typed("export", saved(tmp_path, b"<x", "broken.dmn")).exit_code == 1
    assert typed("import", saved(tmp_path, b"", "empty.csv"), file).exit_code == 1
    sheet = saved(tmp_path, typed("export", file).stdout_bytes, "w.csv")
    assert typed("import", sheet, tmp_path / "no" / "x.dmn").exit_code == 1
