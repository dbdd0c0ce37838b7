"""What the table linter finds, each time with an example an author can try."""

from random import Random
from time import process_time

import pytest

from tests.pace import allowed
from tests.workflows.decisions.build import Column, decision, definitions, model, table
from tests.workflows.decisions.say import decided, result
from workflows.decisions import DecisionConflict, lint, read
from workflows.decisions.findings import TableFinding
from workflows.decisions.lint import rows as lint_rows

STATE = Column("state", "string", '"NY", "NJ"')
CATCH_ALL = ["-", '"ask"']


def rules_of(*arguments: object) -> dict[str, str]:
    """Rule to message."""
    return {one.rule: one.message for one in lint(model(*arguments))}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "column", "rows", "expected"),
    [
        ("UNIQUE", STATE, [['"NY"', "1"], ['"NJ"', "2"]], {"table-null-gap"}),
        ("UNIQUE", STATE, [['"NY"', "1"]], {"table-gap", "table-no-fail-closed-row"}),
        ("UNIQUE", Column("state", "string"), [['"NY"', "1"], ['not("NY")', "2"]], set()),
        ("UNIQUE", Column("n", "number"), [["< 5", "1"], [">= 5", "2"]], {"table-null-gap"}),
        ("UNIQUE", Column("n", "number"), [["< 5", "1"], ["> 5", "2"]], {"table-gap", "table-no-fail-closed-row"}),
        ("UNIQUE", Column("n", "number"), [["<= 5", "1"], [">= 5", "2"]], {"table-overlap", "table-null-gap"}),
        ("UNIQUE", Column("n", "number"), [["[1..5)", "1"], ["[5..9]", "2"], ["not([1..9])", "3"]], {"table-null-gap"}),
        ("UNIQUE", Column("b", "boolean"), [["true", "1"], ["false", "2"]], {"table-null-gap"}),
        ("UNIQUE", Column("d", "date"), [['< @"2026-01-01"', "1"], ['> @"2025-12-31"', "2"]], {"table-null-gap"}),
        ("FIRST", STATE, [['"NY"', "1"], ['"NY"', "2"], ["-", "3"]], {"table-unreachable-row"}),
        ("FIRST", STATE, [['"TX"', "1"], ["-", "2"]], {"table-unreachable-row"}),
        ("FIRST", STATE, [["-", "1"]], {"table-unused-column"}),
        ("FIRST", STATE, [], {"table-no-fail-closed-row"}),
        ("FIRST", Column("n", "number"), [['"5"', "1"], ["-", "2"]], {"table-type", "table-unreachable-row"}),
        ("FIRST", Column("t", "time"), [['> @"10:00:00"', "1"], ["-", "2"]], set()),
        ("FIRST", Column("t", "time"), [['< @"10:00:00Z"', "1"], ['>= @"10:00:00Z"', "2"]], {"table-null-gap"}),
        ("UNIQUE", Column("t", "time"), [['< @"01:00:00Z"', "1"], ['> @"00:59:59Z"', "2"]],
         {"table-overlap", "table-null-gap"}),
        ("UNIQUE", Column("t", "time"), [['<= @"23:59:59.999Z"', "1"], ['> @"23:59:59.999Z"', "2"], ["null", "3"]],
         {"table-zone-gap"}),
        ("UNIQUE", Column("t", "time"), [['< @"00:00:00Z"', "1"], ['>= @"02:00:00+02:00"', "2"]], {"table-null-gap"}),
        ("FIRST", Column("d", "dateTime"), [['< @"2026-01-01T00:00:00Z"', "1"], ['>= @"2026-01-01T00:00:00Z"', "2"],
         ["null", "3"]], {"table-zone-gap"}),
        ("FIRST", Column("s", "string"), [['> "m"', "1"], ["-", "2"]], set()),
        ("FIRST", Column("s", "string"), [['> "m"', "1"]], {"table-gap", "table-no-fail-closed-row"}),
        ("UNIQUE", Column("s", "string"), [['<= "m"', "1"], ['>= "m"', "2"]], {"table-overlap", "table-null-gap"}),
        ("UNIQUE", Column("s", "string"), [['< "m"', "1"], ['>= "m"', "2"]], {"table-null-gap"}),
        ("UNIQUE", Column("n", "number", "? = floor(?)"), [["<= 1", "1"], [">= 2", "2"]], {"table-null-gap"}),
        ("UNIQUE", Column("n", "number", "[1..9]"), [["< 5", "1"], ["[5..9]", "2"], ["null", "3"]], set()),
        ("UNIQUE", Column("n", "number", "1, 2, 3"), [["< 2", "1"], ["[2..3]", "2"], ["> 3", "3"]],
         {"table-null-gap", "table-unreachable-row"}),
        ("FIRST", Column("n", "number"), [["odd(?)", "1"], ["even(?)", "2"], ["-", "3"]], set()),
        ("FIRST", Column("s", "string"), [['starts with(?, "A")', "1"], ['not(starts with(?, "A"))', "2"]],
         {"table-null-gap"}),
        ("UNIQUE", Column("s", "string"), [['starts with(?, "A")', "1"], ['"AB"', "2"], ["null", "3"]],
         {"table-overlap", "table-gap", "table-no-fail-closed-row"}),
        ("UNIQUE", Column("n", "number"), [["> limit", "1"], ["<= limit", "2"]], {"table-null-gap"}),
        ("UNIQUE", Column("n", "number"), [["> limit", "1"], ["<= limit", "2"], ["null", "3"]], {"table-not-decided"}),
        ("UNIQUE", Column("n", "number"), [["> limit", "1"], ["<= other", "2"], ["-", "3"]], {"table-overlap"}),
        ("UNIQUE", Column("d", "date"), [["< today()", "1"], [">= today()", "2"], ["null", "3"]], set()),
        ("UNIQUE", Column("d", "date"), [["<= today()", "1"], [">= today()", "2"], ["null", "3"]], {"table-overlap"}),
        ("FIRST", Column("xs", "list"), [[f'list contains(?, "{letter}")', "1"] for letter in "abcdefghi"],
         {"table-not-decided", "table-no-fail-closed-row"}),
        ("ANY", STATE, [['"NY"', "1"], ["-", "2"]], {"table-overlap"}),
        ("ANY", STATE, [['"NY"', "1"], ["-", "2 - 1"]], set()),
        ("COLLECT", STATE, [['"NY"', "1"]], {"table-gap"}),
        ("FIRST", Column("xs"), [['list contains(?, "a")', "1"], ["-", "2"]], set()),
        ("UNIQUE", Column("xs"), [['list contains(?, "a")', "1"], ['list contains(?, "b")', "2"], ["null", "3"]],
         {"table-overlap", "table-gap", "table-no-fail-closed-row"}),
        ("UNIQUE", Column("xs"), [['list contains(?, "a")', "1"], ["-", "2"]], {"table-overlap"}),
    ],
)
def test_findings(policy: str, column: Column, rows: list[list[str]], expected: set[str]) -> None:
    assert set(rules_of(policy, [column], ["y"], rows)) == expected


