"""Which variables does an element read?"""

from collections.abc import Iterator, Mapping

from workflows.decisions.lint.types import DecisionTypes
from workflows.feel import Assignment, FeelError, parse, parse_assignments
from workflows.lint.context import LintContext
from workflows.lint.expressions import expressions
from workflows.model import Element, Model


def assignments(element: Element) -> tuple[Assignment, ...]:
    """Those of a script task; none when it cannot be read."""
    try:
        return parse_assignments(element.script) if element.script is not None else ()
    except FeelError:
        return ()


def decision_of(element: Element) -> str:
    """Id of the decision a business rule task asks; "" when it names none."""
    return element.extensions.get("calledDecisionId") or element.properties.get("calledDecisionId") or ""


def readers(model: Model, elements: list[Element], context: LintContext) -> Mapping[str, set[str]]:
    """Name to the elements that read it: themselves, or in a condition of a flow that leaves them."""
    found = {name: set(ids) for name, ids in _in_expressions(model, context).items()}
    for element in elements:
        for name in _read_by(element, context):
            found.setdefault(name, set()).add(element.id)
    return found


def _in_expressions(model: Model, context: LintContext) -> Mapping[str, set[str]]:
    """Worked out once for all processes of the file."""
    key = ("readers", model.digest)
    if key not in context.memo:
        found: dict[str, set[str]] = {}
        for place in expressions(model):
            flow = model.flows.get(place.element_id)
            for name in _names(place.text):
                found.setdefault(name, set()).add(place.element_id if flow is None else flow.source)
        context.memo[key] = found
    known: Mapping[str, set[str]] = context.memo[key]
    return known


def _read_by(element: Element, context: LintContext) -> Iterator[str]:
    """By timers, scripts, decisions and loops."""
    for trigger in element.triggers:
        if trigger.timer is not None:
            yield from _names(trigger.timer.text)
    seen = set[str]()
    for one in assignments(element):
        yield from one.expression.names - seen
        if len(one.target) == 1:
            seen.add(one.target[0])
    if decision_of(element) in context.tables:
        yield from DecisionTypes(context.tables[decision_of(element)]).inputs(decision_of(element))
    if element.loop is not None and element.loop.input_ref is not None:
        yield element.loop.input_ref


def _names(text: str) -> frozenset[str]:
    try:
        return parse(text).names
    except FeelError:
        return frozenset()
