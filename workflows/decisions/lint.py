"""Checks on decision tables that are about their meaning: gaps, overlaps, dead rows, types, no fail-closed row.

Exact where columns compare with constants; where that cannot be decided the finding says so. Rules:
table-gap, table-null-gap, table-overlap, table-unreachable-row, table-type, table-output-value,
table-no-fail-closed-row, table-unused-column, table-not-decided.
"""

from collections.abc import Iterator
from itertools import combinations

from workflows.decisions.findings import Finding, Severity
from workflows.decisions.lint_atoms import NOW, Atom, Undecided, atoms, constants, is_plain, null_atom
from workflows.decisions.lint_coverage import Example, ever_matching, matching_sets, members
from workflows.decisions.model import DecisionModel, InputClause, OutputClause, Rule, Table
from workflows.feel import nodes as n
from workflows.feel import type_name
from workflows.feel.budget import Run, Scope
from workflows.feel.compare import same
from workflows.feel.errors import Trouble
from workflows.feel.types import FeelType, convert

MAX_OVERLAPS = 10
SINGLE_HIT = ("UNIQUE", "ANY", "FIRST", "PRIORITY")


def lint(model: DecisionModel) -> list[Finding]:
    """All findings of all tables, in table order."""
    found: list[Finding] = []
    for table in model.tables:
        types = [_kind(clause, model) for clause in table.inputs]
        found += _type_findings(table, types)
        found += _output_findings(table)
        found += _unused_columns(table)
        found += _coverage_findings(table, types)
    return found


def _kind(clause: InputClause, model: DecisionModel) -> FeelType | None:
    """The column's declared type, else that of the input data it reads."""
    if clause.type is not None:
        return clause.type
    tree = clause.expression.tree
    if isinstance(tree, n.Name):
        return next((data.type for data in model.inputs.values() if data.name == tree.name), None)
    return None


# -- one cell at a time


def _type_findings(table: Table, types: list[FeelType | None]) -> Iterator[Finding]:
    for column, (clause, kind) in enumerate(zip(table.inputs, types, strict=True)):
        if kind is None or kind.name in ("Any", "list", "context"):
            continue
        for rule in table.rules:
            tree = rule.cells[column].tree
            wrong = _wrong_types(tree, kind.name) if is_plain(tree) else set()
            if wrong:
                message = f'"{clause.name}" is a {kind.name}, compared with a {min(wrong)}. Correct the cell.'
                yield Finding("table-type", "error", rule.id, message)


def _wrong_types(tree: n.Node, wanted: str) -> set[str]:
    return {type_name(value) for value in constants(tree) if value is not None} - {wanted}


def _output_findings(table: Table) -> Iterator[Finding]:
    for rule in table.rules:
        for column, clause in enumerate(table.outputs):
            problem = _output_problem(rule, column, clause)
            if problem:
                rule_name, message = problem
                yield Finding(rule_name, "error", rule.id, message)


def _output_problem(rule: Rule, column: int, clause: OutputClause) -> tuple[str, str] | None:
    """A constant output of the wrong type, or outside the allowed values."""
    expression = rule.outputs[column]
    if expression.names:
        return None
    run = Run(NOW)
    value = expression.run_in(Scope(run, {}))
    name = f'"{clause.name}"' if clause.name else "The output"
    try:
        value = convert(run, value, clause.type)
    except Trouble:
        return "table-type", f"{name} is a {type_name(value)}, not of the declared type. Correct the cell."
    if value is not None and clause.values is not None and clause.values.matches_in(Scope(run, {}), value) is not True:
        return "table-output-value", f"{name} is not one of the allowed output values. Correct the cell or the list."
    return None


def _unused_columns(table: Table) -> Iterator[Finding]:
    for column, clause in enumerate(table.inputs):
        if table.rules and not any(rule.cells[column].tree.items for rule in table.rules):
            message = f'No rule reads the column "{clause.name}". Remove it.'
            yield Finding("table-unused-column", "info", clause.id or table.id, message)


# -- the table as a whole


def _coverage_findings(table: Table, types: list[FeelType | None]) -> list[Finding]:
    if not table.rules:
        return [Finding("table-no-fail-closed-row", "warn", table.id, "The table has no rules. Add a row.")]
    try:
        columns = [_named(table, column, kind) for column, kind in enumerate(types)]
        sets = matching_sets(columns, len(table.rules), first_only=table.policy == "FIRST")
    except Undecided as reason:
        message = f"Gaps and overlaps are not decided: {reason}. Check them with scenarios."
        undecided = Finding("table-not-decided", "info", table.id, message)
        return [undecided, *_fail_closed_finding(table, proven=False)]
    gap = sets.get(0)
    found = [*_overlaps(table, sets), *_unreachable(table, columns, sets), *_gaps(table, gap)]
    if gap is None:
        found += _null_gap(table, columns)
    return [*found, *_fail_closed_finding(table, proven=gap is None)]


