"""What rows answer, as far as the table alone tells."""

from collections.abc import Iterator

from workflows.decisions.findings import Finding, TableFinding
from workflows.decisions.hit_policies import Outputs, rank
from workflows.decisions.lint.shapes import NOW, is_constant
from workflows.decisions.model import OutputClause, Rule, Table
from workflows.feel import FeelBudgetExceeded, Value, type_name
from workflows.feel.budget import Run, Scope
from workflows.feel.compare import same
from workflows.feel.errors import Trouble
from workflows.feel.expression import Expression
from workflows.feel.types import convert


def constant_outputs(table: Table, rule: Rule) -> Outputs | None:
    """The values a row gives; None when one of them is computed from data or the clock."""
    found: list[Value] = []
    for clause, expression in zip(table.outputs, rule.outputs, strict=True):
        value = constant_output(clause, expression)
        if value is None:
            return None
        found.append(value[0])
    return tuple(found)


def constant_output(clause: OutputClause, expression: Expression) -> tuple[Value] | None:
    """The value of one cell, wrapped; None when it is computed."""
    if not is_constant(expression.tree):
        return None
    run = Run(NOW)
    try:
        return (convert(run, expression.run_in(Scope(run, {})), clause.type),)
    except Trouble:
        return (None,)
    except FeelBudgetExceeded:
        return None


def same_outputs(table: Table, first: Rule, second: Rule) -> bool | None:
    """Do two rows give the same? None when an output is computed, so that it cannot be told."""
    if all(a.text.strip() == b.text.strip() for a, b in zip(first.outputs, second.outputs, strict=True)):
        return True
    one, other = constant_outputs(table, first), constant_outputs(table, second)
    return None if one is None or other is None else same(Run(NOW), list(one), list(other))


def rank_of(table: Table, rule: Rule) -> tuple[int, ...] | None:
    """Its place by the order of the output values, the smallest first; None when it is computed."""
    outputs = constant_outputs(table, rule)
    return None if outputs is None else rank(Run(NOW), table, outputs)


def output_findings(table: Table) -> Iterator[Finding]:
    """Constant outputs of the wrong type, or outside the allowed values."""
    for number, rule in enumerate(table.rules, 1):
        for clause, expression in zip(table.outputs, rule.outputs, strict=True):
            problem = _problem(clause, expression)
            if problem:
                name, message = problem
                yield TableFinding(name, "error", rule.id, f"In row {number} {message}", (rule.id,))
    for clause in table.outputs:
        problem = None if clause.default is None else _problem(clause, clause.default)
        if problem:
            yield TableFinding(problem[0], "error", clause.id or table.id, f"By default {problem[1]}")


def _problem(clause: OutputClause, expression: Expression) -> tuple[str, str] | None:
    if not is_constant(expression.tree):
        return None
    run = Run(NOW)
    name = f'"{clause.name}"' if clause.name else "the output"
    try:
        value = expression.run_in(Scope(run, {}))
    except FeelBudgetExceeded:
        return None
    try:
        value = convert(run, value, clause.type)
    except Trouble:
        kind = clause.type.name if clause.type is not None else "Any"
        if type_name(value) == kind:
            return "table-output-value", f"{name} is not one of the values its type allows. Correct the cell."
        return "table-type", f"{name} is a {type_name(value)}, declared as {kind}. Correct the cell or the type."
    if value is not None and clause.values is not None and clause.values.matches_in(Scope(run, {}), value) is not True:
        return "table-output-value", f"{name} is not one of the allowed output values. Correct the cell or the list."
    return None
