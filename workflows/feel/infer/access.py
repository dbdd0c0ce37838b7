"""Types of literals, names, paths, filters, lists and contexts."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice

from workflows.feel import nodes as n
from workflows.feel import remedies
from workflows.feel.builtins.registry import builtin_names, find_function
from workflows.feel.errors import Trouble
from workflows.feel.infer.scope import Names, Rule, Walk
from workflows.feel.infer.types import (
    BOOLEAN,
    DAYS,
    FUNCTION,
    LIST,
    NUMBER,
    STRING,
    is_free,
    item_of,
    joined,
    list_of,
    of_value,
    words,
)
from workflows.feel.infer.words import capital, name_of
from workflows.feel.temporal import read_literal
from workflows.feel.types import ANY, FeelType

_DATE = dict.fromkeys(("year", "month", "day", "weekday"), NUMBER)
_TIME = dict.fromkeys(("hour", "minute", "second"), NUMBER) | {"time offset": DAYS, "timezone": STRING}
PROPERTIES: Mapping[str, Mapping[str, FeelType]] = {
    "date": _DATE,
    "time": _TIME,
    "date and time": _DATE | _TIME,
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    "years and months duration": dict.fromkeys(("years", "months"), NUMBER),
    "range": {"start": ANY, "end": ANY, "start included": BOOLEAN, "end included": BOOLEAN},
}
"""Type name to its properties; the table of workflows.feel.properties."""


def literal(node: n.Literal, names: Names, walk: Walk) -> FeelType:
    return of_value(node.value)


def at_literal(node: n.AtLiteral, names: Names, walk: Walk) -> FeelType:
    try:
        return of_value(read_literal(node.text))
    except Trouble as trouble:
        return walk.complain(node, f'@"{node.text[:40]}" has no value: {trouble.message}')


def name(node: n.Name, names: Names, walk: Walk) -> FeelType:
    found = names.find(node.name)
    if found is not None:
        return found
    if find_function(node.name) is not None:
        return FUNCTION
    walk.doubt()
    if walk.closed and not walk.is_full:
        known = (*dict.fromkeys(names.all()), *builtin_names())
        sentence = f'Nothing here is called "{node.name[:60]}". {remedies.for_name(node.name, known)}'
        walk.complain(node, sentence, "name")
    return ANY


def path(node: n.Path, names: Names, walk: Walk) -> FeelType:
    return _entry(node, walk(node.target, names), walk)


def _entry(node: n.Path, kind: FeelType, walk: Walk) -> FeelType:
    if kind.name == "list":
        return list_of(_entry(node, kind.item, walk)) if kind.item is not None else LIST
    if is_free(kind):
        return kind
    if kind.name == "context":
        return _field(node, kind, walk)
    found = PROPERTIES.get(kind.name, {}).get(node.name)
    if found is None:
        return walk.complain(node, _no_property(node, kind))
    return kind.item or ANY if kind.name == "range" and found is ANY else found


def _field(node: n.Path, kind: FeelType, walk: Walk) -> FeelType:
    if kind.fields is None:
        return ANY
    if node.name in kind.fields:
        return kind.fields[node.name]
    if walk.is_full:
        return walk.complain(node, "", "field")
    said = capital(name_of(node.target, "the value"))
    sentence = f'{said} has no entry "{node.name[:60]}". {_instead(node.name, kind.fields)}'
    return walk.complain(node, sentence.rstrip(), "field")


def _no_property(node: n.Path, kind: FeelType) -> str:
    said = capital(name_of(node.target, "the value"))
    advice = _instead(node.name, PROPERTIES.get(kind.name, ()))
    return f'{said} is {words(kind)}, which has no "{node.name[:60]}". {advice}'


def _instead(wanted: str, known: Iterable[str]) -> str:
    known = list(islice(known, remedies.MAX_COMPARED))
    close = get_close_matches(wanted, known, 1, 0.7)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"It has {', '.join(known[:8])}{', …' if len(known) > 8 else ''}." if known else "Use it as it is."


def filtered(node: n.Filter, names: Names, walk: Walk) -> FeelType:
    """A position picks an item (a position that is null, an empty list), a condition keeps a list.

    The item's entries are names of their own.
    """
    target = walk(node.target, names)
    item = item_of(target)
    condition = walk(node.condition, _item_names(item, names))
    if condition.name == "number":
        if not isinstance(node.condition, n.Literal):
            walk.doubt()
        return item
    if condition.name == "boolean":
        return list_of(item)
    if is_free(condition):
        return ANY
    said = capital(name_of(node.condition, "what stands in the brackets"))
    sentence = f"{said} is {words(condition)}: a filter needs a condition or a position. Compare, for example with =."
    return walk.complain(node.condition, sentence)


def _item_names(item: FeelType, names: Names) -> Names:
    around = Names({"item": item}, names)
    if item.name == "context" and item.fields is not None:
        return Names(item.fields, around)
    return Names({}, around, is_open=True) if item.name in ("context", "Any") else around


def list_node(node: n.ListNode, names: Names, walk: Walk) -> FeelType:
    item = joined([walk(one, names) for one in node.items])
    return list_of(item)


def context(node: n.ContextNode, names: Names, walk: Walk) -> FeelType:
    """Entries see the earlier ones; functions in them, once called, see all."""
    keys = [key for key, _ in node.entries]
    if len(set(keys)) < len(keys):
        return walk.complain(node, "Two entries have the same name. Rename one.")
    entries: dict[str, FeelType] = dict.fromkeys(keys, ANY)
    inside = Names(entries, names)
    for key, value in node.entries:
        entries[key] = walk(value, inside)
    return FeelType("context", fields=entries)


RULES: Mapping[type[n.Node], Rule] = {
    n.Literal: literal,
    n.AtLiteral: at_literal,
    n.Name: name,
    n.Path: path,
    n.Filter: filtered,
    n.ListNode: list_node,
    n.ContextNode: context,
}
