"""Running one decision table: inputs once, every cell with `?` as its input value, then the hit policy."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from workflows.decisions.columns import Column, column
from workflows.decisions.errors import DecisionInputInvalid
from workflows.decisions.hit_policies import Match, Outputs, answer, nothing_matched
from workflows.decisions.matching import matching
from workflows.decisions.model import InputClause, OutputClause, Rule, Table
from workflows.feel import Value
from workflows.feel.budget import Run, Scope
from workflows.feel.errors import Trouble
from workflows.feel.types import convert


@dataclass(frozen=True, slots=True)
class TableTrace:
    """One table that was run. inputs: column name to value. matched: rule ids in table order. output: None, too, when
    the table refused to answer."""

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


class TableCode:
    """A table as code. Its columns are prepared when it first runs: many models are only read and checked."""

    def __init__(self, table: Table) -> None:
        self.table = table

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The prepared columns, in the order of the inputs."""
        cells = [rule.cells for rule in self.table.rules]
        return tuple(column([row[number] for row in cells]) for number in range(len(self.table.inputs)))

    def __call__(self, scope: Scope) -> Value:
        """The table's value. Raises DecisionInputInvalid, DecisionConflict or FeelBudgetExceeded."""
        return _run_table(self.table, self.columns, scope)


def _run_table(table: Table, columns: tuple[Column, ...], scope: Scope) -> Value:
    values = [_input_value(table, clause, scope) for clause in table.inputs]
    matches = _matches(table, columns, values, scope)
    run = scope.run
    if not isinstance(run, DecisionRun):
        return _answer(table, matches, scope)
    inputs = {clause.name: value for clause, value in zip(table.inputs, values, strict=True)}
    trace = TableTrace(table.decision_id, table.id, table.policy, inputs, tuple(rule.id for rule, _ in matches), None)
    run.tables.append(trace)  # before the answer, so that a conflict can be explained
    value = _answer(table, matches, scope)
    run.tables[-1] = replace(trace, output=value)
    return value


def _answer(table: Table, matches: list[Match], scope: Scope) -> Value:
    return answer(scope.run, table, matches) if matches else nothing_matched(table, _defaults(table, scope))


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


def _matches(table: Table, columns: tuple[Column, ...], values: list[Value], scope: Scope) -> list[Match]:
    found: list[Match] = []
    for rule in matching(table.rules, columns, values, scope):
        found.append((rule, _outputs(table, rule, scope)))
        if table.policy == "FIRST":
            break
    return found


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
