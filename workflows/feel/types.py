"""Types as expressions and decision models write them: conformance (`instance of`) and conversion.

Conversions are the three of DMN 1.5 section 10.3.2.9.4: a single value to a one-item list, a one-item list to its
item, and a date to a date and time at midnight UTC.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, time
from typing import Any

from workflows.feel.budget import Run
from workflows.feel.errors import FeelSyntaxError, Trouble
from workflows.feel.nodes import TypeNode
from workflows.feel.temporal import at_time
from workflows.feel.values import FarDate, Function, Range, Value, type_name

SIMPLE = frozenset(
    {
        "Any",
        "null",
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "list",
        "context",
        "range",
        "function",
    }
)
# How DMN typeRefs and older models spell the same types.
ALIASES = {
    "any": "Any",
    "Null": "null",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


@dataclass(frozen=True, slots=True, eq=False)
class FeelType:
    """name: one of SIMPLE. item: of a list or range. fields: of a context. allowed: a further test of the value."""

    name: str
    item: "FeelType | None" = None
    fields: Mapping[str, "FeelType"] | None = None
    parameters: tuple["FeelType", ...] | None = None
    result: "FeelType | None" = None
    allowed: Callable[[Run, Value], bool | None] | None = None


ANY = FeelType("Any")
Types = Mapping[str, FeelType]


def resolve(node: TypeNode, named: Types) -> FeelType:
    """The type that was written. Raises FeelSyntaxError for a type nobody declared."""
    name = ALIASES.get(node.name, node.name)
    if name in named:
        return named[name]
    if name not in SIMPLE:
        raise FeelSyntaxError(f'There is no type "{node.name}".', node.position)
    arguments = tuple(resolve(argument, named) for argument in node.arguments)
    if name == "function" and node.result is not None:
        return FeelType(name, parameters=arguments, result=resolve(node.result, named))
    if name == "context" and node.labels:
        return FeelType(name, fields=dict(zip(node.labels, arguments, strict=True)))
    return FeelType(name, item=arguments[0] if arguments else None)


def conforms(run: Run, value: Value, wanted: FeelType) -> bool:
    """Is the value an instance of the type? Null is an instance of none but `null`; allowed values do not count."""
    if value is None:
        return wanted.name == "null"
    if wanted.name != "Any" and wanted.name != type_name(value):
        return False
    return _parts_fit(run, value, wanted, conforms)


def is_allowed(run: Run, value: Value, wanted: FeelType) -> bool:
    """Does the value conform and keep to the allowed values of the type and its parts?"""
    if value is None or not conforms(run, value, wanted):
        return wanted.name == "null" and value is None
    if not _parts_fit(run, value, wanted, is_allowed):
        return False
    return wanted.allowed is None or wanted.allowed(run, value) is True


Check = Callable[[Run, Value, "FeelType"], bool]


def _parts_fit(run: Run, value: Value, wanted: FeelType, check: Check) -> bool:
    if isinstance(value, list) and wanted.item is not None:
        run.charge(1 + len(value))
        return all(item is None or check(run, item, wanted.item) for item in value)
    if isinstance(value, dict) and wanted.fields is not None:
        run.charge(1 + len(wanted.fields))
        known = wanted.fields.items()
        return all(name in value and (value[name] is None or check(run, value[name], part)) for name, part in known)
    if isinstance(value, Range) and wanted.item is not None:
        return all(end is None or check(run, end, wanted.item) for end in (value.low, value.high))
    if isinstance(value, Function) and wanted.parameters is not None:
        return _function_conforms(value, wanted)
    return True


def _function_conforms(value: Function, wanted: FeelType) -> bool:
    """Parameters may be wider, the result narrower, than the type says. A result nobody declared is believed."""
    declared: tuple[Any, ...] = value.types or (ANY,) * len(value.parameters)
    parameters = wanted.parameters or ()
    if len(declared) != len(parameters):
        return False
    fits = all(_narrower(given, own) for given, own in zip(parameters, declared, strict=True))
    result = value.result
    return fits and (wanted.result is None or not isinstance(result, FeelType) or _narrower(result, wanted.result))


def _narrower(one: FeelType, other: FeelType) -> bool:
    if other.name == "Any":
        return True
    if one.name != other.name:
        return one.name == "null"
    if other.item is not None:
        return one.item is not None and _narrower(one.item, other.item)
    if other.fields is not None:
        own = one.fields or {}
        return all(name in own and _narrower(own[name], field) for name, field in other.fields.items())
    return True


def convert(run: Run, value: Value, wanted: FeelType | None) -> Value:
    """The value as the wanted type, through an implicit conversion when one applies. Raises Trouble otherwise."""
    if value is None or wanted is None or (wanted.name == "Any" and wanted.allowed is None):
        return value
    if (wanted.name == type_name(value) and _is_bare(wanted)) or is_allowed(run, value, wanted):
        return value
    for candidate in _converted(value, wanted):
        if is_allowed(run, candidate, wanted):
            return candidate
    raise Trouble("type", f"A {type_name(value)} does not fit the declared type {wanted.name}.")


def _is_bare(wanted: FeelType) -> bool:
    """Does the name say everything?"""
    return wanted.allowed is None and wanted.item is None and wanted.fields is None and wanted.parameters is None


def _converted(value: Value, wanted: FeelType) -> list[Value]:
    if wanted.name == "list" and not isinstance(value, list):
        return [[value]]
    if isinstance(value, list) and len(value) == 1 and wanted.name != "list":
        return [value[0]]
    if wanted.name == "date and time" and isinstance(value, date | FarDate) and type_name(value) == "date":
        return [at_time(value, time(tzinfo=UTC))]
    return []
