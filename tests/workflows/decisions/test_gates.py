"""Gate tables: silence must not open them. Tried on the gates of the legal page, whole and broken."""

from dataclasses import replace

import pytest

from tests.workflows.decisions import domain_tables
from tests.workflows.decisions.build import Column, model
from tests.workflows.decisions.domain_tables import Gate, gate_xml
from tests.workflows.decisions.say import NOW
from workflows.decisions import decide, gate_findings, lint, read
from workflows.decisions.findings import TableFinding

CAREFUL = {
    "fee_arrangement": ("prohibit", "counsel_review"),
    "cpom_authority": ("prohibited", "pc_decides"),
    "referral_risk": ("prohibit", "counsel_high"),
}
legal = pytest.mark.skipif(not domain_tables.LEGAL.exists(), reason="the legal page is not beside the repository")
PERMIT = Column("y", values='"stop", "ask", "go"', fail_closed='"stop", "ask"', strictest_first=True)


def findings(gate: Gate, name: str) -> list[TableFinding]:
    return [one for one in lint(read(gate_xml(gate, CAREFUL[name]))) if isinstance(one, TableFinding)]


def errors(gate: Gate, name: str) -> dict[str, TableFinding]:
    return {one.rule: one for one in findings(gate, name) if one.severity == "error"}


@legal
@pytest.mark.parametrize("name", sorted(CAREFUL))
def test_the_legal_gates_pass(name: str) -> None:
    found = findings(domain_tables.legal_gates()[name], name)
    assert {one.rule for one in found} <= {"table-leaning-row"}


@legal
@pytest.mark.parametrize("name", sorted(CAREFUL))
def test_without_its_last_row_a_gate_is_not_fail_closed(name: str) -> None:
    gate = domain_tables.legal_gates()[name]
    open_gate = replace(gate, rows=gate.rows[:-1])
    example = errors(open_gate, name)["table-no-fail-closed-row"].example
    assert example is not None
    assert decide(read(gate_xml(open_gate, CAREFUL[name])), "d", example, now=NOW).matched == ()


@legal
def test_a_permit_that_takes_anything_but_no_opens_on_silence() -> None:
    """As the first draft of the fee table did: `not("yes")` is true for a missing value."""
    gate = domain_tables.legal_gates()["fee_arrangement"]
    rows = [list(row) for row in gate.rows if row[-1] not in ("DHS_OWNERSHIP", "STARK_AKS_EQUITY")]
    for row in rows:
        if row[-2] == "permit":
            row[gate.inputs.index("dhs_owner")] = 'not("yes")'
    broken = replace(gate, rows=tuple(map(tuple, rows)))
    found = errors(broken, "fee_arrangement")["table-opens-on-missing"]
    assert found.example is not None and found.example["dhs_owner"] is None
    value = decide(read(gate_xml(broken, CAREFUL["fee_arrangement"])), "d", found.example, now=NOW).value
    assert isinstance(value, dict) and value["outcome"] == "permit"


@legal
def test_a_milder_row_before_a_stricter_one_is_shown_where_it_hides_it() -> None:
    gate = domain_tables.legal_gates()["fee_arrangement"]
    rows = list(gate.rows)
    rows[1], rows[6] = rows[6], rows[1]
    moved = replace(gate, rows=tuple(rows))
    found = errors(moved, "fee_arrangement")["table-severity-order"]
    assert found.example is not None
    value = decide(read(gate_xml(moved, CAREFUL["fee_arrangement"])), "d", found.example, now=NOW).value
    assert isinstance(value, dict) and value["outcome"] == "counsel_review"


@legal
def test_rows_that_are_only_safe_by_their_place_are_named() -> None:
    (found,) = findings(domain_tables.legal_gates()["fee_arrangement"], "fee_arrangement")
    assert "18 on 2 and 14" in found.message  # as the page says of row 18


@pytest.mark.parametrize(
    ("policy", "outputs", "rows", "expected"),
    [
        ("FIRST", [PERMIT], [['"a"', '"go"'], ["-", '"ask"']], set()),
        ("FIRST", [PERMIT], [['"a"', '"go"'], ["-", '"go"']], {"table-opens-on-missing"}),
        ("FIRST", [PERMIT], [['"a"', '"ask"'], ['not("a")', '"stop"']], set()),
        ("FIRST", [PERMIT], [['not("b")', '"ask"'], ['not("a")', '"stop"'], ["-", '"ask"']], {"table-severity-order"}),
        ("FIRST", [PERMIT], [['not("b")', '"go"'], ["-", '"ask"']], {"table-opens-on-missing"}),
        ("FIRST", [PERMIT], [["null", '"ask"'], ['not("b")', '"go"'], ["-", '"ask"']], set()),
        ("UNIQUE", [PERMIT], [['"a"', '"go"'], ['not("a")', '"ask"']], set()),
        ("UNIQUE", [PERMIT], [['"a"', '"go"'], ['not("a", null)', '"ask"']], {"table-no-fail-closed-row"}),
        ("UNIQUE", [replace(PERMIT, default='"ask"')], [['"a"', '"go"']], set()),
        ("UNIQUE", [replace(PERMIT, default='"go"')], [['"a"', '"go"']], {"table-opens-on-missing"}),
        ("UNIQUE", [PERMIT], [], {"table-no-fail-closed-row"}),
        ("FIRST", [replace(PERMIT, fail_closed="")], [['"a"', '"go"'], ["-", '"go"']], {"table-opens-on-missing"}),
        ("FIRST", [replace(PERMIT, fail_closed="")], [['"a"', '"go"'], ["-", '"ask"']], set()),
        ("COLLECT", [PERMIT], [["not(false)", '"ask"']], set()),
        ("COLLECT", [PERMIT], [["true", '"ask"']], {"table-no-fail-closed-row"}),
        ("FIRST", [PERMIT], [["> limit", '"go"'], ["<= limit", '"ask"']], {"table-no-fail-closed-row"}),
        ("FIRST", [PERMIT], [["> limit", '"go"'], ["-", '"ask"']], set()),
    ],
)
def test_what_a_gate_must_be(policy: str, outputs: list[Column], rows: list[list[str]], expected: set[str]) -> None:
    table = model(policy, ["x"], outputs, rows)
    assert {one.rule for one in lint(table, gates=["d"]) if one.severity == "error"} == expected
    assert {one.rule for one in gate_findings(table, "d")} == expected
    marked = model(f"gate {policy}", ["x"], outputs, rows)
    assert {one.rule for one in lint(marked) if one.severity == "error"} == expected


def test_an_unmarked_gate_is_told_what_cannot_be_checked() -> None:
    found = lint(model("gate FIRST", ["x"], ["y"], [['"a"', '"go"'], ["-", '"go"']]))
    assert [one.rule for one in found] == ["table-gate-unmarked"]


def test_a_table_that_is_no_gate_is_only_advised() -> None:
    found = lint(model("UNIQUE", ["x"], [PERMIT], [['"a"', '"go"'], ['not("a", null)', '"go"']]))
    assert {one.severity for one in found} == {"info"}
