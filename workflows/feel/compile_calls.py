"""Compiling function literals, calls, and the loops `for`, `some` and `every`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workflows.feel import nodes as n
from workflows.feel.budget import MAX_CALLS, MAX_LIST, Run, Scope, check_list, check_range
from workflows.feel.builtins.registry import find_function
from workflows.feel.code import Build, Code, keeps_scope
from workflows.feel.errors import FeelBudgetExceeded, Trouble
from workflows.feel.ordering import sorts_by
from workflows.feel.types import ANY, FeelType, convert, resolve
from workflows.feel.values import Function, Range, SortsBy, Value, type_name

STEPS_OF_FUNCTION = 8  # making one is dear: it holds on to the scope around it


def call(node: n.Call, build: Build) -> Code:
    target, arguments, names = build(node.function), [build(item) for item in node.arguments], node.names
    position = node.position
    named = node.function.name if isinstance(node.function, n.Name) else ""

    def read(scope: Scope) -> Value:
        function = target(scope)
        if type(function) is not Function:
            # Data that happens to have the name of a built-in (today, count) does not take it away.
            function = find_function(named) or function
        if type(function) is not Function:
            if function is None:
                return None
            return scope.run.problem("function", f"A {type_name(function)} cannot be called.", position)
        values = [item(scope) for item in arguments]
        try:
            return invoke(scope.run, function, values, names)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    constant = all(isinstance(item, n.Literal) for item in node.arguments)
    return _made_once(named, target, read) if named in _CONSTRUCTORS and constant and not build.tracing else read


_CONSTRUCTORS = frozenset({"date", "time", "date and time", "duration"})


def _made_once(named: str, target: Code, general: Code) -> Code:
    """A date, time or duration written as a call with constants: the value is kept, and its steps charged each time.

    Only while the name means the built-in.
    """
    kept: list[tuple[int, Value]] = []

    def read(scope: Scope) -> Value:
        run = scope.run
        if target(scope) is not find_function(named):
            return general(scope)
        if kept:
            steps, value = kept[0]
            run.charge(steps)
            return value
        left = run.steps
        value = general(scope)
        if value is not None:
            kept.append((left - run.steps, value))
        return value

    return read


def invoke(run: Run, function: Function, values: list[Value], names: tuple[str, ...] = ()) -> Value:
    """Call a function with positional or named arguments. Raises Trouble, or FeelBudgetExceeded."""
    run.charge(1 + sum(len(value) for value in values if type(value) is list))
    if not names:
        return function.call(run, values)
    if function.call_named is not None:
        return function.call_named(run, dict(zip(names, values, strict=True)))
    given = dict(zip(names, values, strict=True))
    if given.keys() != set(function.parameters):
        raise Trouble("function", f'The arguments do not fit "{function.name}".')
    return function.call(run, [given[parameter] for parameter in function.parameters])


@dataclass(frozen=True, slots=True)
class Signature:
    """What a written function says of itself. types: one per parameter. result: None when nothing is declared."""

    parameters: tuple[str, ...]
    types: tuple[FeelType, ...]
    result: FeelType | None = None
    sorts_by: SortsBy | None = None


def function_literal(node: n.FunctionNode, build: Build) -> Code:
    types = tuple(ANY if one is None else resolve(one, build.types) for one in node.types)
    body, price = build(node.body), n.size(node.body)
    signature = Signature(node.parameters, types, _certain_result(node, types), sorts_by(node))

    def read(scope: Scope) -> Value:
        scope.run.charge(STEPS_OF_FUNCTION)
        return closure(signature, body, scope, price)

    return read


def _certain_result(node: n.FunctionNode, types: tuple[FeelType, ...]) -> FeelType | None:
    """The type of what it gives, where that is plain to see; for `instance of`."""
    body = node.body
    if isinstance(body, n.Literal):
        return FeelType(type_name(body.value))
    declared = {name: kind for name, kind in zip(node.parameters, types, strict=True) if kind is not ANY}
    return declared.get(body.name) if isinstance(body, n.Name) else None


def closure(signature: Signature, body: Code, scope: Scope, price: int = 1) -> Function:
    """A FEEL function that runs `body` with its parameters on top of the scope it was written in."""
    parameters, types = signature.parameters, signature.types

    def run_body(run: Run, values: list[Value]) -> Value:
        if len(values) != len(parameters):
            raise Trouble("function", "The arguments do not fit the function.")
        if run.calls >= MAX_CALLS:
            raise FeelBudgetExceeded("calls", MAX_CALLS)
        run.charge(price)
        given = {
            parameter: convert(run, value, wanted)
            for parameter, value, wanted in zip(parameters, values, types, strict=True)
        }
        run.calls += 1
        try:
            return body(Scope(run, given, scope))
        finally:
            run.calls -= 1

    return Function("function", parameters, run_body, None, types, signature.result, signature.sorts_by)


def for_each(node: n.For, build: Build) -> Code:
    loops = _loops(node.iterators, build)
    body, price, position = build(node.body), n.size(node.body), node.position
    fresh, keeps = keeps_scope(node), _keeps_partial(node.body)

    def read(scope: Scope) -> Value:
        results: list[Value] = []
        run = scope.run
        try:
            for inner in _walk(loops, Scope(run, {"partial": results}, scope), price, fresh):
                if len(results) >= MAX_LIST:
                    check_list(len(results) + 1)
                if keeps:
                    run.charge(len(results))
                    inner = Scope(run, {"partial": list(results)}, inner)
                results.append(body(inner))
        except Trouble as trouble:
            return run.problem(trouble.kind, trouble.message, position)
        return list(results)

    return read


def _keeps_partial(node: n.Node) -> bool:
    """May the results so far become part of a result? Then they must stay as they were; a position in them or a
    built-in over them takes only what it needs. The body of a loop within has results of its own."""
    if isinstance(node, n.Name):
        return node.name == "partial"
    inside = list(n.children(node))
    if isinstance(node, n.For):
        inside = [part for one in node.iterators for part in n.children(one)]
    elif isinstance(node, n.Filter) and isinstance(node.target, n.Name):
        inside = [node.condition]
    elif isinstance(node, n.Call) and isinstance(node.function, n.Name) and find_function(node.function.name):
        inside = [one for one in node.arguments if not isinstance(one, n.Name)]
    return any(_keeps_partial(one) for one in inside)


def quantified(node: n.Quantified, build: Build) -> Code:
    loops, condition, price = _loops(node.iterators, build), build(node.condition), n.size(node.condition)
    deciding, position, fresh = node.some, node.position, keeps_scope(node)

    def read(scope: Scope) -> Value:
        unknown = False
        try:
            for inner in _walk(loops, scope, price, fresh):
                value = condition(inner)
                if value is deciding:
                    return deciding
                unknown = unknown or not isinstance(value, bool)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)
        return None if unknown else not deciding

    return read


_Loop = tuple[str, Code, Code | None]


def _loops(iterators: tuple[n.Loop, ...], build: Build) -> list[_Loop]:
    return [(one.name, build(one.source), build(one.end) if one.end is not None else None) for one in iterators]


def _walk(loops: list[_Loop], scope: Scope, price: int, fresh: bool) -> Iterator[Scope]:
    """Every combination of the loops' items, the last loop turning fastest. Raises Trouble.

    price: in steps, of what is done with each. fresh: a scope of its own for each item, else one scope holds each in
    turn.
    """
    name, source, end = loops[0]
    items = _items(source(scope)) if end is None else _counted(source(scope), end(scope))
    run, steps = scope.run, 1 + price if len(loops) == 1 else 1
    names: dict[str, Value] = {}
    inner = Scope(run, names, scope)
    for item in items:
        run.charge(steps)
        if fresh:
            names = {}
            inner = Scope(run, names, scope)
        names[name] = item
        if len(loops) == 1:
            yield inner
        else:
            yield from _walk(loops[1:], inner, price, fresh)


def _items(source: Value) -> list[Value]:
    if isinstance(source, list):
        return source
    if source is None:
        raise Trouble("type", "Null cannot be iterated.")
    if isinstance(source, Range):
        return _within(source)
    return [source]


def _within(span: Range) -> list[Value]:
    if span.operator:
        raise Trouble("type", "An open range cannot be iterated.")
    counted = _counted(span.low, span.high)
    first = 0 if span.low_closed else 1
    return counted[first : len(counted) if span.high_closed else -1]


def _counted(start: Value, end: Value) -> list[Value]:
    """start to end by whole steps, downwards when end is less. Raises Trouble or FeelBudgetExceeded."""
    if type(start) is date and type(end) is date:
        return _days(start, end)
    if not isinstance(start, Decimal) or not isinstance(end, Decimal):
        raise Trouble("type", "Only numbers and dates can be counted through.")
    if start != start.to_integral_value() or end != end.to_integral_value():
        raise Trouble("argument", "Only whole numbers can be counted through.")
    check_range(int(abs(end - start)) + 1)
    step = 1 if end >= start else -1
    return [Decimal(number) for number in range(int(start), int(end) + step, step)]


def _days(start: date, end: date) -> list[Value]:
    length = (end - start).days
    check_range(abs(length) + 1)
    step = 1 if length >= 0 else -1
    return [start + timedelta(days=day) for day in range(0, length + step, step)]


COMPILERS: Mapping[type[n.Node], Any] = {
    n.Call: call,
    n.FunctionNode: function_literal,
    n.For: for_each,
    n.Quantified: quantified,
}
