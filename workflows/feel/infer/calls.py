"""Types of function literals, calls, and the loops `for`, `some` and `every`."""

from collections.abc import Mapping

from workflows.feel import nodes as n
from workflows.feel import remedies
from workflows.feel.builtins.registry import builtin_names, find_function
from workflows.feel.errors import FeelSyntaxError
from workflows.feel.infer.builtins import Argument, builtin_call
from workflows.feel.infer.fits import fits
from workflows.feel.infer.operators import require_boolean
from workflows.feel.infer.scope import Names, Rule, Walk
from workflows.feel.infer.types import (
    BOOLEAN,
    LIST,
    clash,
    for_types,
    is_free,
    item_of,
    joined,
    list_of,
    words,
)
from workflows.feel.infer.words import capital, literal_advice, mismatch, name_of
from workflows.feel.types import ANY, FeelType, resolve

_ASKED_PER_ITEM = frozenset({"sort", "list replace"})
"""Built-ins whose second argument may be a function that is given items of the first, or a new one."""


def call(node: n.Call, names: Names, walk: Walk) -> FeelType:
    """A built-in by its name, unless a function of the model has it; else whatever the called part is."""
    function = node.function
    if isinstance(function, n.Name) and _is_no_function(function.name, names):
        if find_function(function.name) is not None:
            return builtin_call(node, function.name, _arguments(node, function.name, names, walk), walk)
        if walk.closed and not walk.is_full and names.find(function.name) is None:
            _given(node, names, walk)
            sentence = f'There is no function "{function.name[:60]}". {_known(function.name, names)}'
            return walk.complain(node, sentence, "function")
    kind = walk(function, names)
    given = _given(node, names, walk)
    if is_free(kind):
        return ANY
    if kind.name != "function":
        said = capital(name_of(function, "the value before the brackets"))
        return walk.complain(node, f"{said} is {words(kind)} and cannot be called. Remove the brackets.")
    return _called(node, kind, given, walk)


def _is_no_function(name: str, names: Names) -> bool:
    """Data that has the name of a built-in (today, count) does not take it away."""
    found = names.find(name) if names.holds(name) else None
    return found is None or found.name not in ("function", "Any")


def _known(wanted: str, names: Names) -> str:
    return remedies.for_name(wanted, [*names.all(), *builtin_names()])


def _given(node: n.Call, names: Names, walk: Walk) -> list[Argument]:
    return [(one, walk(one, names)) for one in node.arguments]


def _arguments(node: n.Call, name: str, names: Names, walk: Walk) -> list[Argument]:
    """The arguments; a function that is asked about items knows what they are, so it comes last."""
    asked = name in _ASKED_PER_ITEM and not node.names
    late = [asked and place == 1 and isinstance(one, n.FunctionNode) for place, one in enumerate(node.arguments)]
    kinds = [ANY if wait else walk(one, names) for one, wait in zip(node.arguments, late, strict=True)]
    if any(late):
        item = joined([item_of(kinds[0]), *kinds[2:]])
        literal = node.arguments[1]
        assert isinstance(literal, n.FunctionNode)
        kinds[1] = _function(literal, (item,) * len(literal.parameters), names, walk)
    return list(zip(node.arguments, kinds, strict=True))


def _called(node: n.Call, kind: FeelType, given: list[Argument], walk: Walk) -> FeelType:
    """A function of the model: as many arguments as it has parameters, each of a type that converts."""
    parameters = kind.parameters
    if parameters is None:
        return kind.result or ANY
    said = f'"{name_of(node.function, "the function")}"'
    if len(given) != len(parameters):
        sentence = f"{said} takes {len(parameters)} argument(s), not {len(given)}. Give each of its parameters a value."
        return walk.complain(node, sentence)
    for (part, one), wanted in zip(given, parameters if not node.names else (), strict=not node.names):
        verdict = fits(one, wanted)
        if verdict is False:
            what = capital(name_of(part, "the argument"))
            advice = literal_advice(part, wanted) or for_types(one, wanted)
            walk.complain(node, f"{what} is {words(one)}, but {said} takes {words(wanted)} here. {advice}")
        elif verdict is None:
            walk.doubt()
    return kind.result or ANY


def function(node: n.FunctionNode, names: Names, walk: Walk) -> FeelType:
    return _function(node, (ANY,) * len(node.parameters), names, walk)


def _function(node: n.FunctionNode, hints: tuple[FeelType, ...], names: Names, walk: Walk) -> FeelType:
    """hints: what parameters without a type are known to get."""
    kinds = tuple(_declared(one, hint, walk) for one, hint in zip(node.types, hints, strict=True))
    body = walk(node.body, Names(dict(zip(node.parameters, kinds, strict=True)), names))
    return FeelType("function", parameters=kinds, result=body)


def _declared(node: n.TypeNode | None, hint: FeelType, walk: Walk) -> FeelType:
    if node is None:
        return hint
    try:
        return resolve(node, walk.types)
    except FeelSyntaxError:
        return ANY


def for_each(node: n.For, names: Names, walk: Walk) -> FeelType:
    return list_of(walk(node.body, _iterate(node.iterators, Names({"partial": LIST}, names), walk)))


def quantified(node: n.Quantified, names: Names, walk: Walk) -> FeelType:
    kind = walk(node.condition, _iterate(node.iterators, names, walk))
    require_boolean(node.condition, kind, '"some"' if node.some else '"every"', walk)
    return BOOLEAN


def _iterate(iterators: tuple[n.Loop, ...], names: Names, walk: Walk) -> Names:
    for one in iterators:
        source = walk(one.source, names)
        item = _item(one, source, walk) if one.end is None else _counted(one, source, walk(one.end, names), walk)
        names = Names({one.name: item}, names)
    return names


def _item(loop: n.Loop, source: FeelType, walk: Walk) -> FeelType:
    if source.name != "range":
        return item_of(source)
    return _countable(loop.source, source.item or ANY, walk)


def _counted(loop: n.Loop, start: FeelType, end: FeelType, walk: Walk) -> FeelType:
    assert loop.end is not None
    if clash(start, end):
        return walk.complain(loop.source, mismatch((loop.source, start), (loop.end, end)))
    _countable(loop.end, end, walk)
    return _countable(loop.source, start if not is_free(start) else end, walk)


def _countable(node: n.Node, kind: FeelType, walk: Walk) -> FeelType:
    if is_free(kind) or kind.name in ("number", "date"):
        return kind
    said = capital(name_of(node, "this"))
    sentence = f"{said} is {words(kind)}: only whole numbers and dates can be counted through. Give such."
    return walk.complain(node, sentence)


RULES: Mapping[type[n.Node], Rule] = {
    n.Call: call,
    n.FunctionNode: function,
    n.For: for_each,
    n.Quantified: quantified,
}
