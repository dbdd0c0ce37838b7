"""FEEL: the one language of conditions, timers, mappings, script tasks, forms and decision tables.

Implements DMN 1.5 chapter 10. An expression sees only FEEL values and the context it is given: no Python object, no
attribute, no clock but the one passed in. Wrong data gives null and a named problem; only a budget raises.
"""

from workflows.feel.assignments import Assignment, parse_assignments
from workflows.feel.budget import Problem
from workflows.feel.builtins import builtin_names, register_builtin
from workflows.feel.errors import FeelBudgetExceeded, FeelError, FeelSyntaxError, FeelTooComplex
from workflows.feel.expression import Evaluation, Expression, parse, parse_in
from workflows.feel.text import to_literal, to_text
from workflows.feel.trace import Explanation, Step
from workflows.feel.unary import UnaryTests, parse_unary_tests
from workflows.feel.values import Function, Range, Value, YearsMonths, from_python, type_name

__all__ = [
    "Assignment",
    "Evaluation",
    "Explanation",
    "Expression",
    "FeelBudgetExceeded",
    "FeelError",
    "FeelSyntaxError",
    "FeelTooComplex",
    "Function",
    "Problem",
    "Range",
    "Step",
    "UnaryTests",
    "Value",
    "YearsMonths",
    "builtin_names",
    "from_python",
    "parse",
    "parse_assignments",
    "parse_in",
    "parse_unary_tests",
    "register_builtin",
    "to_literal",
    "to_text",
    "type_name",
]
