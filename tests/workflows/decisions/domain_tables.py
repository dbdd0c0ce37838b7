"""The decision tables of the denial domain page, read from its Markdown, so that page and evaluator cannot drift; and
the gate tables of the legal page, as they are worked out beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.workflows.decisions.build import Column, decision, definitions, table

SHARED = Path(__file__).resolve().parents[4] / "shared"
PAGE = SHARED / "domain" / "denial-appeals.md"
LEGAL = SHARED / "prototypes" / "legal" / "gate_tables.py"
POLICIES = {
    "denial_triage": "FIRST",
    "plan_class": "UNIQUE",
    "appeal_pathway": "UNIQUE",
    "p2p_policy": "FIRST",
    "decision_next": "UNIQUE",
}
BOOLEANS = frozenset(
    {
        "reversal_pair", "benign", "nsa_flag", "auth_on_file", "external_scope", "window_open", "has_new_evidence",
        "new_evidence_allowed", "consumes_appeal", "clinical", "aic_met", "above_floor", "new_evidence", "refile_open",
    }
)  # fmt: skip


def xml_of(name: str) -> bytes:
    """The table as a DMN file with one decision "d"."""
    head, rows = _markdown(name)
    inputs = [Column(one, "boolean" if one in BOOLEANS else "") for one in head if not one.startswith("→")]
    outputs = [Column(one.removeprefix("→ ")) for one in head if one.startswith("→")]
    rows = [row[: len(inputs)] + [_output(cell) for cell in row[len(inputs) :]] for row in rows]
    return definitions(decision(table(POLICIES[name], inputs, outputs, rows)))


def _output(cell: str) -> str:
    """The page writes "-" where a row gives nothing."""
    return "null" if cell == "-" else cell


def _markdown(name: str) -> tuple[list[str], list[list[str]]]:
    """Column heads and rows, without the column of numbers."""
    text = PAGE.read_text(encoding="utf-8")
    lines = iter(text[text.index(f"DMN `{name}`") :].splitlines())
    head = next(line for line in lines if line.startswith("| #"))
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append(_cells(line)[1:])
    return _cells(head)[1:], rows


def _cells(line: str) -> list[str]:
    return [re.sub(r"`", "", cell).strip() for cell in line.strip().strip("|").split("|")]


@dataclass(frozen=True)
class Gate:
    """severity: outputs, strictest first. rows: cells, output, reason; the number left out."""

    inputs: tuple[str, ...]
    severity: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def legal_gates() -> dict[str, Gate]:
    """The gates of the legal page by name."""
    text = LEGAL.read_text(encoding="utf-8")
    blocks = re.findall(r'= table\("(\w+)",\s*\[(.*?)\],\s*\[(.*?)\],\s*"""(.*?)"""\)', text, re.DOTALL)
    return {
        name: Gate(
            inputs=tuple(re.findall(r"\w+", inputs)),
            severity=tuple(reversed(re.findall(r"\w+", severity))),
            rows=tuple(tuple(_cells(line)[1:]) for line in rows.strip().splitlines()),
        )
        for name, inputs, severity, rows in blocks
    }


def gate_xml(gate: Gate, careful: Sequence[str]) -> bytes:
    """The gate as a DMN file with one decision "d". careful: outputs that are right when something is missing."""
    listed = ", ".join(f'"{one}"' for one in gate.severity)
    outcome = Column(
        "outcome", "string", listed, fail_closed=", ".join(f'"{one}"' for one in careful), strictest_first=True
    )
    rows = [[*row[:-2], f'"{row[-2]}"', f'"{row[-1]}"'] for row in gate.rows]
    return definitions(decision(table("gate FIRST", gate.inputs, [outcome, Column("reason")], rows)))
