"""Which rules of a table match? Each column is looked at once; only what it leaves open is asked cell by cell."""

from collections.abc import Iterator, Sequence

from workflows.decisions.columns import Column
from workflows.decisions.model import Rule
from workflows.feel import Value
from workflows.feel.budget import Scope

Open = tuple[int, int]  # a column, and the rules that get as far as their cell in it and must be asked


def matching(rules: Sequence[Rule], columns: Sequence[Column], values: Sequence[Value], scope: Scope) -> Iterator[Rule]:
    """The rules that match, in table order, each as soon as it is found.

    Steps are charged and problems noted as if every rule were asked in turn, each until its first cell that does not
    match. Raises FeelBudgetExceeded.
    """
    alive, opened = _looked_at(len(rules), columns, values)
    left = alive
    for _, reached in opened:
        left |= reached  # to be asked even when a later column refuses: what is wrong with the value is noted
    run, price, paid = scope.run, 1 + len(values), 0
    while left:
        bit = left & -left
        left ^= bit
        number = bit.bit_length()
        run.charge(price * (number - paid))
        paid = number
        rule = rules[number - 1]
        if all(_accepts(rule, column, values, scope) for column, reached in opened if reached & bit) and alive & bit:
            yield rule
    run.charge(price * (len(rules) - paid))


def _looked_at(count: int, columns: Sequence[Column], values: Sequence[Value]) -> tuple[int, list[Open]]:
    """The rules that match if the open cells do, and the open cells, from left to right."""
    alive, opened = (1 << count) - 1, []
    for number, (column, value) in enumerate(zip(columns, values, strict=True)):
        accepted, asked = column.answers(value)
        if alive & asked:
            opened.append((number, alive & asked))
        alive &= accepted | asked
    return alive, opened


def _accepts(rule: Rule, column: int, values: Sequence[Value], scope: Scope) -> bool:
    return rule.cells[column].matches_in(scope, values[column]) is True