def test_a_gap_beside_a_computed_cell_is_found_with_an_input() -> None:
    rows = [["> limit", '"a"', "1"], ["<= limit", '"a"', "2"], ["-", 'not("a", "c")', "3"]]
    table = model("UNIQUE", [Column("n", "number"), Column("s", "string")], ["y"], rows)
    (found,) = [one for one in lint(table) if one.rule == "table-gap"]
    assert isinstance(found, TableFinding) and found.example is not None
    assert found.example["s"] == "c"
    assert result(table, **found.example).matched == ()


def test_columns_that_read_one_expression_are_one_and_related_ones_are_told() -> None:
    same = [Column("n", "number", label="at least"), Column(" n ", "number", label="at most")]
    rows = [["> 5", "< 3", "1"], ["<= 5", "-", "2"], ["-", "> 5", "3"], ["null", "-", "4"]]
    found = [one for one in lint(model("UNIQUE", same, ["y"], rows)) if isinstance(one, TableFinding)]
    assert [(one.rule, one.rules) for one in found] == [("table-unreachable-row", ("r1",))]
    related = [Column("n", "number"), Column("n > 5", "boolean")]
    rows = [["> 5", "false", "1"], ["<= 5", "-", "2"], ["-", "true", "3"], ["null", "-", "4"]]
    told = {one.rule: one.severity for one in lint(model("UNIQUE", related, ["y"], rows))}
    assert told == {"table-overlap": "warn", "table-null-gap": "info", "table-not-decided": "info"}


