"""Which types do the answers of a form have? Read from its form-js JSON, as the server checks what comes back.

The whole submission is one context: texts and choices are text (or what the choices are), numbers are numbers.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.feel.infer.types import BOOLEAN, DATE, MOMENT, NUMBER, STRING, TIME, choice_of, joined, list_of
from workflows.feel.types import ANY, FeelType

_KINDS: Mapping[str, FeelType] = {"textfield": STRING, "textarea": STRING, "number": NUMBER, "checkbox": BOOLEAN}
_MOMENTS: Mapping[str, FeelType] = {"date": DATE, "time": TIME, "datetime": MOMENT}
_ONE, _SEVERAL = frozenset({"select", "radio"}), frozenset({"checklist", "taglist"})


def answers_of(form: Mapping[str, Any]) -> FeelType:
    """The type of a submission of this form."""
    return FeelType("context", fields=answer_types(form.get("components")))


def answer_types(components: Any) -> dict[str, FeelType]:
    """Type by key, of one level of answers: groups without a path add to the level they stand in."""
    found: dict[str, FeelType] = {}
    for raw in _mappings(components):
        kind, key = raw.get("type"), str(raw.get("key") or "")
        if kind == "group" and not raw.get("path"):
            found |= answer_types(raw.get("components"))
        elif kind in ("group", "dynamiclist"):
            level = FeelType("context", fields=answer_types(raw.get("components")))
            found[str(raw.get("path") or "")] = level if kind == "group" else list_of(level)
        elif key:
            found[key] = _type_of(raw)
    return found


def _type_of(raw: Mapping[str, Any]) -> FeelType:
    kind = str(raw.get("type"))
    if kind == "datetime":
        return _MOMENTS.get(str(raw.get("subtype") or "date"), ANY)
    if kind in _ONE:
        return _choice(raw)
    return list_of(_choice(raw)) if kind in _SEVERAL else _KINDS.get(kind, ANY)


def _choice(raw: Mapping[str, Any]) -> FeelType:
    """Of fixed choices; choices that come from the case may be anything."""
    if raw.get("valuesKey") or raw.get("valuesExpression") or not isinstance(raw.get("values"), list):
        return ANY
    return joined(_constant(one.get("value") if isinstance(one, Mapping) else one) for one in raw["values"])


def _constant(value: Any) -> FeelType:
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return choice_of([value])
    return NUMBER if isinstance(value, int | float) else ANY


def _mappings(components: Any) -> Iterable[Mapping[str, Any]]:
    return [one for one in components if isinstance(one, Mapping)] if isinstance(components, list | tuple) else []
