"""Running one decision table: inputs once, every cell with `?` as its input value, then the hit policy."""

from dataclasses import dataclass
from datetime import datetime

from workflows.decisions.errors import DecisionInputInvalid
from workflows.decisions.hit_policies import Match, Outputs, answer, nothing_matched
from workflows.decisions.model import InputClause, OutputClause, Rule, Table
from workflows.feel import Value
from workflows.feel.budget import Run, Scope
from workflows.feel.errors import Trouble
from workflows.feel.types import convert


@dataclass(frozen=True, slots=True)
class TableTrace:
    """One table that was run. inputs: column name to value. matched: rule ids in table order."""

    decision_id: str
    table_id: str
    policy: str
    inputs: dict[str, Value]
    matched: tuple[str, ...]
    output: Value


class DecisionRun(Run):
    """A run that also remembers the tables it went through."""

    __slots__ = ("tables",)

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.tables: list[TableTrace] = []


def run_table(table: Table, scope: Scope) -> Value:
    """The table's value. Raises DecisionInputInvalid, DecisionConflict or FeelBudgetExceeded."""
    values = [_input_value(table, clause, scope) for clause in table.inputs]
    matches = _matches(table, values, scope)
    value = answer(scope.run, table, matches) if matches else nothing_matched(table, _defaults(table, scope))
    if isinstance(scope.run, DecisionRun):
        inputs = {clause.name: value for clause, value in zip(table.inputs, values, strict=True)}
        matched = tuple(rule.id for rule, _ in matches)
        scope.run.tables.append(TableTrace(table.decision_id, table.id, table.policy, inputs, matched, value))
    return value


def _input_value(table: Table, clause: InputClause, scope: Scope) -> Value:
    """Null is let through: it matches only the rules that expect it."""
    value = clause.expression.run_in(scope)
    if value is None:
        return None
    try:
        value = convert(scope.run, value, clause.type)
    except Trouble:
        raise DecisionInputInvalid(table.decision_id, clause.name, "is not of the declared type") from None
    if clause.values is not None and clause.values.matches_in(scope, value) is not True:
        raise DecisionInputInvalid(table.decision_id, clause.name, "is not one of the allowed values")
    return value


def _matches(table: Table, values: list[Value], scope: Scope) -> list[Match]:
    found: list[Match] = []
    for rule in table.rules:
        scope.run.charge(1 + len(values))
        if _rule_matches(rule, values, scope):
            found.append((rule, _outputs(table, rule, scope)))
            if table.policy == "FIRST":
                break
    return found


def _rule_matches(rule: Rule, values: list[Value], scope: Scope) -> bool:
    return all(cell.matches_in(scope, value) is True for cell, value in zip(rule.cells, values, strict=True))


def _outputs(table: Table, rule: Rule, scope: Scope) -> Outputs:
    return tuple(
        _output(clause, expression.run_in(scope), scope)
        for clause, expression in zip(table.outputs, rule.outputs, strict=True)
    )


def _output(clause: OutputClause, value: Value, scope: Scope) -> Value:
    try:
        return convert(scope.run, value, clause.type)
    except Trouble as trouble:
        return scope.run.problem(trouble.kind, trouble.message)


def _defaults(table: Table, scope: Scope) -> Outputs | None:
    if all(clause.default is None for clause in table.outputs):
        return None
    return tuple(
        None if one.default is None else _output(one, one.default.run_in(scope), scope) for one in table.outputs
    )
