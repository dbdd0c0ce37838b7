"""Checks of single columns: constants of another type, two columns of one name, columns that no rule reads."""

from collections.abc import Iterator, Mapping, Sequence

from workflows.decisions.findings import Finding, TableFinding
from workflows.decisions.lint.pieces import can_be_cut
from workflows.decisions.lint.shapes import asks_nothing, constants, is_plain, shape
from workflows.decisions.lint.space import Space
from workflows.decisions.model import Table
from workflows.feel import UnaryTests, Value, type_name
from workflows.feel.infer import infer_tests
from workflows.feel.infer.types import of_value, words
from workflows.feel.types import FeelType


def type_findings(table: Table, types: Sequence[FeelType | None], space: Space | None) -> Iterator[Finding]:
    """Cells and allowed values whose constants are of another type than the column: they never match."""
    for column, (clause, kind) in enumerate(zip(table.inputs, types, strict=True)):
        if kind is None or not can_be_cut(kind.name):
            continue
        for number, rule in enumerate(table.rules):
            wrong = wrong_constants(rule.cells[column], kind.name)
            if wrong:
                said = infer_tests(rule.cells[column], kind, {}, subject=clause.name).problems
                other = f"{clause.name} is never {words(of_value(wrong[0]))}. Correct the cell."
                message = f'In row {number + 1}, column "{clause.name}": {said[0].message if said else other}'
                example = None if space is None else _refused(space, number, column)
                yield TableFinding("table-type", "error", rule.id, message, (rule.id,), example)
        if clause.values is not None and wrong_constants(clause.values, kind.name):
            message = f'The allowed values of "{clause.name}" are not of its type {kind.name}. Correct them.'
            yield TableFinding("table-type", "error", clause.id or table.id, message)


def _refused(space: Space, number: int, column: int) -> Mapping[str, Value] | None:
    """An allowed input that the row does not take because of this column."""
    box = list(space.usual)
    at = next(at for at, one in enumerate(space.dimensions) if column in one.columns)
    box[at] &= ~space.boxes[number][at]
    return space.example(tuple(box)).values if all(box) else None


def wrong_constants(cell: UnaryTests, wanted: str) -> list[Value]:
    """Constants that a value of the wanted type is never equal to, in a cell that only compares."""
    if not is_plain(cell.tree):
        return []
    return [value for value in constants(cell.tree) if type_name(value) != wanted]


def name_findings(table: Table) -> Iterator[Finding]:
    """Columns of one name that read different things: a record of the decision could keep only one of them."""
    read: dict[str, object] = {}
    for clause in table.inputs:
        reads = shape(clause.expression.tree)
        if read.setdefault(clause.name, reads) != reads:
            message = f'Two columns are called "{clause.name}" and read different things. Rename one.'
            yield TableFinding("table-column-name", "warn", clause.id or table.id, message)


def unused_findings(table: Table) -> Iterator[Finding]:
    """Columns whose every cell is `-`."""
    for column, clause in enumerate(table.inputs):
        if table.rules and all(asks_nothing(rule.cells[column]) for rule in table.rules):
            message = f'No rule reads the column "{clause.name}". Remove it.'
            yield TableFinding("table-unused-column", "info", clause.id or table.id, message)
