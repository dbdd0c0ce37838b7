"""Which types have the variables of a process? Gathered from everything that writes them, wherever it stands.

A variable that is written with two types is of unknown type, and so is one that a script computes but that may be
there before: who starts a process gives it data that no model declares.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.decisions.lint.types import DecisionTypes
from workflows.feel import Assignment
from workflows.feel.infer import infer
from workflows.feel.infer.types import CONTEXT, DATE, LIST, MOMENT, NULL, alike, choice_of, item_of, join, list_of
from workflows.feel.types import ANY, FeelType
from workflows.lint.clinical import outcomes_of
from workflows.lint.context import LintContext
from workflows.lint.early import early_names
from workflows.lint.reads import assignments, decision_of
from workflows.lint.writes import written
from workflows.model import Element, Model

ROUNDS = 6
"""How often scripts are read through each other before what still changes counts as unknown."""


@dataclass(frozen=True)
class Variables:
    """types: by name, the engine's own names included. is_closed: the process declares all data it begins with."""

    types: Mapping[str, FeelType]
    is_closed: bool


def variables(model: Model, context: LintContext, process_id: str, above: tuple[str, ...] = ()) -> Variables:
    """The variables of one process. above: processes that are being read already, so that a circle of calls ends."""
    key = ("variables", model.digest, process_id, above)
    if key not in context.memo:
        context.memo[key] = _variables(model, context, process_id, above)
    found: Variables = context.memo[key]
    return found


def _variables(model: Model, context: LintContext, process_id: str, above: tuple[str, ...]) -> Variables:
    process = model.processes.get(process_id)
    elements = [one for one in model.elements.values() if one.process_id == process_id]
    scripts = [one for element in elements for one in assignments(element)]
    targets = {one.target[0] for one in scripts}
    declared = process is not None and process.has_io
    given = (*process.inputs, *process.data_objects) if process is not None else ()
    fixed = _merged([*_fixed(elements, context), *_called(elements, model, context, (*above, process_id))])
    fixed |= dict.fromkeys(given, ANY)
    early = frozenset[str]() if declared else early_names(model, elements, targets, context)
    engine = {"now": MOMENT, "today": DATE, "decisions": decision_types(model, context)}

    given_types = {**fixed, **dict.fromkeys(early, ANY)}

    def after(types: Mapping[str, FeelType]) -> dict[str, FeelType]:
        known = {**types, **engine}
        computed = ((one.target[0], _assigned(one, known)) for one in scripts)
        return _merged([*given_types.items(), *computed, *_items(elements, types)])

    types = _settled({**dict.fromkeys(targets, NULL), **given_types}, after)
    return Variables({**types, **engine}, declared)


def _settled(
    types: dict[str, FeelType], after: Callable[[Mapping[str, FeelType]], dict[str, FeelType]]
) -> Mapping[str, FeelType]:
    """Types that every further assignment keeps, looked for from nothing written yet.

    A name that does not settle, such as a list put into itself again and again, is of unknown type.
    """
    unsettled: set[str] = set()
    rounds = 0
    while True:
        following = after(types) | dict.fromkeys(unsettled, ANY)
        moving = [name for name, kind in following.items() if name not in types or not alike(types[name], kind)]
        if not moving:
            return types
        rounds += 1
        unsettled |= set(moving) if rounds % ROUNDS == 0 else set()
        types = following | dict.fromkeys(unsettled, ANY)


def decision_types(model: Model, context: LintContext) -> FeelType:
    """`decisions`: a text per decision type. Open when it is not known which types exist."""
    if context.decision_types is None:
        return CONTEXT
    return FeelType(
        "context",
        fields={
            name: choice_of(sorted(outcomes_of(model, context, name) | outcomes))
            for name, outcomes in context.decision_types.items()
        },
    )


# -- what elements write


def _merged(pairs: Iterable[tuple[str, FeelType]]) -> dict[str, FeelType]:
    found: dict[str, FeelType] = {}
    for name, kind in pairs:
        found[name] = _merge(found[name], kind) if name in found else kind
    return found


def _merge(one: FeelType, other: FeelType) -> FeelType:
    """What a variable is that is written with both. Of two contexts, an entry of either may be there."""
    if one.fields is None or other.fields is None:
        return join(one, other)
    shared = {name: _merge(one.fields[name], other.fields[name]) for name in one.fields.keys() & other.fields.keys()}
    return FeelType("context", fields={**one.fields, **other.fields, **shared})


def _fixed(elements: Iterable[Element], context: LintContext) -> Iterator[tuple[str, FeelType]]:
    """Everything that elements write by themselves, scripts left out."""
    for element in elements:
        kind, loop = _written_by(element, context), element.loop
        names = written(element) - {one.target[0] for one in assignments(element)}
        if loop is not None and loop.output_ref is not None:
            yield loop.output_ref, list_of(kind) if element.kind == "userTask" else LIST
            own = (loop.output_item, element.properties.get("variable") or element.id)
            names = frozenset(name for name in own if name) if element.kind == "userTask" else frozenset()
        yield from ((name, kind) for name in names)


def _items(elements: Iterable[Element], types: Mapping[str, FeelType]) -> Iterator[tuple[str, FeelType]]:
    """The items of the lists that multi-instance activities walk through."""
    for element in elements:
        if element.loop is not None and element.loop.input_item:
            kind = types.get(element.loop.input_ref or "", ANY)
            yield element.loop.input_item, item_of(kind) if kind.name == "list" else ANY


def _called(
    elements: Iterable[Element], model: Model, context: LintContext, above: tuple[str, ...]
) -> Iterator[tuple[str, FeelType]]:
    """What called processes give back."""
    for element in elements:
        called = element.called_element or ""
        other = model if called in model.processes else context.called.get(called)
        if element.kind != "callActivity" or other is None:
            continue
        if element.outputs:
            yield from ((one.target, ANY) for one in element.outputs)
            continue
        outputs = other.processes[called].outputs
        types = variables(other, context, called, above).types if outputs and called not in above else {}
        yield from ((name, types.get(name, ANY)) for name in outputs)


def _written_by(element: Element, context: LintContext) -> FeelType:
    if element.kind == "userTask":
        return context.answers.get(element.properties.get("formKey", ""), ANY)
    if element.kind == "businessRuleTask":
        called = decision_of(element)
        return DecisionTypes(context.tables[called]).result(called) if called in context.tables else ANY
    if element.operator is not None:
        return context.results.get(element.operator.id, ANY)
    return ANY


def _assigned(assignment: Assignment, known: Mapping[str, FeelType]) -> FeelType:
    """`a.b = x` makes a context of `a` that has an entry `b`."""
    kind = infer(assignment.expression, known).type
    for part in reversed(assignment.target[1:]):
        kind = FeelType("context", fields={part: kind})
    return kind
