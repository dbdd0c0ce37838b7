"""Arithmetic of types: what two of them have in common, which of them never meet, and how to say one to a person."""

from collections.abc import Iterable, Mapping
from functools import reduce

from workflows.feel import remedies
from workflows.feel.types import ANY, FeelType
from workflows.feel.values import TYPE_NAMES, Value, type_name

NULL = FeelType("null")
NUMBER, STRING, BOOLEAN = FeelType("number"), FeelType("string"), FeelType("boolean")
DATE, TIME, MOMENT = FeelType("date"), FeelType("time"), FeelType("date and time")
DAYS, MONTHS = FeelType("days and time duration"), FeelType("years and months duration")
LIST, CONTEXT, RANGE, FUNCTION = FeelType("list"), FeelType("context"), FeelType("range"), FeelType("function")
PLAIN: Mapping[str, FeelType] = {
    one.name: one for one in (NUMBER, STRING, BOOLEAN, DATE, TIME, MOMENT, DAYS, MONTHS, LIST, CONTEXT, RANGE, FUNCTION)
}
ORDERED = frozenset(one.name for one in (NUMBER, STRING, DATE, TIME, MOMENT, DAYS, MONTHS))
"""Names of the types whose values have an order."""

_WORDS = {
    "number": "a number",
    "string": "text",
    "boolean": "a yes-or-no value",
    "date": "a date",
    "time": "a time of day",
    "date and time": "a date with a time",
    "days and time duration": "a duration in days or hours",
    "years and months duration": "a duration in months or years",
    "list": "a list",
    "context": "a group of named values",
    "range": "a range",
    "function": "a function",
    "null": "nothing",
    "Any": "of unknown type",
}
_COMPARED = {
    frozenset({"date", "number"}): "Compare with a date, or take a part of it, for example its .year.",
    frozenset({"date and time", "number"}): "Compare with a date and time, or take a part of it, like its .year.",
    frozenset({"days and time duration", "number"}): 'Compare with a duration, for example duration("P3D").',
    frozenset({"years and months duration", "number"}): 'Compare with a duration, for example duration("P3M").',
}
assert set(TYPE_NAMES.values()) <= _WORDS.keys()


def words(kind: FeelType) -> str:
    """The type as the end of a sentence: "a number", "a list of text"."""
    if kind.name == "list" and not is_free(kind.item):
        assert kind.item is not None
        return f"a list of {several(kind.item)}"
    return _WORDS[kind.name]


def several(kind: FeelType) -> str:
    """The same for more than one: "numbers", "lists of text"."""
    if kind.name == "string":
        return words(kind)
    if kind.name == "boolean":
        return "yes-or-no values"
    noun, *rest = words(kind).removeprefix("a ").split(" ", 1)
    return " ".join([f"{noun}s", *rest])


def list_of(item: FeelType) -> FeelType:
    """A list with items of that type."""
    return FeelType("list", item=item)


def is_free(kind: FeelType | None) -> bool:
    """Is nothing said about the values, or are they always null? Such a type is never held against anything."""
    return kind is None or kind.name in ("Any", "null")


def item_of(kind: FeelType) -> FeelType:
    """What a list (or a single value, which counts as a list of one) holds."""
    if kind.name == "list":
        return kind.item or ANY
    return kind


def of_value(value: Value) -> FeelType:
    """The type of a constant."""
    return PLAIN.get(type_name(value), NULL if value is None else ANY)


def join(one: FeelType, other: FeelType) -> FeelType:
    """The narrowest type that both are; unknown when they differ. Null joins anything."""
    if one is other or other.name == "null":
        return one
    if one.name == "null":
        return other
    if one.name != other.name:
        return ANY
    if one.name == "context":
        return _join_contexts(one, other)
    if one.name in ("list", "range"):
        item = None if one.item is None or other.item is None else join(one.item, other.item)
        return FeelType(one.name, item=item)
    if one.name == "function":
        return FUNCTION
    return FeelType(one.name, allowed=join_choices(one, other)) if one.allowed or other.allowed else one


def joined(types: Iterable[FeelType]) -> FeelType:
    """What all of them are; null for none."""
    return reduce(join, types, NULL)


def _join_contexts(one: FeelType, other: FeelType) -> FeelType:
    """Different entries leave an open context: whoever reads one of them may be right."""
    if one.fields is None or other.fields is None or one.fields.keys() != other.fields.keys():
        return CONTEXT
    return FeelType("context", fields={name: join(kind, other.fields[name]) for name, kind in one.fields.items()})


def alike(one: FeelType, other: FeelType) -> bool:
    """Do both say the same about a value?"""
    if one is other:
        return True
    if one.name != other.name or choices_of(one) != choices_of(other):
        return False
    parts = (one.fields or {}).keys() == (other.fields or {}).keys() and (one.item is None) == (other.item is None)
    if not parts or (one.fields is None) != (other.fields is None) or one.name == "function":
        return False
    inner = one.item is None or other.item is None or alike(one.item, other.item)
    return inner and all(alike(kind, (other.fields or {})[name]) for name, kind in (one.fields or {}).items())


class Choices:
    """Allowed values of a text type, all of them known."""

    __slots__ = ("values",)

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(dict.fromkeys(values))

    def __call__(self, run: object, value: Value) -> bool:
        return value in self.values


def choice_of(values: Iterable[str]) -> FeelType:
    """Text that is one of these."""
    return FeelType("string", allowed=Choices(values))


def choices_of(kind: FeelType) -> tuple[str, ...] | None:
    """The values a text type can have; None when any can be."""
    return kind.allowed.values if isinstance(kind.allowed, Choices) else None


def join_choices(one: FeelType, other: FeelType) -> Choices | None:
    """The choices of both together; None when either may be anything."""
    if isinstance(one.allowed, Choices) and isinstance(other.allowed, Choices):
        return Choices((*one.allowed.values, *other.allowed.values))
    return None


def clash(one: FeelType, other: FeelType) -> bool:
    """Are values of these types never comparable? Only what is certain counts."""
    return not is_free(one) and not is_free(other) and one.name != other.name


def for_types(one: FeelType, other: FeelType) -> str:
    """What to do about two types that do not meet."""
    if "list" in (one.name, other.name):
        return "Ask with list contains( … ), or pick one item: […][1]."
    pair = frozenset({one.name, other.name})
    return _COMPARED.get(pair) or remedies.for_types(one.name, other.name) or "Compare values of the same kind."
