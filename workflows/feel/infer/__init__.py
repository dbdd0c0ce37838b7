"""Which type does an expression have, and which of its parts can never mean what is written?

Only what is certain is reported: a name of unknown type, a null and a type that depends on the data stay silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.feel import nodes as n
from workflows.feel.expression import Expression
from workflows.feel.infer import access, calls, operators
from workflows.feel.infer.scope import Names, Rule, TypeProblem, Walk
from workflows.feel.types import ANY, FeelType, Types
from workflows.feel.unary import UnaryTests

__all__ = ["Inference", "TypeProblem", "infer", "infer_tests"]

_RULES: Mapping[type[n.Node], Rule] = {**access.RULES, **operators.RULES, **calls.RULES}


@dataclass(frozen=True, slots=True)
class Inference:
    """type:        every value of the expression is of it, or null; `Any` when it cannot be told.
    problems:    in the order of their positions.
    is_complete: nothing of unknown type was met, so that no problems means: on data of the declared types, without
                 nulls, no operation meets a wrong type."""

    type: FeelType
    problems: tuple[TypeProblem, ...]
    is_complete: bool


def infer(expression: Expression, types: Types, *, closed: bool = False) -> Inference:
    """The type under these types of names. closed: no other names exist, so that an unknown one is a problem."""
    walk = Walk(_RULES, closed, expression.types)
    return _inference(walk, walk(expression.tree, Names(types)))


def infer_tests(
    tests: UnaryTests, tested: FeelType | None, types: Types, *, closed: bool = False, subject: str = "?"
) -> Inference:
    """The same for a cell. tested: the type of the value it tests, if known; subject: what the value is called."""
    walk = Walk(_RULES, closed, tests.types)
    walk.subject = subject
    return _inference(walk, walk(tests.tree, Names({**types, "?": tested or ANY})))


def _inference(walk: Walk, kind: FeelType) -> Inference:
    return Inference(kind, tuple(sorted(walk.problems.values(), key=lambda one: one.position)), walk.is_complete)
