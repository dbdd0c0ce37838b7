"""Expressions are FEEL; one that does not parse would fail only when a token reaches it."""

from collections.abc import Iterator

from workflows.feel import FeelError, parse
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.expressions import expressions
from workflows.lint.report import error
from workflows.lint.rules.python_expression import looks_foreign
from workflows.model import Model

RULE = "feel-parses"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for place in expressions(model):
        if looks_foreign(place.text):
            continue  # python-expression says it better.
        try:
            parse(place.text)
        except FeelError as problem:
            yield error(RULE, place.element_id, f"{place.where.capitalize()} {place.text!r} is not FEEL: {problem}")
