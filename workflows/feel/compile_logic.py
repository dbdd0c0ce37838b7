"""Compiling arithmetic, comparison, three-valued logic, conditionals, `in` and `instance of`.

Three-valued logic (DMN 1.5 section 10.3.2.13, table 50): anything that is not a boolean counts as null.
"""

import operator as python
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from workflows.feel import nodes as n
from workflows.feel.arithmetic import calculate, negate
from workflows.feel.budget import Scope
from workflows.feel.code import Build, Code, TestCode
from workflows.feel.compare import holds, is_member
from workflows.feel.constant_tests import EQUATED, ORDERED, quick
from workflows.feel.errors import Trouble
from workflows.feel.types import conforms, resolve
from workflows.feel.values import NUMBERS, Value

# Expressions that answer yes or no by themselves, so that in a cell their answer is the result of the test.
YES_NO = (n.Comparison, n.Conjunction, n.Disjunction, n.Between, n.In, n.InstanceOf, n.Quantified)


# What most operators meet: two values of one of these types. Everything else goes the general way.
_COMPARE: Mapping[str, tuple[Callable[[Any, Any], bool], frozenset[type]]] = {
    "=": (python.eq, EQUATED),
    "!=": (python.ne, EQUATED),
    "<": (python.lt, ORDERED),
    "<=": (python.le, ORDERED),
    ">": (python.gt, ORDERED),
    ">=": (python.ge, ORDERED),
}
_CALCULATE: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
}


def arithmetic(node: n.Arithmetic, build: Build) -> Code:
    first = build(node.first)
    rest = [(operator, _CALCULATE.get(operator), build(operand)) for operator, operand in node.rest]
    position = node.position

    def read(scope: Scope) -> Value:
        value = first(scope)
        try:
            for operator, direct, operand in rest:
                other = operand(scope)
                if direct is not None and type(value) is Decimal and type(other) is Decimal:
                    try:
                        value = direct(value, other)
                        continue
                    except ArithmeticError:
                        pass  # the general way has the words for it
                value = calculate(scope.run, operator, value, other)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)
        return value

    return read


def negation(node: n.Negation, build: Build) -> Code:
    if isinstance(node.operand, n.Literal) and isinstance(node.operand.value, Decimal):
        constant = NUMBERS.minus(node.operand.value)
        return lambda scope: constant
    operand, position = build(node.operand), node.position

    def read(scope: Scope) -> Value:
        try:
            return negate(operand(scope))
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return read


def comparison(node: n.Comparison, build: Build) -> Code:
    operator, position = node.operator, node.position
    left, right = build(node.left), build(node.right)
    direct, kinds = _COMPARE[operator]

    def read(scope: Scope) -> Value:
        try:
            one, other = left(scope), right(scope)
            kind = type(one)
            if kind is type(other) and kind in kinds:
                return direct(one, other)
            return holds(scope.run, operator, one, other)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return read


def between(node: n.Between, build: Build) -> Code:
    value, low, high, position = build(node.value), build(node.low), build(node.high), node.position

    def read(scope: Scope) -> Value:
        tested = value(scope)
        try:
            above = holds(scope.run, ">=", tested, low(scope))
            return holds(scope.run, "<=", tested, high(scope)) and above
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return read


def conjunction(node: n.Conjunction, build: Build) -> Code:
    return _logic([build(item) for item in node.items], deciding=False)


def disjunction(node: n.Disjunction, build: Build) -> Code:
    return _logic([build(item) for item in node.items], deciding=True)


def _logic(items: list[Code], deciding: bool) -> Code:
    """The deciding value settles the answer; without it, one null makes the answer null."""

    def read(scope: Scope) -> Value:
        unknown = False
        for item in items:
            value = item(scope)
            if value is deciding:
                return deciding
            if value is not (not deciding):
                unknown = True
        return None if unknown else not deciding

    return read


def conditional(node: n.If, build: Build) -> Code:
    condition, then, otherwise = build(node.condition), build(node.then), build(node.otherwise)
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


def instance_of(node: n.InstanceOf, build: Build) -> Code:
    value, wanted = build(node.value), resolve(node.type, build.types)
    return lambda scope: conforms(scope.run, value(scope), wanted)


def within(node: n.In, build: Build) -> Code:
    value, tests = build(node.value), tests_code(node.tests, build)
    return lambda scope: tests(scope, value(scope))


def tests_code(tests: n.Tests, build: Build) -> TestCode:
    """Compile a list of tests: does the value match one of them (or none of them, when negated)?"""
    codes = [_test(item, build) for item in tests.items]
    if not codes:
        return lambda scope, value: True
    general = _any_matches(codes, tests.negated)
    return general if build.tracing else quick(tests, general)


def _any_matches(codes: list[TestCode], negated: bool) -> TestCode:
    def matches(scope: Scope, value: Value) -> bool | None:
        unknown = False
        for code in codes:
            found = code(scope, value)
            if found is True:
                return not negated
            unknown = unknown or found is None
        return None if unknown else negated

    return matches


def _test(node: n.Node, build: Build) -> TestCode:
    if isinstance(node, n.UnaryComparison):
        return _compared(node, build)
    code, position = build(node), node.position
    asks = uses_placeholder(node)
    answers = isinstance(node, YES_NO)

    def matches(scope: Scope, value: Value) -> bool | None:
        failures = scope.run.failures
        found = code(Scope(scope.run, {"?": value}, scope))
        if found is None and (asks or scope.run.failures > failures):
            return None
        if isinstance(found, bool) and (asks or (answers and not isinstance(value, bool))):
            return found
        try:
            return is_member(scope.run, value, found)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return matches


def _compared(node: n.UnaryComparison, build: Build) -> TestCode:
    operator, operand, position = node.operator, build(node.operand), node.position

    def matches(scope: Scope, value: Value) -> bool | None:
        try:
            return holds(scope.run, operator, value, operand(Scope(scope.run, {"?": value}, scope)))
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message, position)

    return matches


def uses_placeholder(node: n.Node) -> bool:
    """Does the test speak of `?`, the value it tests?"""
    return n.facts(node).asks


COMPILERS: Mapping[type[n.Node], Any] = {
    n.Arithmetic: arithmetic,
    n.Negation: negation,
    n.Comparison: comparison,
    n.Between: between,
    n.Conjunction: conjunction,
    n.Disjunction: disjunction,
    n.If: conditional,
    n.InstanceOf: instance_of,
    n.In: within,
}
