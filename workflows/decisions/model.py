"""A decision model in memory: what was read from a DMN file, with every expression compiled.

Nothing here changes after reading; one model serves any number of evaluations.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.feel import UnaryTests, Value
from workflows.feel.code import Code
from workflows.feel.expression import Expression
from workflows.feel.types import FeelType


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column that is read. name: its label or expression. values: its allowed values; order: them one by one."""

    id: str
    name: str
    expression: Expression
    type: FeelType | None
    values: UnaryTests | None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column that is written. name: "" for a single output. order: allowed values, highest priority first.

    fail_closed:     the values a gate may answer with when something is missing. A mark of ours in the file.
    strictest_first: the order of the allowed values is that of severity. Also a mark of ours.
    """

    id: str
    name: str
    type: FeelType | None
    values: UnaryTests | None
    order: tuple[Value, ...]
    default: Expression | None
    fail_closed: UnaryTests | None = None
    strictest_first: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A row. id: from the file, or "<table id>.<row number>" when the file gives none. annotation: its author's words
    for people, such as the source of the rule; "" when there are none."""

    id: str
    cells: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """policy: "UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER" or "COLLECT".
    aggregation: "", "SUM", "MIN", "MAX" or "COUNT", for COLLECT only. gate: the file marks it as one."""

    id: str
    decision_id: str
    policy: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    gate: bool = False


@dataclass(frozen=True, slots=True)
class Requirements:
    """Ids of what an element may see. paths: the names of the imports through which it sees an imported one."""

    inputs: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InputData:
    id: str
    name: str
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class Decision:
    """variable: the name its result has for others. table: the decision table, when its logic is one."""

    id: str
    name: str
    variable: str
    type: FeelType | None
    requires: Requirements
    code: Code
    table: Table | None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model. code: gives the FEEL function, in the scope of what it requires."""

    id: str
    name: str
    requires: Requirements
    code: Code


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service. Called with its input data, then its input decisions, in that order."""

    id: str
    name: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    input_decisions: tuple[str, ...]
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """A file with everything it imports; ids of imported elements are "<namespace>#<id>".

    digest:      SHA-256 of the file as read, in hexadecimal; with imports, of all files.
    tables:      every decision table, nested and imported ones included.
    unsupported: what is not run, by the id of the element it is in.
    """

    id: str
    name: str
    namespace: str
    digest: str
    decisions: Mapping[str, Decision]
    inputs: Mapping[str, InputData]
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    unsupported: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_tables(self) -> tuple[Table, ...]:
        """Without those of imported files, which speak for themselves."""
        return tuple(one for one in self.tables if "#" not in one.decision_id)
