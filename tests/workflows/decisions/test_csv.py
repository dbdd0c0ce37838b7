"""Tables in spreadsheets: nothing is lost there and back, nothing is taken for a formula, nothing is half read."""

import csv
import io
import string
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.workflows.decisions.build import Column, decision, definitions, literal, table
from tests.workflows.decisions.test_lint_properties import Table, tables
from workflows.decisions import DecisionModelRefused, DecisionNotFound, examine, read
from workflows.decisions.sheet_csv import SEPARATORS, from_csv, to_csv
from workflows.decisions.sheets import (
    DESCRIPTION,
    INPUT,
    NOTE,
    OUTPUT,
    Sheet,
    SheetColumn,
    SheetProblem,
    SheetRefused,
    SheetRow,
    letters,
    sheet_of,
)
from workflows.decisions.write import new_file, replace_table

SHIPPED = Path(str(files("workflows"))) / "bpmn" / "denial_appeal"
SCHEMA = Path(str(files("SpiffWorkflow"))) / "dmn" / "parser" / "schema"
FEE = Sheet(
    decision_id="fee",
    decision_name="Fee",
    policy="FIRST",
    gate=True,
    columns=(
        SheetColumn(INPUT, "c1", "State", "state", "string", '"NY", "NJ"'),
        SheetColumn(INPUT, "c2", "", "amount", "number"),
        SheetColumn(OUTPUT, "o1", "", "way", "string", '"ask", "go"', '"ask"', '"ask"', True),
        SheetColumn(NOTE, label="source"),
        SheetColumn(DESCRIPTION, label="description"),
    ),
    rows=(
        SheetRow("r1", ('"NY"', "-5", '"ask"', "=1+1", "")),
        SheetRow("r2", ("", "[1..5]", '"go"', "+49 30 123", "two\nlines; and, more")),
    ),
)

# -- there and back

letters_of_text = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t;,'\"=+-@")
words = st.text(letters_of_text, max_size=12)
names = st.text(string.ascii_letters + "_", min_size=1, max_size=8)
trimmed = words.map(str.strip)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    kinds = [INPUT] * draw(st.integers(1, 3)) + [OUTPUT] * draw(st.integers(1, 2)) + [NOTE] * draw(st.integers(0, 2))
    kinds += [DESCRIPTION] * draw(st.integers(0, 1))
    columns = tuple(_column(draw, kind) for kind in kinds)
    ids = draw(st.lists(names, max_size=4, unique=True))
    rows = tuple(SheetRow(one, tuple(_cell(draw, kind) for kind in kinds)) for one in ids)
    return Sheet(draw(names), draw(trimmed), draw(st.sampled_from(("FIRST", "COLLECT SUM", "RULE ORDER"))),
                 draw(st.booleans()), columns, rows)  # fmt: skip


def _column(draw: st.DrawFn, kind: str) -> SheetColumn:
    if kind in (NOTE, DESCRIPTION):
        return SheetColumn(kind, label=draw(trimmed))
    only = {"default": draw(trimmed), "fail_closed": draw(trimmed)} if kind == OUTPUT else {}
    return SheetColumn(kind, draw(names), draw(trimmed), draw(trimmed), draw(names), draw(trimmed), **only,
                       strictest_first=kind == OUTPUT and draw(st.booleans()))  # fmt: skip


def _cell(draw: st.DrawFn, kind: str) -> str:
    if kind == INPUT:
        return draw(trimmed.filter(lambda text: text not in ("-", "TRUE", "FALSE")))
    return draw(trimmed.filter(lambda text: text not in ("", "TRUE", "FALSE"))) if kind == OUTPUT else draw(words)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets(), st.sampled_from(SEPARATORS))
def test_a_sheet_comes_back_as_it_went(sheet: Sheet, separator: str) -> None:
    data = to_csv(sheet, separator)
    assert data.startswith(b"\xef\xbb\xbf")
    assert from_csv(data) == sheet


@settings(deadline=None)
@given(sheets(), st.sampled_from(SEPARATORS))
def test_no_cell_begins_like_a_formula(sheet: Sheet, separator: str) -> None:
    text = to_csv(sheet, separator).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        assert not any(cell.lstrip(" ").startswith(tuple("=+-@\t\r")) for cell in row)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_a_table_imported_into_a_new_file_is_the_same_table(drawn: Table) -> None:
    columns = [Column(name, domain.type, limit) for name, domain, limit in drawn.columns]
    before = definitions(decision(table(drawn.policy, columns, [Column("y", values='"x", "y", "z"')], drawn.rows)))
    sheet = sheet_of(before)
    after = new_file(from_csv(to_csv(sheet)))
    assert rules_of(after) == rules_of(before)
    assert [replace(one, id="") for one in sheet_of(after).columns] == [replace(one, id="") for one in sheet.columns]


