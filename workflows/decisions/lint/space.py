"""A decision table as geometry: its columns are dimensions, its rules are boxes.

Columns that read the same expression are one dimension, so that what they can read together is exact. Columns that read
the same data by different expressions are taken as free of each other; what is then found may be impossible, and what
is ruled out is certain.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from operator import and_

from workflows.decisions.lint.atoms import Atom, Undecided, cut, key_of, shown
from workflows.decisions.lint.cover import Box
from workflows.decisions.lint.shapes import asks_nothing, shape
from workflows.decisions.model import InputClause, Table
from workflows.decisions.read_types import Restriction
from workflows.feel import UnaryTests, Value
from workflows.feel.types import FeelType


@dataclass(frozen=True, slots=True)
class Dimension:
    """columns: numbers of the input columns. rules: per rule the atoms it accepts, as bits. read: does a rule ask?

    usual: atoms with a known value, missing and strange ones left out; known: with a known value; missing: null, as far
    as what the rules say of it is known; absent: null in any case.
    """

    columns: tuple[int, ...]
    atoms: tuple[Atom, ...]
    rules: tuple[int, ...]
    read: bool
    usual: int
    missing: int
    absent: int
    known: int

    @property
    def whole(self) -> int:
        """Every atom."""
        return (1 << len(self.atoms)) - 1


@dataclass(frozen=True, slots=True)
class Example:
    """values: column name to value; None when a part of it has no known value. text: the same in words."""

    values: Mapping[str, Value] | None
    text: str


@dataclass(frozen=True, slots=True)
class Space:
    """names: per column, each once. boxes: one per rule. tied: names of columns that read the same data differently."""

    table: Table
    names: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    boxes: tuple[Box, ...]
    tied: tuple[str, ...]

    @property
    def usual(self) -> Box:
        return tuple(one.usual for one in self.dimensions)

    @property
    def known(self) -> Box:
        return tuple(one.known for one in self.dimensions)

    @property
    def whole(self) -> Box:
        return tuple(one.whole for one in self.dimensions)

    def missing(self, at: int, box: Box | None = None) -> Box:
        """A box (that of usual values) with one dimension changed to missing values."""
        base = self.usual if box is None else box
        return (*base[:at], self.dimensions[at].missing, *base[at + 1 :])

    def widened(self) -> tuple[Box, list[Box]]:
        """The usual box and the rules, where columns of which nothing is known take anything that a rule may take."""
        unknown = [not one.usual and one.known != one.whole for one in self.dimensions]
        box = tuple(one.whole if free else one.usual for one, free in zip(self.dimensions, unknown, strict=True))
        rules = [
            tuple(box[at] if unknown[at] and part else part for at, part in enumerate(rule)) for rule in self.boxes
        ]
        return box, rules

    def example(self, box: Box) -> Example:
        """One point of a box that is not empty: usual values where it has some, values that are known else."""
        atoms: dict[int, Atom] = {}
        known = True
        for dimension, mask in zip(self.dimensions, box, strict=True):
            best = mask & dimension.usual or mask & dimension.known or mask
            atom = dimension.atoms[(best & -best).bit_length() - 1]
            if mask == dimension.whole and not atom.known:
                atom = replace(atom, label=shown(atom.value), known=True)  # any value will do
            known = known and atom.known
            atoms |= dict.fromkeys(dimension.columns, atom)
        values = {self.names[column]: atoms[column].value for column in sorted(atoms)}
        parts = dict.fromkeys(f"{self.names[column]} = {atoms[column].label}" for column in sorted(atoms))
        return Example(values if known else None, ", ".join(parts) or "any input")


def space_of(table: Table, types: Sequence[FeelType | None]) -> Space:
    """Raises Undecided when a column cannot be cut into atoms."""
    groups: dict[object, list[int]] = {}
    for column, clause in enumerate(table.inputs):
        groups.setdefault(shape(clause.expression.tree), []).append(column)
    dimensions = tuple(_dimension(table, columns, types) for columns in groups.values())
    boxes = tuple(tuple(one.rules[number] for one in dimensions) for number in range(len(table.rules)))
    return Space(table, column_names(table), dimensions, boxes, _tied(table, dimensions))


def column_names(table: Table) -> tuple[str, ...]:
    """What examples call the columns: their names; the expression, or a number, where two would be the same."""
    found: list[str] = []
    expressions: dict[str, object] = {}
    for number, clause in enumerate(table.inputs, 1):
        reads = shape(clause.expression.tree)
        candidates = (clause.name, clause.expression.text.strip(), f"column {number}")
        name = next(one for one in candidates if expressions.setdefault(one, reads) == reads)
        found.append(name)
    return tuple(found)


def _dimension(table: Table, columns: list[int], types: Sequence[FeelType | None]) -> Dimension:
    clauses = [table.inputs[column] for column in columns]
    kind = next((types[column] for column in columns if types[column] is not None), None)
    cells = [[rule.cells[column] for column in columns] for rule in table.rules]
    asking = [[cell for cell in row if not asks_nothing(cell)] for row in cells]
    limits = [one for column, clause in zip(columns, clauses, strict=True) for one in limits_of(clause, types[column])]
    try:
        found = cut([cell for row in asking for cell in row], limits, kind)
    except Undecided as reason:
        raise Undecided(f'in column "{clauses[0].name}" {reason}') from None
    whole = (1 << len(found.atoms)) - 1
    rules = tuple(reduce(and_, (found.accepted[key_of(cell)] for cell in row), whole) for row in asking)
    return Dimension(
        columns=tuple(columns),
        atoms=found.atoms,
        rules=rules,
        read=any(asking),
        usual=_bits(one.known and not one.missing and not one.strange for one in found.atoms),
        missing=_bits(one.known and one.missing for one in found.atoms),
        absent=_bits(one.missing for one in found.atoms),
        known=_bits(one.known for one in found.atoms),
    )


def _bits(answers: Iterator[bool]) -> int:
    return sum(1 << at for at, answer in enumerate(answers) if answer)


def limits_of(clause: InputClause, kind: FeelType | None) -> Iterator[UnaryTests]:
    """The allowed values of a column: its own, and those of its type."""
    if clause.values is not None and not asks_nothing(clause.values):
        yield clause.values
    allowed = kind.allowed if kind is not None else None
    while isinstance(allowed, Restriction):
        yield allowed.tests
        allowed = allowed.inner


def _tied(table: Table, dimensions: Sequence[Dimension]) -> tuple[str, ...]:
    read = [one.columns[0] for one in dimensions if one.read]
    found: dict[str, None] = {}
    for first, second in combinations(read, 2):
        one, other = table.inputs[first], table.inputs[second]
        if any(_related(a, b) for a in one.expression.paths for b in other.expression.paths):
            found |= {one.name: None, other.name: None}
    return tuple(found)


def _related(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    size = min(len(one), len(other))
    return one[:size] == other[:size]
