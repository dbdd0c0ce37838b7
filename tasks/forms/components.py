"""What does a form ask? form-js JSON (schemaVersion 19) read once into components, kept by content.

The same reading serves the page, the check of what comes back, and the API.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from store.errors import NotConfigured
from workflows.feel import Expression, FeelError, parse

PRESENTATION = frozenset({"text", "separator", "spacer", "button"})
CHOICE = frozenset({"select", "radio"})
CHOICES = frozenset({"checklist", "taglist"})
ANSWERED = frozenset({"textfield", "textarea", "number", "checkbox", "datetime"}) | CHOICE | CHOICES
NESTING = frozenset({"group", "dynamiclist"})
SUPPORTED = PRESENTATION | ANSWERED | NESTING

MAX_ROWS = 50
"""Rows of a dynamic list that one submission may hold."""


class FormBroken(NotConfigured):
    """A form that could not have been published reached a page."""

    code = "form.broken"
    message = "The form of this task cannot be used: {reason}. Tell the process admin."


@dataclass(frozen=True)
class Option:
    """One choice. value keeps the type it has in the form: text, number or boolean."""

    value: Any
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Component:
    """One component of a form.

    kind:    form-js type, e.g. "textfield".
    key:     name of the answer; for group and dynamiclist the path, "" for a group that adds no level.
    label:   what the person reads.
    rules:   form-js "validate": required, min, max, minLength, maxLength, pattern, validationType.
    hide:    condition under which it is not asked; None: always asked.
    options: fixed choices; None when they come from `source`, a name (valuesKey) or expression of the context.
    fixed:   readonly or disabled: never read from what a person sends.
    """

    kind: str
    id: str
    key: str
    label: str
    hint: str
    rules: Mapping[str, Any]
    hide: Expression | None
    options: tuple[Option, ...] | None
    source: Expression | None
    fixed: bool | Expression
    default: Any
    children: tuple["Component", ...]
    raw: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """The label as the beginning of a sentence about it: "Is the criterion met?" -> "Is the criterion met"."""
        return self.label.rstrip("?:. ")

    @property
    def is_required(self) -> bool:
        return self.rules.get("required") is True

    @property
    def is_answered(self) -> bool:
        return self.kind in ANSWERED

    def walk(self) -> Iterator["Component"]:
        """Itself and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def read(form: Mapping[str, Any]) -> tuple[Component, ...]:
    """The components of a form. Raises FormBroken for what publication refuses (tasks.forms.check says it nicely)."""
    return _read(json.dumps(form, sort_keys=True))


def walk(components: tuple[Component, ...]) -> Iterator[Component]:
    """All components, in document order."""
    for one in components:
        yield from one.walk()


def options_of(raw: Any) -> tuple[Option, ...]:
    """Choices from a list of {label, value} or of plain values."""
    found = []
    for one in raw if isinstance(raw, list | tuple) else ():
        if isinstance(one, Mapping):
            value = one.get("value")
            hint = one.get("description") or one.get("hint") or ""
            found.append(Option(value, str(one.get("label", value)), str(hint)))
        else:
            found.append(Option(one, str(one)))
    return tuple(found)


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[Component, ...]:
    return tuple(_component(one) for one in json.loads(text).get("components", ()))


def _component(raw: Mapping[str, Any]) -> Component:
    kind = str(raw.get("type"))
    if kind not in SUPPORTED:
        raise FormBroken(reason=f"it has a component of the type “{kind}”, which pages do not show")
    nests = kind in NESTING
    key = str(raw.get("path") or "") if nests else str(raw.get("key") or "")
    return Component(
        kind=kind,
        id=str(raw.get("id") or key),
        key=key,
        label=label_of(raw),
        hint=str(raw.get("description") or ""),
        rules=raw.get("validate") or {},
        hide=_expression((raw.get("conditional") or {}).get("hide")),
        options=options_of(raw["values"]) if "values" in raw else None,
        source=_expression(raw.get("valuesKey") or raw.get("valuesExpression")),
        fixed=_fixed(raw),
        default=raw.get("defaultValue"),
        children=tuple(_component(one) for one in raw.get("components", ())) if nests else (),
        raw=raw,
    )


def label_of(raw: Mapping[str, Any]) -> str:
    """The label of a component; date components keep theirs under another name."""
    return str(raw.get("label") or raw.get("dateLabel") or raw.get("timeLabel") or "").strip()


def _fixed(raw: Mapping[str, Any]) -> bool | Expression:
    if raw.get("disabled") is True or raw.get("readonly") is True:
        return True
    return _expression(raw.get("readonly")) or False


def _expression(text: Any) -> Expression | None:
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return parse(text)
    except FeelError as error:
        raise FormBroken(reason=f"a condition cannot be read ({error})") from error
