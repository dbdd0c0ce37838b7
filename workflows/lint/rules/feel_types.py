"""Comparing or calculating with values of different types gives nothing: the condition would never hold."""

from collections.abc import Iterator

from workflows.decisions.lint.types import DecisionTypes
from workflows.feel.infer.fits import fits
from workflows.feel.infer.types import is_free, words
from workflows.feel.types import FeelType
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.reads import decision_of
from workflows.lint.report import error
from workflows.lint.typed import Typed, typed
from workflows.lint.variables import variables
from workflows.model import Model

RULE = "feel-types"

_WANTED = {
    "the condition": ("boolean",),
    "the loop condition": ("boolean",),
    "the loop cardinality": ("number",),
    "the due time": ("date", "date and time", "days and time duration"),
    "the queue": ("string",),
    "the timer": ("string", "date", "date and time", "days and time duration", "years and months duration"),
}


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for one in typed(model, context):
        for problem in one.found.problems:
            if problem.kind == "type":
                where = f"{one.where.capitalize()}, character {problem.position + 1}"
                yield error(RULE, one.element_id, f"{where}: {problem.message}")
        yield from _results(one, model, context)
    yield from _decision_inputs(model, context)


def _results(one: Typed, model: Model, context: LintContext) -> Iterator[Finding]:
    """Is what comes out what its place takes?"""
    kind = one.found.type
    wanted = _WANTED.get(one.where)
    if wanted is not None and not is_free(kind) and kind.name not in wanted:
        needed = " or ".join(words(FeelType(name)) for name in wanted)
        yield error(RULE, one.element_id, f"{one.where.capitalize()} gives {words(kind)}. It must give {needed}.")
    element = model.elements.get(one.element_id)
    if element is not None and element.operator is not None and one.where.startswith("the parameter "):
        name = one.where.removeprefix("the parameter ")
        declared = context.parameters.get(element.operator.id, {}).get(name)
        if declared is not None and fits(kind, declared) is False:
            message = f"The parameter {name} takes {words(declared)}, but gets {words(kind)}. Convert it."
            yield error(RULE, one.element_id, message)


def _decision_inputs(model: Model, context: LintContext) -> Iterator[Finding]:
    """A decision refuses an input that is not of its declared type."""
    asking = [one for one in model.elements.values() if decision_of(one) in context.tables]
    known = {one: variables(model, context, one).types for one in {element.process_id for element in asking}}
    for element in asking:
        called = decision_of(element)
        for name, wanted in DecisionTypes(context.tables[called]).inputs(called).items():
            kind = known[element.process_id].get(name)
            if kind is not None and fits(kind, wanted) is False:
                message = f"The decision {called} takes {name} as {words(wanted)}, but the process has {words(kind)}."
                yield error(RULE, element.id, f"{message} Convert it in a script before, or correct the decision.")
