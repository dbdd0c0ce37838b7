"""Random tables, answered a second time from the rows themselves: no FEEL, no text, every row against every input.

A test is drawn as data, written as a cell for the product, and judged here by what it says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.decisions.build import Column, model
from tests.workflows.decisions.say import NOW
from workflows.decisions import DecisionConflict, DecisionModel, decide
from workflows.decisions.explain import explain
from workflows.feel import Value

quick = settings(max_examples=50, derandomize=True, deadline=None, database=None)

NUMBERS = [Decimal(number) for number in (-2, 0, 1, 3, 5)]
TEXTS = ["a", "b", "c"]
DOMAINS: dict[str, list[Value]] = {
    "number": [None, *NUMBERS, Decimal("0.5"), "a"],  # the last one is of another type
    "string": [None, *TEXTS, "bb", Decimal(1)],
    "boolean": [None, True, False, "a"],
}
PRIORITIES: list[Value] = [Decimal(3), Decimal(1), Decimal(2)]  # highest first; 4 and 5 are not listed

CONSTANTS: dict[str, list[Any]] = {"number": NUMBERS, "string": TEXTS, "boolean": [True, False]}
SIGNS = ["<", "<=", ">", ">=", "=", "!="]

Answer = bool | None


# -- tests as data: what they say


@dataclass(frozen=True)
class Is:
    constant: Value

    def judge(self, value: Value) -> Answer:
        if value is None or self.constant is None:
            return value is self.constant
        return value == self.constant if type(value) is type(self.constant) else None

    def __str__(self) -> str:
        if isinstance(self.constant, str):
            return f'"{self.constant}"'
        return "null" if self.constant is None else str(self.constant).lower()


@dataclass(frozen=True)
class Compared:
    """A sign before a constant."""

    sign: str
    constant: Any

    def judge(self, value: Any) -> Answer:
        if self.sign in ("=", "!="):
            same = Is(self.constant).judge(value)
            return None if same is None else same is (self.sign == "=")
        if type(value) is not type(self.constant):
            return None
        place = int(value > self.constant) - int(value < self.constant)
        return {"<": place < 0, "<=": place <= 0, ">": place > 0, ">=": place >= 0}[self.sign]

    def __str__(self) -> str:
        return f"{self.sign} {Is(self.constant)}"


@dataclass(frozen=True)
class Within:
    """An interval; closed: whether low and high belong to it."""

    low: Any
    high: Any
    closed: tuple[bool, bool]

    def judge(self, value: Any) -> Answer:
        if type(value) is not type(self.low):
            return None
        above = value > self.low or (self.closed[0] and value == self.low)
        below = value < self.high or (self.closed[1] and value == self.high)
        return bool(above and below)

    def __str__(self) -> str:
        return f"{'(['[self.closed[0]]}{Is(self.low)}..{Is(self.high)}{')]'[self.closed[1]]}"


@dataclass(frozen=True)
class Cell:
    """One of the tests must hold, or none of them when negated; no test at all is the dash."""

    tests: tuple[Is | Compared | Within, ...]
    negated: bool = False

    def judge(self, value: Value) -> Answer:
        answers = [one.judge(value) for one in self.tests]
        if True in answers or not answers:
            return not self.negated
        return None if None in answers else self.negated

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.tests)) or "-"
        return f"not({listed})" if self.negated else listed


def cells(kind: str) -> st.SearchStrategy[Cell]:
    constants = CONSTANTS[kind]
    tests: list[st.SearchStrategy[Any]] = [st.builds(Is, st.sampled_from([*constants, *constants, None]))]
    if kind != "boolean":
        ends = st.lists(st.sampled_from(constants), min_size=2, max_size=2).map(sorted)
        closed = st.tuples(st.booleans(), st.booleans())
        tests.append(st.builds(lambda two, shut: Within(two[0], two[1], shut), ends, closed))
        tests.append(st.builds(Compared, st.sampled_from(SIGNS), st.sampled_from(constants)))
    some = st.lists(st.one_of(tests), min_size=1, max_size=3).map(tuple)
    return st.one_of(st.just(Cell(())), st.builds(Cell, some), st.builds(Cell, some, st.booleans()))


# -- tables as data: what they answer


@dataclass(frozen=True)
class Sheet:
    """kinds: of the input columns. rows: cells and outputs. default: of the only output, or null."""

    policy: str
    kinds: tuple[str, ...]
    rows: tuple[tuple[tuple[Cell, ...], tuple[Value, ...]], ...]
    default: Value
    outputs: int

    def model(self) -> DecisionModel:
        names = [f"i{number}" for number, _ in enumerate(self.kinds)]
        values = ", ".join(map(str, PRIORITIES)) if self.policy in ("PRIORITY", "OUTPUT ORDER") else ""
        default = "" if self.default is None else str(Is(self.default))
        columns = [Column(f"o{number}", values=values, default=default) for number in range(self.outputs)]
        rows = [[*map(str, inputs), *(str(Is(one)) for one in outputs)] for inputs, outputs in self.rows]
        return model(self.policy, names, columns, rows)

    def matching(self, inputs: Sequence[Value]) -> list[int]:
        """Numbers of the rows all of whose cells hold, counted from 0."""
        return [
            number
            for number, (tests, _) in enumerate(self.rows)
            if all(test.judge(value) is True for test, value in zip(tests, inputs, strict=True))
        ]

    def answer(self, inputs: Sequence[Value]) -> object:
        """The value, or the class of the refusal."""
        found = [self.rows[number][1] for number in self.matching(inputs)]
        return POLICIES[self.policy](self, found) if found else self._nothing()

    def _nothing(self) -> object:
        if self.policy == "COLLECT COUNT":
            return 0
        lists = self.policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER")
        if self.default is None:
            return [] if lists else None
        alone = self.shape((self.default,) * self.outputs)
        return [alone] if lists else alone

    def shape(self, outputs: tuple[Value, ...]) -> object:
        return outputs[0] if self.outputs == 1 else {f"o{number}": value for number, value in enumerate(outputs)}

    def listed(self, found: list[tuple[Value, ...]]) -> list[object]:
        return [self.shape(one) for one in found]


def _ranked(found: list[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
    return sorted(found, key=lambda one: [[*PRIORITIES, value].index(value) for value in one])


def _aggregated(combine: Callable[[list[Any]], object]) -> Callable[[Sheet, list[tuple[Value, ...]]], object]:
    return lambda sheet, found: combine([outputs[0] for outputs in found])


POLICIES: dict[str, Callable[[Sheet, list[tuple[Value, ...]]], object]] = {
    "UNIQUE": lambda sheet, found: sheet.shape(found[0]) if len(found) == 1 else DecisionConflict,
    "ANY": lambda sheet, found: sheet.shape(found[0]) if len(set(found)) == 1 else DecisionConflict,
    "FIRST": lambda sheet, found: sheet.shape(found[0]),
    "PRIORITY": lambda sheet, found: sheet.shape(_ranked(found)[0]),
    "RULE ORDER": lambda sheet, found: sheet.listed(found),
    "OUTPUT ORDER": lambda sheet, found: sheet.listed(_ranked(found)),
    "COLLECT": lambda sheet, found: sheet.listed(found),
    "COLLECT SUM": _aggregated(sum),
    "COLLECT MIN": _aggregated(min),
    "COLLECT MAX": _aggregated(max),
    "COLLECT COUNT": _aggregated(len),
}


@st.composite
def sheets(draw: st.DrawFn, policies: Sequence[str] = tuple(sorted(POLICIES))) -> Sheet:
    policy = draw(st.sampled_from(policies))
    kinds = draw(st.lists(st.sampled_from(sorted(DOMAINS)), min_size=1, max_size=3))
    outputs = 1 if policy.startswith("COLLECT ") else draw(st.integers(1, 2))
    values = st.integers(1, 5 if policy in ("PRIORITY", "OUTPUT ORDER") else 3).map(Decimal)
    row = st.tuples(st.tuples(*map(cells, kinds)), st.tuples(*[values] * outputs))
    default = draw(st.one_of(st.none(), values)) if policy != "COLLECT COUNT" else None
    return Sheet(policy, tuple(kinds), tuple(draw(st.lists(row, max_size=6))), default, outputs)


def _situations(sheet: Sheet) -> list[dict[str, Value]]:
    """Every combination of values up to two columns, a fair part of those of three."""
    every = list(product(*(DOMAINS[kind] for kind in sheet.kinds)))
    return [{f"i{column}": value for column, value in enumerate(one)} for one in every[:: len(every) // 60 + 1]]


@pytest.mark.parametrize("policy", POLICIES)
@given(data=st.data())
@quick
def test_a_table_answers_as_its_rows_say(policy: str, data: st.DataObject) -> None:
    sheet = data.draw(sheets([policy]))
    read = sheet.model()
    for context in _situations(sheet):
        expected = sheet.answer(list(context.values()))
        try:
            found = decide(read, "d", context, now=NOW)
        except DecisionConflict as conflict:
            assert expected is DecisionConflict
            assert conflict.rules == tuple(f"r{number + 1}" for number in sheet.matching(list(context.values())))
            continue
        assert found.value == expected
        rules = tuple(f"r{number + 1}" for number in sheet.matching(list(context.values())))
        assert found.matched == (rules[:1] if sheet.policy == "FIRST" else rules)


@given(sheets())
@quick
def test_an_explanation_names_the_same_rows_and_judges_each_cell_alike(sheet: Sheet) -> None:
    read = sheet.model()
    for context in _situations(sheet)[::5]:
        inputs = list(context.values())
        rows = explain(read, "d", context, now=NOW).tables[0].rows
        assert [row.number - 1 for row in rows if row.matched] == sheet.matching(inputs)
        for row, (tests, _) in zip(rows, sheet.rows, strict=True):
            told = [cell.answer for cell in row.cells]
            judged = [test.judge(value) for test, value in zip(tests, inputs, strict=True)]
            assert [one is True for one in told] == [one is True for one in judged][: len(told)]


@given(st.sampled_from(sorted(DOMAINS)).flatmap(lambda kind: st.tuples(st.just(kind), cells(kind))))
@quick
def test_a_single_cell_matches_what_it_says(drawn: tuple[str, Cell]) -> None:
    kind, cell = drawn
    read = model("FIRST", ["x"], ["y"], [[str(cell), "true"]])
    for value in DOMAINS[kind]:
        assert (decide(read, "d", {"x": value}, now=NOW).value is True) is (cell.judge(value) is True)
