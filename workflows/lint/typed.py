"""Every expression of a process against the types of its variables."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.engine.timers import is_literal
from workflows.feel import Expression, FeelError, parse
from workflows.feel.infer import Inference, infer
from workflows.lint.context import LintContext
from workflows.lint.expressions import Place, expressions
from workflows.lint.reads import assignments
from workflows.lint.variables import Variables, variables
from workflows.model import Element, Model


@dataclass(frozen=True)
class Typed:
    """where: words for a message, e.g. "the condition". found: what its types say."""

    element_id: str
    where: str
    found: Inference


def typed(model: Model, context: LintContext) -> list[Typed]:
    """All expressions that read process data, in the order of the file."""
    key = ("typed", model.digest)
    if key not in context.memo:
        context.memo[key] = list(_typed(model, context))
    found: list[Typed] = context.memo[key]
    return found


def _typed(model: Model, context: LintContext) -> Iterator[Typed]:
    known = {one: variables(model, context, one) for one in model.processes}
    for place in expressions(model):
        owner = _process_of(model, place)
        if owner in known and (expression := _parsed(place.text)) is not None:
            yield Typed(place.element_id, place.where, _inferred(expression, known[owner]))
    for element in model.elements.values():
        if element.process_id in known:
            yield from _of_element(element, known[element.process_id])


def _of_element(element: Element, known: Variables) -> Iterator[Typed]:
    """Timers and scripts."""
    for trigger in element.triggers:
        timer = trigger.timer
        expression = _parsed(timer.text) if timer is not None and not is_literal(timer.text) else None
        if expression is not None:
            yield Typed(element.id, "the timer", _inferred(expression, known))
    for one in assignments(element):
        yield Typed(element.id, f"the assignment to {'.'.join(one.target)}", _inferred(one.expression, known))


def _inferred(expression: Expression, known: Variables) -> Inference:
    return infer(expression, known.types, closed=known.is_closed)


def _process_of(model: Model, place: Place) -> str:
    """ "" for the paths of a message, which read its payload."""
    flow = model.flows.get(place.element_id)
    element = model.elements.get(flow.source if flow is not None else place.element_id)
    if element is not None:
        return element.process_id
    return place.element_id if place.element_id in model.processes else ""


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text)
    except FeelError:
        return None  # feel-parses says so.