def rules_of(xml: bytes) -> list[tuple[object, ...]]:
    """What the engine sees of the rules."""
    (found,) = read(xml).tables
    return [
        (rule.id, *(one.text.strip() for one in (*rule.cells, *rule.outputs)), rule.annotation) for rule in found.rules
    ]


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.dmn")), ids=lambda path: path.stem)
def test_a_shipped_table_taken_out_and_put_back_is_the_same_file(path: Path) -> None:
    before = path.read_bytes()
    after = replace_table(before, from_csv(to_csv(sheet_of(before), ";")))
    assert canonical(after) == canonical(before)


def canonical(xml: bytes) -> bytes:
    return bytes(etree.tostring(etree.fromstring(xml), method="c14n"))


# -- what is written


def test_a_new_file_is_valid_and_says_the_same() -> None:
    xml = new_file(FEE)
    assert sheet_of(xml) == FEE
    assert b"https://www.omg.org/spec/DMN/20230324/MODEL/" in xml
    found = read(xml).tables[0]
    assert (found.gate, found.outputs[0].strictest_first) == (True, True)
    validate(xml)


def validate(xml: bytes) -> None:
    """Against the schema of DMN 1.3, from which the tables of DMN 1.5 do not differ but by the namespace."""
    schema = etree.XMLSchema(etree.parse(str(SCHEMA / "DMN13.xsd")))
    schema.assertValid(etree.fromstring(xml.replace(b"DMN/20230324/", b"DMN/20191111/")))


def test_rules_keep_their_ids_and_drawings_stay() -> None:
    before = new_file(FEE).replace(
        b"</definitions>",
        b'<!-- by hand --><dmndi:DMNDI xmlns:dmndi="https://www.omg.org/spec/DMN/20230324/DMNDI/"/></definitions>',
    )
    changed = replace(FEE.rows[1], cells=('"NJ"', *FEE.rows[1].cells[1:]))
    added = SheetRow("", ("", "", '"ask"', "", ""), line=17)
    after = replace_table(before, replace(FEE, rows=(FEE.rows[0], changed, added)))
    assert b"DMNDI" in after and b"by hand" in after
    assert [rule.id for rule in read(after).tables[0].rules] == ["r1", "r2", "fee_table_rule_17"]
    lines = after.splitlines()
    assert [one for one in before.splitlines() if one not in lines] == []  # the cell that said "-" is not the only one
    validate(after)


def test_columns_may_be_added_moved_and_taken_away() -> None:
    _, amount, way, source, text = FEE.columns
    new = SheetColumn(INPUT, "", "", "late", "boolean")
    rows = tuple(SheetRow(row.id, (row.cells[1], "true", *row.cells[2:])) for row in FEE.rows)
    after = replace_table(new_file(FEE), replace(FEE, columns=(amount, new, way, source, text), rows=rows))
    assert [one.expression for one in sheet_of(after).columns] == ["amount", "late", "way", "", ""]
    assert sheet_of(after).rows == rows
    assert b'"c2"' in after and b'"c1"' not in after


def test_what_is_added_to_a_column_stands_where_the_schema_wants_it() -> None:
    bare = [replace(one, allowed="", strictest_first=False) for one in FEE.columns]
    after = replace_table(new_file(replace(FEE, columns=tuple(bare))), FEE)
    assert sheet_of(after) == FEE
    validate(after)


def test_other_decisions_and_types_are_left_alone() -> None:
    kinds = '<itemDefinition name="tWay"><typeRef>string</typeRef></itemDefinition>'
    columns = [Column("x", "tWay")], ["y"]
    one = decision(table("FIRST", *columns, [["-", "1"]]), "one")
    other = table("FIRST", *columns, [["-", "2"]]).replace('id="t"', 'id="t2"').replace('id="r1"', 'id="q1"')
    two = decision(other, "two")
    before = definitions(kinds + one + two)
    sheet = sheet_of(before, "two")
    row = replace(sheet.rows[0], cells=("", "3"))
    after = read(replace_table(before, replace(sheet, rows=(row,))))
    assert [one.rules[0].outputs[0].text for one in after.tables] == ["1", "3"]


