"""A decision table as a sheet: plain texts in rows and columns, between a DMN file and a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflows.decisions.errors import DecisionError, DecisionNotFound
from workflows.decisions.read_table import mark
from workflows.decisions.xml import Element, attribute, child, children, parse, text_of

INPUT, OUTPUT, NOTE, DESCRIPTION = "input", "output", "note", "description"
KINDS = (INPUT, OUTPUT, NOTE, DESCRIPTION)


@dataclass(frozen=True)
class SheetColumn:
    """kind: one of KINDS. expression: what an input reads; the name of an output. All other fields as in the file."""

    kind: str
    id: str = ""
    label: str = ""
    expression: str = ""
    type: str = ""
    allowed: str = ""
    default: str = ""
    fail_closed: str = ""
    strictest_first: bool = False

    @property
    def heading(self) -> str:
        """What people call it."""
        return self.label or self.expression or self.kind


@dataclass(frozen=True)
class SheetRow:
    """A rule. id: "" for a new one. cells: one per column; "" in an input takes anything. line: where it was read."""

    id: str
    cells: tuple[str, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Sheet:
    """policy: hit policy, with its aggregation behind it: "COLLECT SUM"."""

    decision_id: str
    decision_name: str
    policy: str
    gate: bool
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class SheetProblem:
    """Why a sheet cannot be used. line: from 1, None for the whole. column: as a spreadsheet names it, such as "C"."""

    line: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        places = [] if self.line is None else [f"row {self.line}"]
        places += [] if self.column is None else [f"column {self.column}"]
        place = ", ".join(places)
        return f"{place[:1].upper()}{place[1:]}: {self.reason}" if places else self.reason


class SheetRefused(DecisionError):
    """Nothing of the sheet was taken. problems: everything that is wrong with it."""

    def __init__(self, problems: Sequence[SheetProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems[:5])))


def refused(reason: str, line: int | None = None, column: int | None = None) -> SheetRefused:
    """A refusal for one reason. column: from 0."""
    return SheetRefused([SheetProblem(line, None if column is None else letters(column), reason)])


def letters(column: int) -> str:
    """The name of a column, counted from 0, in a spreadsheet: A, B, ..., Z, AA, ..."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def sheet_of(xml: bytes, decision_id: str = "") -> Sheet:
    """The table of a decision, "" for the only one of the file. Raises DecisionNotFound, SheetRefused or
    DecisionModelRefused."""
    decision, table = find_table(parse(xml), decision_id)
    return Sheet(
        decision_id=attribute(decision, "id"),
        decision_name=attribute(decision, "name"),
        policy=f"{attribute(table, 'hitPolicy') or 'UNIQUE'} {attribute(table, 'aggregation')}".strip(),
        gate=mark(table, "gate") == "true",
        columns=tuple(columns_of(table)),
        rows=tuple(SheetRow(attribute(rule, "id"), cells_of(table, rule)) for rule in children(table, "rule")),
    )


def find_table(root: Element, decision_id: str) -> tuple[Element, Element]:
    """The elements of a decision and of its table. Raises DecisionNotFound or SheetRefused."""
    decisions = list(children(root, "decision"))
    with_tables = [one for one in decisions if child(one, "decisionTable") is not None]
    if not decision_id:
        if len(with_tables) != 1:
            names = ", ".join(attribute(one, "id") for one in with_tables) or "none"
            raise refused(f"The file does not have exactly one decision table ({names}). Say which decision.")
        return with_tables[0], child(with_tables[0], "decisionTable")
    for one in decisions:
        if decision_id in (attribute(one, "id"), attribute(one, "name")):
            if one not in with_tables:
                raise refused(f'The decision "{decision_id}" is not a table. Choose another.')
            return one, child(one, "decisionTable")
    raise DecisionNotFound(decision_id)


def columns_of(table: Element) -> list[SheetColumn]:
    """Inputs, outputs, annotations; then the descriptions of the rules when one has any."""
    found = [_input(one) for one in children(table, "input")]
    found += [_output(one) for one in children(table, "output")]
    found += [SheetColumn(NOTE, label=attribute(one, "name").strip()) for one in children(table, "annotation")]
    if any(child(rule, "description") is not None for rule in children(table, "rule")):
        found.append(SheetColumn(DESCRIPTION, label=DESCRIPTION))
    return found


def _input(element: Element) -> SheetColumn:
    expression = child(element, "inputExpression")
    return SheetColumn(
        kind=INPUT,
        id=attribute(element, "id"),
        label=attribute(element, "label").strip(),
        expression=text_of(expression).strip(),
        type="" if expression is None else attribute(expression, "typeRef"),
        allowed=text_of(child(element, "inputValues")).strip(),
    )


def _output(element: Element) -> SheetColumn:
    return SheetColumn(
        kind=OUTPUT,
        id=attribute(element, "id"),
        label=attribute(element, "label").strip(),
        expression=attribute(element, "name"),
        type=attribute(element, "typeRef"),
        allowed=text_of(child(element, "outputValues")).strip(),
        default=text_of(child(element, "defaultOutputEntry")).strip(),
        fail_closed=mark(element, "failClosed"),
        strictest_first=mark(element, "strictestFirst") == "true",
    )


def cells_of(table: Element, rule: Element) -> tuple[str, ...]:
    """The texts of a rule, in the order of columns_of."""
    inputs = [plain(text_of(one)) for one in children(rule, "inputEntry")]
    outputs = [text_of(one).strip() or "null" for one in children(rule, "outputEntry")]
    notes = [text_of(one) for one in children(rule, "annotationEntry")]
    wanted = len(list(children(table, "annotation")))
    described = child(rule, "description")
    found = [*inputs, *outputs, *(notes + [""] * wanted)[:wanted]]
    if any(child(one, "description") is not None for one in children(table, "rule")):
        found.append("" if described is None else str(described.text or ""))
    return tuple(found)


def plain(text: str) -> str:
    """The text of an input cell; "" when it takes anything."""
    text = text.strip()
    return "" if text == "-" else text