def test_the_type_of_a_column_is_that_of_the_field_it_reads() -> None:
    types = (
        '<itemDefinition name="tClaim"><itemComponent name="paid"><typeRef>boolean</typeRef></itemComponent>'
        '</itemDefinition><inputData id="i" name="claim"><variable name="claim" typeRef="tClaim"/></inputData>'
    )
    needs = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    drawn = table("FIRST", ["claim.paid"], ["y"], [["true", "1"], ["false", "2"], ["null", "3"]])
    assert lint(read(definitions(types + decision(drawn, requires=needs)))) == []


def test_two_columns_of_one_name_are_told_apart_in_examples() -> None:
    columns = [Column("a", label="x"), Column("b", label="x")]
    found = lint(model("UNIQUE", columns, ["y"], [['"1"', '"2"', "1"]]))
    assert found[0].rule == "table-column-name"
    gap = next(one for one in found if one.rule == "table-gap")
    assert isinstance(gap, TableFinding) and gap.example is not None and gap.example.keys() == {"x", "b"}


def test_a_large_table_is_decided_in_seconds() -> None:
    chance = Random(1)
    columns = [Column(f"c{number}", "number") for number in range(12)]
    lows = [[chance.randint(0, 1000) for _ in columns] for _ in range(500)]
    rows = [[*(f"[{low}..{low + 5})" for low in row), "1"] for row in lows]
    drawn = model("FIRST", columns, ["y"], rows)
    before = process_time()
    assert {one.rule for one in lint(drawn)} == {"table-gap", "table-no-fail-closed-row"}
    assert process_time() - before < 10


def test_thousands_of_constants_in_a_column_are_cut_in_time() -> None:
    rows = [[",".join(str(row * 1000 + one) for one in range(900)), "1"] for row in range(10)]
    drawn = model("UNIQUE", [Column("code", "number")], ["y"], rows)
    before = process_time()
    assert [one.rule for one in lint(drawn)] == ["table-gap", "table-no-fail-closed-row"]
    assert process_time() - before < allowed(1.5)  # 0.3 s where it was measured; 3.4 s when each meets each


def test_a_table_that_is_too_hard_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_rows, "GAP_EFFORT", 50)
    monkeypatch.setattr(lint_rows, "ROWS_EFFORT", 50)
    columns = [Column(f"c{number}", "number") for number in range(4)]
    rows = [[f"> {number}", f"< {number}", "-", f"> {9 - number}", "1"] for number in range(9)]
    found = lint(model("FIRST", columns, ["y"], rows))
    assert [one.rule for one in found].count("table-not-decided") == 2
    assert "too large" in next(one.message for one in found if one.rule == "table-not-decided")


def test_outputs_are_held_against_their_type_and_values() -> None:
    outputs = [Column("y", "string", '"a", "b"')]
    assert "table-output-value" in rules_of("FIRST", [STATE], outputs, [["-", '"c"']])
    assert "table-type" in rules_of("FIRST", [STATE], outputs, [["-", "5"]])


def test_a_default_output_closes_the_table() -> None:
    assert "table-gap" not in rules_of("UNIQUE", [STATE], [Column("y", default="0")], [['"NY"', "1"]])


def test_the_example_of_a_gap_really_matches_nothing() -> None:
    table = model("UNIQUE", [STATE, Column("n", "number")], ["y"], [['"NY"', "-", "1"], ['"NJ"', "< 5", "2"]])
    message = next(one.message for one in lint(table) if one.rule == "table-gap")
    assert 'state = "NJ", n = 5' in message
    assert decided(table, state="NJ", n=5) is None


def test_the_example_of_an_overlap_really_conflicts() -> None:
    table = model("UNIQUE", ["a", "b"], ["y"], [["> 1", "-", "1"], ["-", "< 0", "2"], ["not(> 1)", ">= 0", "3"]])
    message = next(one.message for one in lint(table) if one.rule == "table-overlap")
    assert "a = 2, b = -1" in message
    with pytest.raises(DecisionConflict):
        decided(table, a=2, b=-1)


def test_wide_tables_are_decided_without_listing_all_combinations() -> None:
    columns = [Column(f"c{number}", "boolean") for number in range(40)]
    rows = [["-"] * number + ["true"] + ["-"] * (39 - number) + [str(number)] for number in range(40)]
    assert set(rules_of("FIRST", columns, ["y"], [*rows, ["-"] * 40 + ["99"]])) == set()
