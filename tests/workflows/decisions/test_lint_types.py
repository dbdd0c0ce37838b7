"""Types across a decision table: cells that compute, columns, outputs, and what a decision gives and asks for."""

import pytest

from tests.workflows.decisions.build import Column, decision, definitions, model, table
from workflows.decisions import lint, read
from workflows.decisions.lint.types import DecisionTypes
from workflows.feel.infer.types import words

NUMBER, TEXT = Column("n", "number"), Column("s", "string")


def said(*arguments: object) -> list[tuple[str, str | None, str]]:
    found = lint(model(*arguments))  # type: ignore[arg-type]
    return [(one.severity, one.element_id, one.message) for one in found if one.rule == "table-type"]


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        (NUMBER, '"5"', 'In row 1, column "n": n is a number, but "5" is text. Write 5 without quotes.'),
        (NUMBER, "limit", None),
        (
            NUMBER,
            '? + "a" = 3',
            'In row 1, column "n": The tested value is a number and "a" is text: "+" has no result for them. '
            "To join them, write string( … ) around the number.",
        ),
        (
            NUMBER,
            "string length(?) > 3",
            'In row 1, column "n": The tested value is a number, but "string length" takes text here. '
            "Convert it with string( … ).",
        ),
        (
            TEXT,
            "? > 3",
            'In row 1, column "s": The tested value is text, but 3 is a number. Write "3" in double quotes.',
        ),
        (
            TEXT,
            "today()",
            'In row 1, column "s": s is text, but today( … ) is a date. Convert the text with date( … ).',
        ),
        (
            Column("l", "list&lt;string&gt;"),
            '"A"',
            'In row 1, column "l": l is a list of text, but "A" is text. Ask with '
            "list contains( … ), or pick one item: […][1].",
        ),
        (Column("l", "list&lt;string&gt;"), 'list contains(?, "A")', None),
        (Column("n", "number"), "-", None),
        (Column("n + 1", "number"), "3", None),
        (Column("n"), '"5"', None),
    ],
)
def test_cells(column: Column, cell: str, message: str | None) -> None:
    found = [one[2] for one in said("FIRST", [column], [Column("r")], [[cell, "1"], ["-", "2"]])]
    assert found == ([message] if message else [])


@pytest.mark.parametrize(
    ("output", "cell", "message"),
    [
        (
            Column("r", "string"),
            "n + 1",
            "In row 1 the output is a number, declared as text. Correct the cell or the type.",
        ),
        (
            Column("r", "number"),
            'n + "x"',
            'In row 1 the output: n is a number and "x" is text: "+" has no result for them. '
            "To join them, write string( … ) around the number.",
        ),
        (Column("r", "number"), "n + 1", None),
        (Column("r"), "n + 1", None),
    ],
)
def test_outputs(output: Column, cell: str, message: str | None) -> None:
    data = '<inputData id="i" name="n"><variable name="n" typeRef="number"/></inputData>'
    needs = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    logic = table("FIRST", [NUMBER], [output], [["-", cell]])
    found = lint(read(definitions(data + decision(logic, requires=needs))))
    assert [one.message for one in found if one.rule == "table-type"] == ([message] if message else [])


def test_a_column_that_reads_another_type_than_it_declares() -> None:
    assert said("FIRST", [Column('"a" + "b"', "number", label="joined")], [Column("r")], [["-", "1"]]) == [
        (
            "error",
            "t",
            'The column "joined" is declared as a number, but reads text. Correct its type or its expression.',
        )
    ]


@pytest.mark.parametrize(
    ("policy", "outputs", "rows", "expected"),
    [
        ("UNIQUE", [Column("r", "string")], [["-", '"a"']], "text"),
        ("UNIQUE", [Column("r")], [["> 1", "1"], ["-", "2"]], "a number"),
        ("UNIQUE", [Column("r")], [["> 1", "1"], ["-", '"a"']], "of unknown type"),
        ("FIRST", [Column("a", "string"), Column("b")], [["-", '"x"', "1"]], "a group of named values"),
        ("COLLECT", [Column("r", "string")], [["-", '"a"']], "a list of text"),
        ("RULE ORDER", [Column("r")], [["-", "1"]], "a list of numbers"),
        ("COLLECT SUM", [Column("r", "number")], [["-", "1"]], "a number"),
        ("COLLECT COUNT", [Column("r", "string")], [["-", '"a"']], "a number"),
    ],
)
def test_the_type_of_a_decision_is_that_of_its_table(
    policy: str, outputs: list[Column], rows: list[list[str]], expected: str
) -> None:
    made = model(policy, [NUMBER], outputs, rows)
    assert words(DecisionTypes(made).result("d")) == expected


def test_what_a_decision_asks_for_includes_what_the_decisions_it_requires_ask_for() -> None:
    data = "".join(
        f'<inputData id="i{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
        for name, kind in (("n", "number"), ("s", "string"))
    )
    first = decision(
        table("FIRST", [NUMBER], [Column("r", "string")], [["-", '"a"']]),
        "first",
        '<informationRequirement><requiredInput href="#in"/></informationRequirement>',
    )
    second = decision(
        table("FIRST", ["first"], [Column("r")], [["3", "s"]]),
        "second",
        '<informationRequirement><requiredInput href="#is"/></informationRequirement>'
        '<informationRequirement><requiredDecision href="#first"/></informationRequirement>',
    )
    made = read(definitions(data + first + second))
    types = DecisionTypes(made)
    assert {name: words(kind) for name, kind in types.inputs("second").items()} == {"n": "a number", "s": "text"}
    assert words(types.result("second")) == "text"
    assert [one.message for one in lint(made) if one.rule == "table-type"] == [
        'In row 1, column "first": first is text, but 3 is a number. Write "3" in double quotes.'
    ]
