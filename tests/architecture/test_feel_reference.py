"""docs/feel.md says what the language does: every example is run, every built-in is listed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from tests.architecture.tree import ROOT
from tests.workflows.feel.samples import identical
from webapp.wiring import wire
from workflows.feel import (
    Evaluation,
    FeelSyntaxError,
    Value,
    builtin_names,
    parse,
    parse_assignments,
    parse_unary_tests,
)
from workflows.feel.builtins.registry import Overload, overloads_of

PAGE = (ROOT / "docs" / "feel.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Row:
    """head: the first cell of the table's header line. cells: without the backticks around code."""

    head: str
    cells: tuple[str, ...]

    def __str__(self) -> str:
        return self.cells[0]


def _rows() -> Iterator[Row]:
    head, before = "", ""
    for line in PAGE.splitlines():
        cells = tuple(_plain(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        if line.startswith("|") and not before.startswith("|"):
            head = " | ".join(cells)
        elif line.startswith("|") and not line.startswith("|--"):
            yield Row(head, cells)
        before = line


def _plain(cell: str) -> str:
    cell = cell.strip().replace(r"\|", "|")
    return cell[1:-1] if re.fullmatch(r"`[^`]+`", cell) else cell


def rows(head: str) -> list[Row]:
    """The rows of all tables with this header line."""
    return [row for row in _rows() if row.head == head]


def block(language: str) -> str:
    """The one example in this language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def _now() -> datetime:
    clock = re.search(r"the clock\*\* stands at `([^`]+)`", PAGE)
    assert clock is not None
    found = parse(f'@"{clock[1]}"').evaluate({}, now=datetime(2000, 1, 1)).value
    assert isinstance(found, datetime)
    return found


NOW = _now()


def _data() -> dict[str, Value]:
    found = parse(block("feel")).evaluate({}, now=NOW)
    assert isinstance(found.value, dict)
    assert found.problems == ()
    return found.value


DATA = _data()
EXAMPLES = [*rows("expression | gives"), *(Row(one.head, one.cells[1:]) for one in rows("built-in | example | gives"))]
NULL = rows("expression | is null because")


@pytest.fixture(autouse=True, scope="module")
def _wired() -> None:
    """The product's own built-ins are on the page as well."""
    wire()


def evaluated(text: str) -> Evaluation:
    return parse(text).evaluate(DATA, now=NOW)


@pytest.mark.parametrize("row", EXAMPLES, ids=str)
def test_an_example_gives_what_the_page_says(row: Row) -> None:
    expected = evaluated(row.cells[1])
    assert expected.problems == ()
    assert identical(evaluated(row.cells[0]).value, expected.value), evaluated(row.cells[0])


@pytest.mark.parametrize("row", rows("cell | value | matches"), ids=str)
def test_a_cell_answers_what_the_page_says(row: Row) -> None:
    cell, value, answer = row.cells
    found = parse_unary_tests(cell).matches(evaluated(value).value, DATA, now=NOW)
    assert found is {"yes": True, "no": False, "unknown": None}[answer]


@pytest.mark.parametrize("row", rows("expression | here | in the preview"), ids=str)
def test_the_difference_to_the_preview_is_on_our_side_as_the_page_says(row: Row) -> None:
    assert evaluated(row.cells[0]).value is {"true": True, "false": False, "unknown": None}[row.cells[1]]


@pytest.mark.parametrize("row", NULL, ids=str)
def test_a_null_has_the_reason_that_the_page_tells(row: Row) -> None:
    found = evaluated(row.cells[0])
    assert found.value is None
    assert row.cells[1] in " ".join(problem.message for problem in found.problems)


@pytest.mark.parametrize("row", rows("refused | because"), ids=str)
def test_a_refused_text_has_the_advice_that_the_page_tells(row: Row) -> None:
    with pytest.raises(FeelSyntaxError) as refused:
        parse(row.cells[0])
    assert row.cells[1] in refused.value.message


def test_the_script_writes_what_the_page_says() -> None:
    data: dict[str, Value] = {**DATA, "now": NOW, "today": NOW.date()}
    for one in parse_assignments(block("script")):
        found = one.expression.evaluate(data, now=NOW)
        assert found.problems == ()
        name, *path = one.target
        put = parse("context put(if whole = null then {} else whole, path, new)") if path else parse("new")
        names: dict[str, Value] = {"whole": data.get(name), "path": list(path), "new": found.value}
        data[name] = put.evaluate(names, now=NOW).value
    for row in rows("variable | gives"):
        assert identical(data[row.cells[0]], evaluated(row.cells[1]).value)


def test_properties_are_those_that_values_have() -> None:
    samples = {
        "a date": "today()", "a time": "time(now())", "a date and time": "now()", "days and time": '@"P1D"',
        "years and months": '@"P1Y"', "a range": "[1..2]",
    }  # fmt: skip
    for row in rows("of | you can read"):
        for name in re.findall(r"`\.([^`]+)`", row.cells[1]):
            assert evaluated(f"{samples[row.cells[0]]}.{name}").problems == (), (row.cells[0], name)


def _signature(name: str, overload: Overload) -> str:
    parts = [
        one.name + ("..." if one.several or one.rest else "?" if one.optional else "") for one in overload.parameters
    ]
    return f"{name}({', '.join(parts)})"


def test_every_built_in_is_on_the_page_and_no_other() -> None:
    listed = [row.cells[0] for row in rows("built-in | example | gives")]
    assert len(listed) == len(set(listed))
    names = builtin_names()
    assert sorted(names - {one.partition("(")[0] for one in listed}) == [], "add these to docs/feel.md"
    real = {_signature(name, one) for name in names for one in overloads_of(name)}
    assert sorted(set(listed) - real) == [], "these cannot be called like that"


def test_an_example_of_a_built_in_uses_it() -> None:
    strange = [
        row.cells[0]
        for row in rows("built-in | example | gives")
        if f"{row.cells[0].partition('(')[0]}(" not in row.cells[1]
    ]
    assert strange == []


def test_the_page_has_its_examples() -> None:
    heads = {row.head for row in _rows()}
    read = {"expression | gives", "built-in | example | gives", "cell | value | matches", "variable | gives",
            "expression | here | in the preview", "refused | because", "expression | is null because",
            "of | you can read"}  # fmt: skip
    assert heads == read, "a table without a test"
    assert len(EXAMPLES) > 150
