"""Types of calls of built-in functions: do the arguments fit a declared way to call it, and what comes out?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflows.feel import nodes as n
from workflows.feel.builtins.registry import Overload, Parameter, overloads_of
from workflows.feel.infer.results import RELATIONS, Given, result_of
from workflows.feel.infer.scope import Walk
from workflows.feel.infer.types import (
    BOOLEAN,
    ORDERED,
    PLAIN,
    clash,
    for_types,
    is_free,
    item_of,
    joined,
    list_of,
    several,
    words,
)
from workflows.feel.infer.words import capital, literal_advice, mismatch, name_of
from workflows.feel.types import ANY, FeelType

Argument = tuple[n.Node, FeelType]

_ITEMS: Mapping[str, tuple[str, str]] = {
    "all": ("list", "boolean"),
    "any": ("list", "boolean"),
    "string join": ("list", "string"),
    "context merge": ("contexts", "context"),
    "context": ("entries", "context"),
}
"""Built-ins that accept any list and answer null unless its items are of one type: the parameter, the type."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments of one parameter; several when it takes the rest. is_list: one argument is the list of them all."""

    parameter: Parameter
    arguments: tuple[Argument, ...]
    is_list: bool = False

    @property
    def type(self) -> FeelType:
        """The type that the body of the built-in sees."""
        kinds = [kind for _, kind in self.arguments]
        if self.is_list:
            return kinds[0] if kinds[0].name == "list" else FeelType("list")
        return list_of(joined(kinds)) if self.parameter.several or self.parameter.rest else kinds[0]


def builtin_call(node: n.Call, name: str, given: Sequence[Argument], walk: Walk) -> FeelType:
    """The type of the call. Complains when no way to call the built-in takes these arguments."""
    ways = [(one, bound) for one in overloads_of(name) if (bound := _bind(one, given, node.names)) is not None]
    if not ways:
        return walk.complain(node, _wrong_count(name, node.names))
    fitting: list[list[Bound]] = []
    for _, bound in ways:
        verdicts = [_accepts(one) for one in bound]
        if False in verdicts:
            continue
        fitting.append(bound)
        if None not in verdicts:
            break
    if not fitting:
        return walk.complain(node, _wrong_argument(name, [bound for _, bound in ways]))
    if len(fitting) > 1 or any(_accepts(one) is None for one in fitting[0]):
        walk.doubt()
    _demand(node, name, fitting[0], walk)
    return joined(result_of(name, _given(bound)) for bound in fitting)


def _given(bound: Iterable[Bound]) -> Given:
    present = [one for one in bound if one.arguments]
    return Given(
        {one.parameter.name: one.type for one in present}, {one.parameter.name: one.arguments[0][0] for one in present}
    )


def _bind(overload: Overload, given: Sequence[Argument], names: tuple[str, ...]) -> list[Bound] | None:
    """Arguments to parameters as the registry does it; None when the number or the names do not fit."""
    parameters = overload.parameters
    if names:
        return _bind_names(parameters, dict(zip(names, given, strict=True)))
    if parameters and (parameters[-1].several or parameters[-1].rest):
        return _bind_rest(parameters, given)
    required = sum(not one.optional for one in parameters)
    if not required <= len(given) <= len(parameters):
        return None
    return [Bound(one, tuple(given[place : place + 1])) for place, one in enumerate(parameters)]


def _bind_rest(parameters: tuple[Parameter, ...], given: Sequence[Argument]) -> list[Bound] | None:
    fixed, last = len(parameters) - 1, parameters[-1]
    rest = tuple(given[fixed:])
    if not rest:
        return None
    single = last.several and len(rest) == 1 and rest[0][1].name in ("list", "Any", "null")
    return [*(Bound(one, (given[place],)) for place, one in enumerate(parameters[:-1])), Bound(last, rest, single)]


