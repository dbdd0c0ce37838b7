"""Every row says which cell kept it from matching, and a refusal is explained like an answer."""

from typing import cast

import pytest

from tests.workflows.decisions.build import Column, decision, definitions, literal, model, table
from tests.workflows.decisions.say import NOW, result
from workflows.decisions import DecisionConflict, DecisionInputInvalid, DecisionModel, explain, explain_rows, read
from workflows.decisions.explain import DecisionExplanation
from workflows.feel import Value, from_python

FEES = model(
    "UNIQUE",
    [Column("state", "string"), Column("share", "number")],
    [Column("answer", "string")],
    [
        ('"NY"', "-", '"refused"'),
        ('not("NY")', "> 20", '"ask counsel"'),
        ('"NJ","CT"', "[0..20]", '"permitted"'),
        ("-", "null", '"ask"'),
    ],
)


def explained(of: DecisionModel, decision_id: str = "d", /, **context: object) -> DecisionExplanation:
    return explain(of, decision_id, cast(dict[str, Value], from_python(context)), now=NOW)


def whys(found: DecisionExplanation) -> list[tuple[bool, list[str]]]:
    return [(row.matched, [cell.why for cell in row.against]) for row in found.tables[0].rows]


def test_each_row_says_why_it_does_not_match() -> None:
    assert whys(explained(FEES, state="NJ", share=15)) == [
        (False, ['"NJ" is not "NY"']),
        (False, ["15 is not more than 20"]),
        (True, []),
        (False, ["15 is not null"]),
    ]


def test_a_matching_cell_has_its_reason_too() -> None:
    row = explained(FEES, state="CT", share=20).tables[0].rows[2]
    assert [cell.why for cell in row.cells] == ['"CT" is one of "NJ","CT"', "20 is in [0..20]"]
    assert explained(FEES, state="NY", share=1).tables[0].rows[0].cells[1].why == "any value matches"


def test_a_missing_value_is_said() -> None:
    found = explained(FEES, state=None, share=25)
    assert whys(found)[0] == (False, ["the value is missing"])


def test_what_answers_is_what_decide_answers() -> None:
    found = explained(FEES, state="NJ", share=15)
    assert found.result == result(FEES, state="NJ", share=15)
    assert found.error is None
    assert [row.number for row in found.tables[0].rows if row.matched] == [3]
    assert found.tables[0].output == "permitted"


def test_a_conflict_is_explained() -> None:
    found = explained(FEES, state="NY", share=None)
    assert isinstance(found.error, DecisionConflict) and found.result is None
    assert [row.rule_id for row in found.tables[0].rows if row.matched] == list(found.error.rules)


def test_an_input_that_is_refused_is_an_error() -> None:
    assert isinstance(explained(FEES, state=5, share=1).error, DecisionInputInvalid)


def test_required_decisions_are_listed_in_order() -> None:
    requires = '<informationRequirement><requiredDecision href="#a"/></informationRequirement>'
    rates = decision(table("UNIQUE", ["a"], ["x"], [("> 1", '"high"'), ("<= 1", '"low"')]), "b", requires)
    found = explained(read(definitions(decision(literal("amount * 2"), "a") + rates)), "b", amount=3)
    assert [(one.decision_id, one.value) for one in found.decided] == [("a", 6), ("b", "high")]


def test_kept_inputs_explain_a_decision_later() -> None:
    trace = result(FEES, state="NJ", share=15).trace[0]
    rows = explain_rows(FEES.tables[0], trace.inputs, now=NOW)
    assert tuple(row.rule_id for row in rows if row.matched) == trace.matched
    assert rows == explained(FEES, state="NJ", share=15).tables[0].rows


def test_cells_that_read_other_names_are_explained_with_them() -> None:
    limits = model("FIRST", ["amount"], ["x"], [("? > limit", '"over"'), ("-", '"fine"')])
    found = explained(limits, amount=5, limit=9)
    assert whys(found)[0] == (False, ["? > limit is false for 5"])
    missing = explained(limits, amount=5)
    assert "limit" in whys(missing)[0][1][0]


@pytest.mark.parametrize("annotation", ["<annotationEntry><text>42 CFR 422.574</text></annotationEntry>",
                                        "<description>42 CFR 422.574</description>"])  # fmt: skip
def test_what_the_author_wrote_beside_a_row_is_shown(annotation: str) -> None:
    xml = definitions(decision(table("FIRST", ["a"], ["x"], [("-", "1")]))).decode()
    place = '<rule id="r1">'
    found = explained(read(xml.replace(place, place + annotation).encode()), a=1)
    assert found.tables[0].rows[0].annotation == "42 CFR 422.574"


def test_long_values_are_shortened() -> None:
    why = explained(FEES, state="x" * 500, share=15).tables[0].rows[0].cells[0].why
    assert len(why) < 150 and "…" in why
