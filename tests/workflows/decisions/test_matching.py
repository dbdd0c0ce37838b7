"""The prepared columns find what asking every row in turn finds: the same rows, problems and steps."""

from dataclasses import replace
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.decisions.build import model
from tests.workflows.decisions.say import NOW, decided
from tests.workflows.feel.test_shortcuts import General, cells, values
from workflows.decisions.columns import column
from workflows.decisions.matching import matching
from workflows.decisions.model import Rule
from workflows.feel import UnaryTests, Value, from_python
from workflows.feel.budget import MAX_STEPS, STEPS_OF_FAILURE, Run, Scope
from workflows.feel.compile_logic import tests_code as cell_code
from workflows.feel.unary import parse_unary_tests

WIDTH = 3
rows = st.lists(st.lists(cells, min_size=WIDTH, max_size=WIDTH), max_size=8)
inputs = st.lists(values, min_size=WIDTH, max_size=WIDTH)


def _general(cell: UnaryTests) -> UnaryTests:
    return UnaryTests(cell.text, cell.tree, cell_code(cell.tree, General({})), {})


def _in_turn(rules: list[Rule], tested: list[Value], scope: Scope) -> list[str]:
    found = []
    for rule in rules:
        scope.run.charge(1 + len(tested))
        if all(cell.matches_in(scope, one) is True for cell, one in zip(rule.cells, tested, strict=True)):
            found.append(rule.id)
    return found


def _rules(texts: list[list[str]]) -> list[Rule]:
    return [Rule(f"r{number}", tuple(map(parse_unary_tests, row)), ()) for number, row in enumerate(texts, 1)]


def _scope(x: object) -> Scope:
    return Scope(Run(NOW), {"x": from_python(x)})


@given(rows, inputs, values)
def test_the_same_rules_match_with_the_same_problems_and_steps(
    texts: list[list[str]], given_values: list[object], x: object
) -> None:
    rules, tested = _rules(texts), [from_python(one) for one in given_values]
    columns = [column([rule.cells[number] for rule in rules]) for number in range(WIDTH)]
    quick, slow = _scope(x), _scope(x)
    found = [rule.id for rule in matching(rules, columns, tested, quick)]
    assert found == _in_turn([replace(one, cells=tuple(map(_general, one.cells))) for one in rules], tested, slow)
    assert quick.run.problems == slow.run.problems
    assert quick.run.steps == slow.run.steps


amounts = st.sampled_from(["-1", "0", "2", "5", "5.0", "9"])
pairs = st.lists(amounts, min_size=2, max_size=2)
bounds = st.builds(lambda low, pair, high: f"{low}{pair[0]}..{pair[1]}{high}", st.sampled_from("[("), pairs,
                   st.sampled_from("])"))  # fmt: skip
limits = st.builds(lambda sign, one: sign + one, st.sampled_from(["", "!=", "<", "<=", ">", ">="]), amounts)
numeric = st.lists(st.one_of(bounds, limits), min_size=1, max_size=2).map(", ".join)
numeric_cells = st.one_of(numeric, numeric.map(lambda text: f"not({text})"))


@given(st.lists(numeric_cells, min_size=1, max_size=6), st.sampled_from([-2, -1, 0, 1, 2, 3, 5, 7, 9, 10]))
def test_a_column_of_numbers_knows_its_ends(texts: list[str], tested: int) -> None:
    found = [parse_unary_tests(text) for text in texts]
    accepted, asked = column(found).answers(from_python(tested))
    answers = [_general(cell).matches_in(_scope(None), from_python(tested)) is True for cell in found]
    assert [bool((accepted | asked) >> place & 1) for place, _ in enumerate(answers)] == [
        answer or bool(asked >> place & 1) for place, answer in enumerate(answers)
    ]


@given(rows, inputs)
def test_who_stops_at_the_first_pays_for_the_rows_before_it(texts: list[list[str]], given_values: list[object]) -> None:
    rules, tested = _rules(texts), [from_python(one) for one in given_values]
    columns = [column([rule.cells[number] for rule in rules]) for number in range(WIDTH)]
    quick, slow = _scope(1), _scope(1)
    found = list(islice(matching(rules, columns, tested, quick), 1))
    passed = rules.index(found[0]) + 1 if found else len(rules)
    _in_turn(rules[:passed], tested, slow)
    assert (quick.run.problems, quick.run.steps) == (slow.run.problems, slow.run.steps)


def test_problems_of_outputs_come_in_the_order_of_the_rows() -> None:
    table = model("COLLECT", ["n", "s"], ["y"], [["-", "-", '1 + "a"'], ["> 3", "-", "2"], ["-", '"q"', "1 / 0"]])
    run = Run(NOW)
    code = table.decisions["d"].code
    code(Scope(run, {"n": "text", "s": "q"}))
    assert [problem.kind for problem in run.problems] == ["type", "type", "arithmetic"]
    assert run.steps == MAX_STEPS - 3 * 3 - 3 * STEPS_OF_FAILURE


def test_a_table_without_rows_answers() -> None:
    assert decided(model("COLLECT", ["x"], ["y"], []), x=1) == []


def test_many_rows_are_told_apart() -> None:
    bands = [[f"[{10 * number}..{10 * number + 10})", str(number)] for number in range(300)]
    table = model("UNIQUE", ["x"], ["y"], bands)
    assert [decided(table, x=value) for value in (0, 9.99, 10, 1505, 2999, 3000, -1)] == [0, 0, 1, 150, 299, None, None]