def _bind_names(parameters: tuple[Parameter, ...], given: Mapping[str, Argument]) -> list[Bound] | None:
    required = {one.name for one in parameters if not one.optional}
    if not required <= given.keys() <= {one.name for one in parameters}:
        return None
    return [Bound(one, (given[one.name],) if one.name in given else (), one.several or one.rest) for one in parameters]


def _accepts(bound: Bound) -> bool | None:
    """Does the parameter take the argument? None when it depends on the data."""
    accepted = bound.parameter.types
    if not bound.arguments or not accepted:
        return True
    kinds = [kind for _, kind in bound.arguments]
    if bound.is_list:
        return _is_one_of(kinds[0].item if kinds[0].name == "list" else _single(kinds[0]), accepted)
    if bound.parameter.several or bound.parameter.rest:
        verdicts = [_is_one_of(kind, accepted) for kind in kinds]
        return False if False in verdicts else None if None in verdicts else True
    return _accepts_one(kinds[0], accepted)


def _single(kind: FeelType) -> FeelType | None:
    return kind if kind.name != "Any" else None


def _accepts_one(kind: FeelType, accepted: frozenset[str]) -> bool | None:
    if is_free(kind):
        return None
    if kind.name in accepted or accepted == {"list"}:
        return True
    if kind.name == "list" and _is_one_of(kind.item, accepted) is not False:
        return None  # A list of one item counts as the item.
    return False


def _is_one_of(kind: FeelType | None, accepted: frozenset[str]) -> bool | None:
    if kind is None or is_free(kind):
        return None
    return kind.name in accepted


# -- sentences


def _wrong_count(name: str, names: tuple[str, ...]) -> str:
    ways = " or ".join(dict.fromkeys(_signature(name, one) for one in overloads_of(name)))
    if names:
        known = [parameter.name for one in overloads_of(name) for parameter in one.parameters]
        strange = [one for one in names if one not in known]
        hint = f' There is no argument "{strange[0]}".' if strange else ""
        return f'The named arguments do not fit "{name}".{hint} Write {ways}.'
    return f'"{name}" takes other arguments. Write {ways}.'


def _signature(name: str, overload: Overload) -> str:
    needed = [one for one in overload.parameters if not one.optional]
    parts = [f"{one.name}, …" if one.several or one.rest else one.name for one in needed]
    return f"{name}({', '.join(parts)})"


def _wrong_argument(name: str, ways: list[list[Bound]]) -> str:
    """Of the first way to call it: what is wrong with its first wrong argument."""
    wrong = next(one for one in ways[0] if _accepts(one) is False)
    place = ways[0].index(wrong)
    accepted = {kind for way in ways if place < len(way) for kind in way[place].parameter.types}
    node, kind = next(one for one in wrong.arguments if wrong.is_list or _accepts_argument(wrong, one[1]) is False)
    said = capital(name_of(node, f'the argument "{wrong.parameter.name}"'))
    wanted = " or ".join(words(PLAIN[one]) for one in sorted(accepted) if one in PLAIN)
    advice = next((text for one in sorted(accepted) if one in PLAIN and (text := _advice(node, kind, PLAIN[one]))), "")
    if wrong.parameter.several or wrong.parameter.rest:
        wanted = " or ".join(several(PLAIN[one]) for one in sorted(accepted) if one in PLAIN)
        advice = advice if kind.name != "list" else "Convert the items: for item in … return number(item)."
    return f'{said} is {words(kind)}, but "{name}" takes {wanted} here. {advice or "Give it what it takes."}'


def _accepts_argument(bound: Bound, kind: FeelType) -> bool | None:
    if bound.parameter.several or bound.parameter.rest:
        return _is_one_of(kind, bound.parameter.types)
    return _accepts_one(kind, bound.parameter.types)


def _advice(node: n.Node, kind: FeelType, wanted: FeelType) -> str:
    if kind.name == "list":
        return "Pick one item: […][1]."
    if kind.name == "number" and wanted.name == "string" and not isinstance(node, n.Literal):
        return "Convert it with string( … )."
    return literal_advice(node, wanted) or (for_types(kind, wanted) if wanted.name != "list" else "")


