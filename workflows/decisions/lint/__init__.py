"""Checks on decision tables that are about their meaning: gaps, overlaps, dead rows, types, gates that silence opens.

Exact where columns compare with constants; where that cannot be decided the finding says so. Every rule is explained in
docs/decision-tables.md.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TypeGuard

from workflows.decisions.findings import Finding, TableFinding
from workflows.decisions.lint.atoms import Undecided
from workflows.decisions.lint.columns import name_findings, type_findings, unused_findings
from workflows.decisions.lint.cover import Effort, TooMuch, uncovered
from workflows.decisions.lint.gates import closed_findings, leaning_findings, opening_findings, order_findings
from workflows.decisions.lint.kinds import types_of
from workflows.decisions.lint.outputs import output_findings
from workflows.decisions.lint.rows import gap_findings, overlap_findings, undecided, unreachable_findings
from workflows.decisions.lint.space import Space, space_of
from workflows.decisions.lint.types import typed_findings
from workflows.decisions.model import DecisionModel, Table
from workflows.feel.types import FeelType

GATE_RULES = frozenset({"table-no-fail-closed-row", "table-opens-on-missing", "table-severity-order"})
"""What must not be found in a gate."""
ROW_EFFORT = 200_000


def lint(model: DecisionModel, *, gates: Collection[str] = ()) -> list[Finding]:
    """All findings of all tables of the file, in table order. gates: ids of decisions whose tables are gates."""
    return [one for table in model.own_tables for one in lint_table(table, model, gate=table.decision_id in gates)]


def gate_findings(model: DecisionModel, decision_id: str) -> list[TableFinding]:
    """What keeps a decision from being a gate: errors of its tables, or, where it has none, of those it requires."""
    waiting, seen = [decision_id], set[str]()
    found: list[TableFinding] = []
    while waiting:
        one = waiting.pop()
        if one in seen or one not in model.decisions:
            continue
        seen.add(one)
        tables = [table for table in model.tables if table.decision_id == one]
        if not tables:
            waiting += model.decisions[one].requires.decisions
        for table in tables:
            found += [each for each in lint_table(table, model, gate=True) if _closes_gate(each)]
    return found


def _closes_gate(finding: Finding) -> TypeGuard[TableFinding]:
    return isinstance(finding, TableFinding) and finding.severity == "error" and finding.rule in GATE_RULES


def lint_table(table: Table, model: DecisionModel, *, gate: bool = False) -> list[Finding]:
    """The findings of one table of a model. gate: it is one, whatever the file says."""
    types = types_of(table, model)
    space, together = _together(table, types, gate or table.gate)
    outputs = [_reached(one, space) for one in (*typed_findings(table, model, types), *output_findings(table))]
    return [*type_findings(table, types, space), *outputs, *name_findings(table), *unused_findings(table), *together]


def _together(table: Table, types: Sequence[FeelType | None], gate: bool) -> tuple[Space | None, list[Finding]]:
    if not table.rules:
        message = "The table has no rules. Add a row."
        return None, [TableFinding("table-no-fail-closed-row", "error" if gate else "warn", table.id, message)]
    try:
        space = space_of(table, types)
    except Undecided as reason:
        honest = undecided(table, "Which inputs the rows match", str(reason))
        return None, [honest, *closed_findings(table, None, gate)]
    found = [*overlap_findings(space), *unreachable_findings(space), *gap_findings(space)]
    found += [*closed_findings(table, space, gate), *order_findings(space), *_tied(space)]
    if gate:
        found += [*opening_findings(space), *leaning_findings(space)]
    return space, found


def _tied(space: Space) -> Iterator[Finding]:
    if space.tied:
        names = " and ".join(f'"{one}"' for one in space.tied)
        why = f"{names} read the same data, so that not every example can occur"
        yield undecided(space.table, "Which columns go together", why)


def _reached(finding: Finding, space: Space | None) -> Finding:
    """With an input that reaches the row it is about, where it has none yet."""
    if not isinstance(finding, TableFinding) or finding.example is not None or space is None or not finding.rules:
        return finding
    number = next(at for at, rule in enumerate(space.table.rules) if rule.id == finding.rules[0])
    earlier = space.boxes[:number] if space.table.policy == "FIRST" else ()
    try:
        part = uncovered(space.boxes[number], earlier, Effort(ROW_EFFORT))
    except TooMuch:
        return finding
    return finding if part is None else replace(finding, example=space.example(part).values)