def _named(table: Table, column: int, kind: FeelType | None) -> list[Atom]:
    """The atoms of a column; the reason of an Undecided names it."""
    clause = table.inputs[column]
    try:
        return atoms(clause, kind, table.rules, column)
    except Undecided as reason:
        raise Undecided(f'in column "{clause.name}" {reason}') from None


def _described(table: Table, example: Example) -> str:
    pairs = [f"{clause.name} = {label}" for clause, label in zip(table.inputs, example.labels, strict=True)]
    return ", ".join(pairs) or "any input"


def _has_default(table: Table) -> bool:
    return any(clause.default is not None for clause in table.outputs)


def _gaps(table: Table, gap: Example | None) -> Iterator[Finding]:
    if gap is None or _has_default(table):
        return
    severity: Severity = "warn" if table.policy in SINGLE_HIT else "info"
    message = f"No rule matches, for example, {_described(table, gap)}. Add a rule that asks a human."
    yield Finding("table-gap", severity, table.id, message)


def _null_gap(table: Table, columns: list[list[Atom]]) -> Iterator[Finding]:
    """A missing value that no rule expects."""
    widened = [[*column, null_atom(table.rules, index)] for index, column in enumerate(columns)]
    try:
        gap = matching_sets(widened, len(table.rules), first_only=table.policy == "FIRST").get(0)
    except Undecided:
        return
    if gap is not None and not _has_default(table):
        message = f"No rule matches when a value is missing: {_described(table, gap)}. Make sure it cannot be."
        yield Finding("table-null-gap", "info", table.id, message)


def _overlaps(table: Table, sets: dict[int, Example]) -> list[Finding]:
    """Pairs of rules that match the same input although the policy forbids it."""
    if table.policy not in ("UNIQUE", "ANY"):
        return []
    found: list[Finding] = []
    seen: set[tuple[int, int]] = set()
    for matching, example in sorted(sets.items()):
        for pair in combinations(members(matching), 2):
            if pair in seen or len(found) >= MAX_OVERLAPS:
                continue
            seen.add(pair)
            finding = _overlap(table, pair, example)
            if finding is not None:
                found.append(finding)
    return found


def _overlap(table: Table, pair: tuple[int, int], example: Example) -> Finding | None:
    first, second = (table.rules[index] for index in pair)
    agree = _same_outputs(first, second) if table.policy == "ANY" else False
    if agree is True:
        return None
    certain = example.certain and agree is False
    where = f'Rules "{first.id}" and "{second.id}"'
    if table.policy == "ANY":
        message = f"{where} both match {_described(table, example)} with different outputs. Change one."
    else:
        message = f"{where} both match {_described(table, example)}. A UNIQUE table allows one; change a cell."
    return Finding("table-overlap", "error" if certain else "warn", first.id, message)


def _same_outputs(first: Rule, second: Rule) -> bool | None:
    """None when an output is computed, so that it cannot be told."""
    if all(a.text.strip() == b.text.strip() for a, b in zip(first.outputs, second.outputs, strict=True)):
        return True
    if any(one.names for one in (*first.outputs, *second.outputs)):
        return None
    run = Run(NOW)
    scope = Scope(run, {})
    pairs = zip(first.outputs, second.outputs, strict=True)
    return all(same(run, a.run_in(scope), b.run_in(scope)) for a, b in pairs)


def _unreachable(table: Table, columns: list[list[Atom]], sets: dict[int, Example]) -> Iterator[Finding]:
    """Rows that no allowed input matches, or that an earlier row always answers for (FIRST)."""
    reached: set[int] = set()
    for matching in sets:
        numbers = members(matching)
        reached.update(numbers[:1] if table.policy == "FIRST" else numbers)
    ever = members(ever_matching(columns, len(table.rules)))
    for number, rule in enumerate(table.rules):
        if number not in reached:
            why = "earlier rows always answer first" if number in ever else "no allowed input matches it"
            message = f"Row {number + 1} is never used: {why}. Remove or move it."
            yield Finding("table-unreachable-row", "warn", rule.id, message)


def _fail_closed_finding(table: Table, proven: bool) -> Iterator[Finding]:
    """Is there an answer for every input: a last row that takes anything, a default, or proof that all is covered?"""
    catch_all = any(not any(cell.tree.items for cell in rule.cells) for rule in table.rules)
    if proven or catch_all or _has_default(table) or table.policy not in SINGLE_HIT:
        return
    message = "The table has no fail-closed row. Add a row, or a default output, that asks a human."
    yield Finding("table-no-fail-closed-row", "warn", table.id, message)