# -- what the declared parameters do not say


def _demand(node: n.Call, name: str, bound: list[Bound], walk: Walk) -> None:
    """Arguments that are accepted and yet never give a result."""
    if name == "not":
        _demand_boolean(bound[0].arguments[0], walk)
    elif name in _ITEMS:
        _demand_items(node, name, bound, walk)
    elif name in ("min", "max") or (name == "sort" and not bound[-1].arguments):
        _demand_order(node, bound[0], walk)
    elif name in ("list contains", "index of"):
        _demand_same(node, bound, walk)
    elif name in RELATIONS:
        _demand_points(node, bound, walk)


def _demand_boolean(argument: Argument, walk: Walk) -> None:
    node, kind = argument
    if not is_free(kind) and kind.name != "boolean":
        said = capital(name_of(node, "the value"))
        advice = literal_advice(node, BOOLEAN) or "Compare it with something, for example with =."
        walk.complain(node, f'{said} is {words(kind)}, but "not" needs true or false. {advice}')


def _demand_items(node: n.Call, name: str, bound: list[Bound], walk: Walk) -> None:
    parameter, wanted = _ITEMS[name]
    one = next((one for one in bound if one.parameter.name == parameter and one.arguments), None)
    item = item_of(one.type) if one is not None else ANY
    if one is not None and not is_free(item) and item.name != wanted:
        said = name_of(one.arguments[0][0], "this one")
        sentence = f'"{name}" needs a list of {several(PLAIN[wanted])}, but {said} has'
        advice = "Convert the items: for item in … return string(item)." if wanted == "string" else "Change the items."
        walk.complain(node, f"{sentence} {several(item)}. {advice}")


def _demand_order(node: n.Call, bound: Bound, walk: Walk) -> None:
    item = item_of(bound.type) if bound.arguments else ANY
    if not is_free(item) and item.name not in ORDERED:
        sentence = f"{capital(name_of(bound.arguments[0][0], 'the list'))} holds {several(item)}, which have no order."
        walk.complain(node, f"{sentence} Take a part of each item that has one.")
    kinds = [kind for _, kind in bound.arguments]
    if not bound.is_list and any(clash(kinds[0], kind) for kind in kinds):
        wrong = next(one for one in bound.arguments if clash(kinds[0], one[1]))
        walk.complain(node, mismatch(bound.arguments[0], wrong))


def _demand_same(node: n.Call, bound: list[Bound], walk: Walk) -> None:
    """A list is searched for something it cannot hold."""
    if len(bound) < 2 or not bound[0].arguments or not bound[1].arguments:
        return
    (where, kind), wanted = bound[0].arguments[0], bound[1].arguments[0]
    item = item_of(kind)
    if clash(item, wanted[1]):
        said = capital(name_of(where, "the list"))
        advice = literal_advice(wanted[0], item) or for_types(item, wanted[1])
        sought = name_of(wanted[0], "what is looked for")
        walk.complain(node, f"{said} holds {several(item)}, but {sought} is {words(wanted[1])}. {advice}")


def _demand_points(node: n.Call, bound: list[Bound], walk: Walk) -> None:
    arguments = [(one.arguments[0][0], _point(one.arguments[0][1])) for one in bound if one.arguments]
    for part, kind in arguments:
        if not is_free(kind) and kind.name not in ORDERED:
            said = capital(name_of(part, "the value"))
            sentence = f"{said} is {words(kind)}, which has no order. Give numbers, dates, times or durations."
            walk.complain(node, sentence)
            return
    if len(arguments) == 2 and clash(arguments[0][1], arguments[1][1]):
        walk.complain(node, mismatch(arguments[0], arguments[1]))


def _point(kind: FeelType) -> FeelType:
    return (kind.item or ANY) if kind.name == "range" else kind
