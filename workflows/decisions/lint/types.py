"""Types in decision models: what a decision gives, what it asks for, and which cells can never mean what they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workflows.decisions.findings import Finding, Severity, TableFinding
from workflows.decisions.lint.pieces import can_be_cut
from workflows.decisions.lint.shapes import is_constant, is_plain
from workflows.decisions.model import Decision, DecisionModel, InputClause, OutputClause, Requirements, Table
from workflows.feel import UnaryTests
from workflows.feel import nodes as n
from workflows.feel.expression import Expression
from workflows.feel.infer import Inference, TypeProblem, infer, infer_tests
from workflows.feel.infer.fits import fits
from workflows.feel.infer.types import CONTEXT, FUNCTION, NUMBER, is_free, joined, list_of, words
from workflows.feel.types import ANY, FeelType, Types

RULE = "table-type"
_SEVERAL = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")


class DecisionTypes:
    """What the decisions of one model give and ask for, each worked out once."""

    def __init__(self, model: DecisionModel) -> None:
        self.model = model
        self._results: dict[str, FeelType] = {}

    def result(self, decision_id: str) -> FeelType:
        """What a decision gives, by its declaration or by its table; `Any` when that cannot be told."""
        if decision_id not in self._results:
            self._results[decision_id] = ANY  # Whoever requires itself has no type.
            self._results[decision_id] = self._result(decision_id)
        return self._results[decision_id]

    def _result(self, decision_id: str) -> FeelType:
        decision = self.model.decisions.get(decision_id)
        if decision is None:
            return ANY
        if decision.type is not None and not is_free(decision.type):
            return decision.type
        return ANY if decision.table is None else _table_type(decision.table, self.names(decision))

    def names(self, decision: Decision) -> Types:
        """Types of the names that a decision's logic sees. What the caller gives beside them is not among them."""
        requires, model = decision.requires, self.model
        required = [model.decisions[one] for one in _own(requires.decisions, requires) if one in model.decisions]
        known = [model.knowledge[one] for one in _own(requires.knowledge, requires) if one in model.knowledge]
        return {
            **{path[0]: CONTEXT for path in requires.paths.values() if path},
            **{one.name: FUNCTION for one in known},
            **self._inputs(requires),
            **{one.variable: self.result(one.id) for one in required},
        }

    def inputs(self, decision_id: str) -> Mapping[str, FeelType]:
        """Every input data of the file that a decision or one it requires reads, with its declared type."""
        found: dict[str, FeelType] = {}
        waiting, seen = [decision_id], set[str]()
        while waiting:
            one = waiting.pop()
            decision = self.model.decisions.get(one)
            if decision is not None and one not in seen:
                seen.add(one)
                waiting += _own(decision.requires.decisions, decision.requires)
                found |= self._inputs(decision.requires)
        return found

    def _inputs(self, requires: Requirements) -> dict[str, FeelType]:
        data = [self.model.inputs[one] for one in _own(requires.inputs, requires) if one in self.model.inputs]
        return {one.name: one.type or ANY for one in data}


def _own(ids: Iterable[str], requires: Requirements) -> list[str]:
    """Without imported ones, which are seen below the name of their import."""
    return [one for one in ids if not requires.paths.get(one)]


def _table_type(table: Table, names: Types) -> FeelType:
    """One output gives its value, several give a context; some policies give a list of that."""
    if table.aggregation == "COUNT":
        return NUMBER
    columns = [_column_type(table, column, names) for column in range(len(table.outputs))]
    single = len(columns) == 1
    row = columns[0] if single else FeelType("context", fields=_named(table, columns))
    if table.policy in _SEVERAL and not table.aggregation:
        return list_of(row)
    return row


def _named(table: Table, columns: list[FeelType]) -> dict[str, FeelType]:
    return {clause.name: kind for clause, kind in zip(table.outputs, columns, strict=True)}


def _column_type(table: Table, column: int, names: Types) -> FeelType:
    clause = table.outputs[column]
    if clause.type is not None and not is_free(clause.type):
        return clause.type
    written = [rule.outputs[column] for rule in table.rules] + ([clause.default] if clause.default else [])
    return joined(infer(one, names).type for one in written)


# -- findings


def typed_findings(table: Table, model: DecisionModel, types: Sequence[FeelType | None]) -> Iterator[Finding]:
    """Columns, cells and outputs that compute with types that do not meet. types: as the table says, per column.

    Constants of another type than the column or output have a check of their own.
    """
    names = _names_of(DecisionTypes(model), table)
    kinds = []
    for clause in table.inputs:
        asked = infer(clause.expression, names)
        kinds.append(clause.type if clause.type is not None and not is_free(clause.type) else asked.type)
        yield from _column_findings(table, clause, asked)
    for number, rule in enumerate(table.rules, 1):
        for column, cell in enumerate(rule.cells):
            if not _is_checked(cell, types[column]):
                name = table.inputs[column].name
                found = infer_tests(cell, kinds[column], names, subject=name)
                yield from _said(rule.id, f'In row {number}, column "{name}": ', found, (rule.id,))
        for output, expression in zip(table.outputs, rule.outputs, strict=True):
            for message, severity in _output_messages(output, expression, names):
                yield TableFinding(RULE, severity, rule.id, f"In row {number} {message}", (rule.id,))
    for output in table.outputs:
        if output.default is not None:
            for message, severity in _output_messages(output, output.default, names):
                yield TableFinding(RULE, severity, output.id or table.id, f"By default {message}")


def _is_checked(cell: UnaryTests, kind: FeelType | None) -> bool:
    """Nothing but constants, held against the column's type already."""
    return not cell.tree.items or (kind is not None and can_be_cut(kind.name) and is_plain(cell.tree))


def _names_of(types: DecisionTypes, table: Table) -> Types:
    """Only a decision's own table: around one inside a context, names may mean something else."""
    decision = types.model.decisions.get(table.decision_id)
    return types.names(decision) if decision is not None and decision.table is table else {}


def _column_findings(table: Table, clause: InputClause, asked: Inference) -> Iterator[Finding]:
    element = clause.id or table.id
    yield from _said(element, f'In column "{clause.name}": ', asked, ())
    if clause.type is not None and fits(asked.type, clause.type) is False:
        message = f'The column "{clause.name}" is declared as {words(clause.type)}, but reads {words(asked.type)}.'
        yield TableFinding(RULE, "error", element, f"{message} Correct its type or its expression.")


def _output_messages(clause: OutputClause, expression: Expression, names: Types) -> Iterator[tuple[str, Severity]]:
    if isinstance(expression.tree, n.Literal):
        return
    given = infer(expression, names)
    name = f'"{clause.name}"' if clause.name else "the output"
    for problem in given.problems:
        yield f"{name}: {problem.message}", _severity(problem)
    if clause.type is not None and not is_constant(expression.tree) and fits(given.type, clause.type) is False:
        yield f"{name} is {words(given.type)}, declared as {words(clause.type)}. Correct the cell or the type.", "error"


def _said(element: str, before: str, found: Inference, rules: tuple[str, ...]) -> Iterator[Finding]:
    for problem in found.problems:
        if problem.kind != "value":  # Rows outside the allowed values are found as rows that are never used.
            yield TableFinding(RULE, _severity(problem), element, before + problem.message, rules)


def _severity(problem: TypeProblem) -> Severity:
    return "error" if problem.kind == "type" else "warn"
