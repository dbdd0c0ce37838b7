"""Why did a decision answer as it did? Every row of every table that was run, cell by cell, with the reason in words.

For people: the try-it panel, the command line, an incident, the record of a case. Texts contain the input values; who
may not see these may not see the explanation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.decisions.errors import DecisionConflict, DecisionInputInvalid
from workflows.decisions.evaluate import DecisionResult, Request, find_decision, result_of
from workflows.decisions.model import DecisionModel, InputClause, Rule, Table
from workflows.decisions.reasons import reason
from workflows.decisions.tables import DecisionRun, TableTrace
from workflows.feel import FeelBudgetExceeded, FeelError, Problem, UnaryTests, Value
from workflows.feel.budget import MAX_CALLS, Run, Scope


@dataclass(frozen=True, slots=True)
class CellExplanation:
    """One cell. column: its name. text: as in the table. answer: None when it cannot be told. why: a sentence."""

    column: str
    text: str
    answer: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """One row. number: from 1. cells: all of them, also those behind the one that said no. outputs: as written."""

    number: int
    rule_id: str
    annotation: str
    matched: bool
    cells: tuple[CellExplanation, ...]
    outputs: tuple[str, ...]

    @property
    def against(self) -> tuple[CellExplanation, ...]:
        """The cells that kept the row from matching."""
        return tuple(cell for cell in self.cells if cell.answer is not True)


@dataclass(frozen=True, slots=True)
class TableExplanation:
    """One table that was run. inputs: column name to value. answered: rules whose outputs the table gave, which a
    hit policy may narrow down. output: None, too, when the table refused to answer."""

    decision_id: str
    decision_name: str
    table_id: str
    policy: str
    inputs: Mapping[str, Value]
    output_names: tuple[str, ...]
    rows: tuple[RowExplanation, ...]
    output: Value


@dataclass(frozen=True, slots=True)
class DecidedValue:
    """A decision that was evaluated on the way. name: as others refer to it."""

    decision_id: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class DecisionExplanation:
    """result: None when there is an error. decided, tables: in the order of evaluation, as far as it came."""

    result: DecisionResult | None
    error: DecisionConflict | DecisionInputInvalid | FeelBudgetExceeded | None
    decided: tuple[DecidedValue, ...]
    tables: tuple[TableExplanation, ...]
    problems: tuple[Problem, ...]


def explain(
    model: DecisionModel, decision_id: str, context: Mapping[str, Value], *, now: datetime
) -> DecisionExplanation:
    """Evaluate one decision and say why. An answer that is refused is explained too. Raises DecisionNotFound."""
    decision = find_decision(model, decision_id)
    request = Request(model, context, DecisionRun(now))
    result: DecisionResult | None = None
    error: DecisionConflict | DecisionInputInvalid | FeelBudgetExceeded | None = None
    try:
        result = result_of(request, decision)
    except RecursionError:
        error = FeelBudgetExceeded("calls", MAX_CALLS)
    except (DecisionConflict, DecisionInputInvalid, FeelBudgetExceeded) as refused:
        error = refused
    tables = {table.id: table for table in model.tables}
    return DecisionExplanation(
        result=result,
        error=error,
        decided=tuple(
            DecidedValue(one, model.decisions[one].variable, value)
            for one, value in request.results.items()
            if one in model.decisions
        ),
        tables=tuple(_table(model, tables[trace.table_id], trace, context, now) for trace in request.run.tables),
        problems=tuple(request.run.problems),
    )


def _table(
    model: DecisionModel, table: Table, trace: TableTrace, context: Mapping[str, Value], now: datetime
) -> TableExplanation:
    owner = model.decisions.get(table.decision_id)
    return TableExplanation(
        decision_id=table.decision_id,
        decision_name=owner.name if owner is not None else table.decision_id,
        table_id=table.id,
        policy=table.policy,
        inputs=trace.inputs,
        output_names=tuple(clause.name for clause in table.outputs),
        rows=explain_rows(table, trace.inputs, context, now=now),
        output=trace.output,
    )


def explain_rows(
    table: Table, inputs: Mapping[str, Value], context: Mapping[str, Value] | None = None, *, now: datetime
) -> tuple[RowExplanation, ...]:
    """Every row of a table for kept input values. inputs: column name to value, as in a TableTrace.

    context: what cells read besides their input value, if they do. now: when it was decided.
    """
    values = [inputs.get(clause.name) for clause in table.inputs]
    names = dict(context or {})
    rows = []
    for number, rule in enumerate(table.rules, 1):
        given = zip(table.inputs, rule.cells, values, strict=True)
        rows.append(_row(number, rule, tuple(_cell(one, cell, value, names, now) for one, cell, value in given)))
    return tuple(rows)


def _row(number: int, rule: Rule, cells: tuple[CellExplanation, ...]) -> RowExplanation:
    return RowExplanation(
        number=number,
        rule_id=rule.id,
        annotation=rule.annotation,
        matched=all(cell.answer is True for cell in cells),
        cells=cells,
        outputs=tuple(output.text for output in rule.outputs),
    )


def _cell(
    clause: InputClause, cell: UnaryTests, value: Value, context: Mapping[str, Value], now: datetime
) -> CellExplanation:
    run = Run(now)
    try:
        answer = cell.matches_in(Scope(run, context), value)
        why = reason(cell, value, answer, run.problems)
    except FeelError as error:
        answer, why = None, str(error)
    return CellExplanation(clause.name, cell.text.strip() or "-", answer, why)