# -- refusals


def sheet_text(*rows: str) -> bytes:
    head = ("decision id,d", "hit policy,FIRST", "column kind,input,output", "column expression,x,y")
    return "\n".join((*head, "column type,number,", "rule id,x,y", *rows)).encode()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["r1,< 5,1", "r1,> 5,2"], ["Row 8, column A: The id"]),
        (["1r,< 5,1"], ["Row 7, column A: An id has"]),
        (["r1,< 5"], ["Row 7: The rule has 1 cells"]),
        (["r1,< 5,1,2"], ["Row 7, column D: The cell is in no column"]),
        (["r1,< 5,", "", "r2,> 5,1\x01"], ["Row 7, column C: An output", "Row 9, column C: The cell has a char"]),
        (["r1,<< 5,1", "r2,> 5,1 +"], ["Row 7, column B: A value", "Row 8, column C: A value"]),
        (['r1,"< 5,1'], ["Row 7: The line cannot be read"]),
    ],
)
def test_a_sheet_with_bad_rows_is_refused_whole_with_their_places(rows: list[str], expected: list[str]) -> None:
    with pytest.raises(SheetRefused) as caught:
        new_file(from_csv(sheet_text(*rows)))
    said = [str(one) for one in caught.value.problems]
    assert len(said) == len(expected)
    assert all(one.startswith(start) for one, start in zip(said, expected, strict=True)), said


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"decision id,d", b"something,d", "The first line"),
        (b"rule id", b"rules", "No line starts with"),
        (b"column kind,input,output", b"column kind,input,outputs", "A column is one of"),
        (b"column kind,input,output", b"column kind,output,input", "Columns come in the order"),
        (b"column kind,input,output", b"column kind,input,input", "at least one input and one output"),
        (b"column kind,input,output", b"hit policy,FIRST", '"hit policy" is there twice'),
        (b"column kind,input,output", b"", '"column kind" is missing'),
        (b"column type,number,", b"colum type,number,", "is not known here"),
        (b"column type,number,", b"column type,number,,string", "in no column"),
        (b"column type,number,", b"column type,nummer,", 'no type "nummer"'),
        (b"hit policy,FIRST", b"hit policy,LAST", 'hit policy "LAST"'),
        (b"hit policy,FIRST", b"gate,maybe", '"gate" is yes or empty'),
        (b"decision id,d", b"decision id,1 d", "The decision id"),
        (b"column expression,x,y", b"column expression,,y", "has no expression"),
        (b"decision id,d", "decision id,dé".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_sheet_whose_head_is_wrong_is_refused(old: bytes, new: bytes, expected: str) -> None:
    with pytest.raises(SheetRefused) as caught:
        new_file(from_csv(sheet_text("r1,< 5,1").replace(old, new)))
    assert expected in str(caught.value)


def test_an_id_of_something_else_is_not_taken() -> None:
    with pytest.raises(SheetRefused) as caught:
        replace_table(new_file(FEE), replace(FEE, rows=(replace(FEE.rows[0], id="fee_table", line=9),)))
    reason = 'The id "fee_table" is that of something else in the file. Empty it.'
    assert caught.value.problems == (SheetProblem(9, "A", reason),)


def test_what_a_spreadsheet_makes_of_it_is_understood() -> None:
    """TRUE for true, empty cells at the ends, empty lines, a first line that names the separator."""
    head = b"sep=;\r\ndecision id;d;;\r\n;;;\r\ncolumn kind;input;output;\r\ncolumn expression;late;y;\r\n"
    sheet = from_csv(head + b"rule id;late;y;\r\nr1;TRUE;FALSE;\r\n;;;\r\n;-;null;\r\n")
    assert [row.cells for row in sheet.rows] == [("true", "false"), ("", "null")]


def test_only_tables_can_be_exported() -> None:
    two = definitions(decision(literal("1"), "one") + decision(literal("2"), "two"))
    with pytest.raises(SheetRefused, match="not have exactly one decision table"):
        sheet_of(two)
    with pytest.raises(SheetRefused, match="is not a table"):
        sheet_of(two, "one")
    with pytest.raises(DecisionNotFound):
        sheet_of(two, "three")
    with pytest.raises(DecisionModelRefused):
        replace_table(b"<!DOCTYPE x><definitions/>", FEE)


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_in_a_spreadsheet(column: int, name: str) -> None:
    assert letters(column) == name


def test_what_is_written_has_no_findings() -> None:
    assert examine(new_file(FEE))[1] == []
