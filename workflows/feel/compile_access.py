"""Compiling literals, names, paths, filters, lists, contexts and ranges."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

from workflows.feel import nodes as n
from workflows.feel import remedies
from workflows.feel.budget import MAX_PROBLEMS, Run, Scope
from workflows.feel.builtins.registry import builtin_names, find_function
from workflows.feel.code import Build, Code, keeps_scope
from workflows.feel.compare import interval, range_of
from workflows.feel.errors import Trouble
from workflows.feel.properties import property_of
from workflows.feel.temporal import read_literal
from workflows.feel.values import Value

STEPS_OF_ADVICE = 400  # names are held against the one that is not known


def literal(node: n.Literal, build: Build) -> Code:
    value = node.value
    return lambda scope: value


def at_literal(node: n.AtLiteral, build: Build) -> Code:
    try:
        value: Value = read_literal(node.text)
    except Trouble as trouble:
        kind, message, position = trouble.kind, trouble.message, node.position
        return lambda scope: scope.run.problem(kind, message, position)
    return lambda scope: value


def name(node: n.Name, build: Build) -> Code:
    wanted, position = node.name, node.position

    def read(scope: Scope) -> Value:
        level: Scope | None = scope
        while level is not None:
            names = level.names
            if wanted in names:
                value: Value = names[wanted]
                return value
            level = level.parent
        function = find_function(wanted)
        if function is None:
            scope.run.problem("missing-name", _unknown(wanted, scope), position)
        return function

    return read


def _unknown(wanted: str, scope: Scope) -> str:
    told = f'The name "{wanted[:60]}" is not known.'
    if scope.run.failures >= MAX_PROBLEMS:
        return told
    scope.run.charge(STEPS_OF_ADVICE)
    return f"{told} {remedies.for_name(wanted, chain(_visible(scope), sorted(builtin_names())))}"


def _visible(scope: Scope | None) -> Iterator[str]:
    while scope is not None:
        yield from scope.names
        scope = scope.parent


def path(node: n.Path, build: Build) -> Code:
    target, field, position = build(node.target), node.name, node.position

    def read(scope: Scope) -> Value:
        value = target(scope)
        if type(value) is dict and field in value:
            return value[field]
        try:
            return _field(scope.run, value, field, position)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return read


def _field(run: Run, value: Value, field: str, position: int) -> Value:
    """Of a list: the list of what its items have, null for those that have none."""
    if isinstance(value, list):
        run.charge(len(value))
        try:
            return [item[field] for item in value]  # type: ignore[call-overload,index]
        except (KeyError, TypeError):  # not all of them are contexts with this entry
            return [_field_or_null(run, item, field, position) for item in value]
    if isinstance(value, dict):
        if field in value:
            return value[field]
        raise Trouble("missing-field", f'The context has no entry "{field}".')
    return property_of(value, field)


def _field_or_null(run: Run, value: Value, field: str, position: int) -> Value:
    try:
        return _field(run, value, field, position)
    except Trouble as trouble:
        return run.problem(trouble.kind, trouble.message, position)


def filtered(node: n.Filter, build: Build) -> Code:
    target, condition, price = build(node.target), build(node.condition), n.size(node.condition)
    position, scopes = node.position, _own_scopes if keeps_scope(node.condition) else _one_scope

    def read(scope: Scope) -> Value:
        value = target(scope)
        items = _as_list(value)
        run = scope.run
        run.charge(price)
        within = scopes(scope)
        first = condition(within(items[0]) if items else scope)
        if type(first) is Decimal:
            return _pick(run, items, first, position)
        chosen = [items[0]] if items and first is True else []
        for item in items[1:]:
            run.charge(price)
            if condition(within(item)) is True:
                chosen.append(item)
        return chosen

    return read


def _as_list(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _own_scopes(scope: Scope) -> Callable[[Value], Scope]:
    """Inside a filter the item is `item`, and the entries of a context are names of their own."""

    def within(item: Value) -> Scope:
        around = Scope(scope.run, {"item": item}, scope)
        return Scope(scope.run, item, around) if isinstance(item, dict) else around

    return within


def _one_scope(scope: Scope) -> Callable[[Value], Scope]:
    """The same for conditions that leave nothing behind: every item is put into the same scope in turn."""
    names: dict[str, Value] = {}
    around = Scope(scope.run, names, scope)
    inside = Scope(scope.run, names, around)

    def within(item: Value) -> Scope:
        names["item"] = item
        if isinstance(item, dict):
            inside.names = item
            return inside
        return around

    return within


def _pick(run: Run, items: list[Value], index: Decimal, position: int) -> Value:
    if index != index.to_integral_value() or not index:
        return run.problem("argument", "A position in a list is a whole number other than 0.", position)
    if abs(index) > len(items):
        return run.problem("argument", "The list has no item at this position.", position)
    return items[int(index) - 1 if index > 0 else int(index)]


def list_of(node: n.ListNode, build: Build) -> Code:
    items = [build(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


def context(node: n.ContextNode, build: Build) -> Code:
    entries = [(key, build(value)) for key, value in node.entries]
    position = node.position
    doubled = len({key for key, _ in entries}) < len(entries)

    def read(scope: Scope) -> Value:
        if doubled:
            return scope.run.problem("argument", "A context has two entries of the same name.", position)
        names: dict[str, Value] = {}
        inner = Scope(scope.run, names, scope)
        for key, value in entries:
            names[key] = value(inner)
        return names

    return read


def span(node: n.RangeNode, build: Build) -> Code:
    low, high, position = build(node.low), build(node.high), node.position
    low_closed, high_closed = node.low_closed, node.high_closed

    def read(scope: Scope) -> Value:
        try:
            return interval(low(scope), high(scope), low_closed, high_closed)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return read


def comparison_range(node: n.UnaryComparison, build: Build) -> Code:
    operator, operand, position = node.operator, build(node.operand), node.position

    def read(scope: Scope) -> Value:
        try:
            return range_of(operator, operand(scope))
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return read


COMPILERS: Mapping[type[n.Node], Any] = {
    n.Literal: literal,
    n.AtLiteral: at_literal,
    n.Name: name,
    n.Path: path,
    n.Filter: filtered,
    n.ListNode: list_of,
    n.ContextNode: context,
    n.RangeNode: span,
    n.UnaryComparison: comparison_range,
}
