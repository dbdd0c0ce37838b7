"""What a table answers when several rules match, or none (DMN 1.5 section 8.2.10)."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from workflows.decisions.errors import DecisionConflict
from workflows.decisions.model import OutputClause, Rule, Table
from workflows.feel import Value
from workflows.feel.budget import Run
from workflows.feel.compare import order, same
from workflows.feel.errors import Trouble
from workflows.feel.values import NUMBERS

Outputs = tuple[Value, ...]
Match = tuple[Rule, Outputs]


def answer(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    """The table's value. Raises DecisionConflict when the policy forbids what matched."""
    return _POLICIES[table.policy](run, table, matches)


def _shaped(table: Table, outputs: Outputs) -> Value:
    if len(table.outputs) == 1:
        return outputs[0]
    return {clause.name: value for clause, value in zip(table.outputs, outputs, strict=True)}


def _unique(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    if len(matches) > 1:
        raise _conflict(table, matches)
    return _shaped(table, matches[0][1])


def _any(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    first = list(matches[0][1])
    if not all(same(run, list(outputs), first) for _, outputs in matches[1:]):
        raise _conflict(table, matches)
    return _shaped(table, matches[0][1])


def _conflict(table: Table, matches: Sequence[Match]) -> DecisionConflict:
    return DecisionConflict(table.decision_id, table.policy, [rule.id for rule, _ in matches])


def _first(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    return _shaped(table, matches[0][1])


def _priority(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    return _shaped(table, _by_priority(run, table, matches)[0])


def _rule_order(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    return [_shaped(table, outputs) for _, outputs in matches]


def _output_order(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    return [_shaped(table, outputs) for outputs in _by_priority(run, table, matches)]


def _by_priority(run: Run, table: Table, matches: Sequence[Match]) -> list[Outputs]:
    """Highest first: the left output column decides before the next; unlisted values come last."""

    return sorted((outputs for _, outputs in matches), key=lambda outputs: rank(run, table, outputs))


def rank(run: Run, table: Table, outputs: Outputs) -> tuple[int, ...]:
    """Places of the outputs in the lists of allowed values: the smallest has the highest priority."""
    return tuple(_position(run, clause, value) for clause, value in zip(table.outputs, outputs, strict=True))


def _position(run: Run, clause: OutputClause, value: Value) -> int:
    if not clause.order:
        return 0
    places = (place for place, listed in enumerate(clause.order) if same(run, listed, value))
    return next(places, len(clause.order))


def _collect(run: Run, table: Table, matches: Sequence[Match]) -> Value:
    if not table.aggregation:
        return _rule_order(run, table, matches)
    values = [outputs[0] for _, outputs in matches]
    if table.aggregation == "COUNT":
        return Decimal(len(values))
    try:
        return _AGGREGATES[table.aggregation](values)
    except (Trouble, ArithmeticError):
        return run.problem("type", f"The outputs have no {table.aggregation.lower()}.")


def _sum(values: list[Value]) -> Value:
    total = Decimal(0)
    for value in values:
        if not isinstance(value, Decimal):
            raise Trouble("type", "Only numbers can be added up.")
        total = NUMBERS.add(total, value)
    return total


def _extreme(sign: int) -> Callable[[list[Value]], Value]:
    def find(values: list[Value]) -> Value:
        best = values[0]
        order(best, best)
        for value in values[1:]:
            if order(value, best) * sign > 0:
                best = value
        return best

    return find


def nothing_matched(table: Table, defaults: Outputs | None) -> Value:
    """No rule matched: the default outputs if the table has them, an empty list or count, else null."""
    lists = table.policy in ("RULE ORDER", "OUTPUT ORDER") or (table.policy == "COLLECT" and not table.aggregation)
    if table.aggregation == "COUNT":
        return Decimal(0)
    if defaults is not None:
        return [_shaped(table, defaults)] if lists else _shaped(table, defaults)
    return [] if lists else None


_AGGREGATES: dict[str, Callable[[list[Value]], Value]] = {"SUM": _sum, "MIN": _extreme(-1), "MAX": _extreme(1)}
_POLICIES: dict[str, Callable[[Run, Table, Sequence[Match]], Value]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
