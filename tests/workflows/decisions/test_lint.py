"""What the table linter finds, each time with an example an author can try."""

import pytest

from tests.workflows.decisions.build import Column, model
from tests.workflows.decisions.say import decided
from workflows.decisions import DecisionConflict, lint

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
        ("FIRST", Column("n", "number"), [['"5"', "1"], ["-", "2"]], {"table-type", "table-not-decided"}),
        ("FIRST", Column("t", "time"), [['> @"10:00:00"', "1"], ["-", "2"]], {"table-not-decided"}),
        ("FIRST", Column("s", "string"), [['> "m"', "1"], ["-", "2"]], {"table-not-decided"}),
        ("FIRST", Column("s", "string"), [['> "m"', "1"]], {"table-not-decided", "table-no-fail-closed-row"}),
        ("ANY", STATE, [['"NY"', "1"], ["-", "2"]], {"table-overlap"}),
        ("ANY", STATE, [['"NY"', "1"], ["-", "2 - 1"]], set()),
        ("COLLECT", STATE, [['"NY"', "1"]], {"table-gap"}),
        ("FIRST", Column("xs"), [['list contains(?, "a")', "1"], ["-", "2"]], set()),
        ("UNIQUE", Column("xs"), [['list contains(?, "a")', "1"], ["-", "2"]], {"table-overlap"}),
    ],
)
def test_findings(policy: str, column: Column, rows: list[list[str]], expected: set[str]) -> None:
    assert set(rules_of(policy, [column], ["y"], rows)) == expected


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
