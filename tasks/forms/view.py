"""What the page shows of a form: one view per component, ready for the macros in templates/macros/form.html.

Nothing here trusts an answer; a value is shown as it was typed so that the person can correct it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tasks.forms.components import CHOICE, CHOICES, MAX_ROWS, Component, Option, read, walk
from tasks.forms.fields import option_text
from tasks.forms.prose import Block, blocks
from tasks.forms.scene import Address, Scene, look, rows_of
from tasks.forms.values import subtype_of
from workflows.feel import FeelError, parse, to_text

RADIO_MAX = 6
"""Choices shown as radios; longer lists become a select."""

_PLACE = re.compile(r"\{\{([^{}]*)\}\}")


@dataclass(frozen=True)
class OptionView:
    """One choice. value: how it travels; id: of its input."""

    value: str
    label: str
    id: str
    is_chosen: bool
    hint: str = ""


@dataclass(frozen=True)
class FieldView:
    """One field as the macros read it.

    kind:     text, email, textarea, number, date, time, datetime, checkbox, radio, select, checklist, group, rows,
              prose, rule, or "shown" for what is only read.
    name, id: dotted path of the answer ("codes.0.cpt") and the id of its input ("f-codes-0-cpt").
    value:    as text; "true" for a ticked box. errors: whole sentences that name the label.
    controls: whether conditions read it, so that a change redraws the form.
    """

    kind: str
    name: str
    id: str
    label: str = ""
    hint: str = ""
    is_required: bool = False
    value: str = ""
    options: tuple[OptionView, ...] = ()
    errors: tuple[str, ...] = ()
    controls: bool = False
    children: tuple["FieldView", ...] = ()
    rows: tuple[tuple["FieldView", ...], ...] = ()
    may_add: bool = False
    may_remove: bool = False
    prefix: str = ""
    suffix: str = ""
    inputmode: str = ""
    blocks: tuple[Block, ...] = field(default=())


@dataclass(frozen=True)
class _Page:
    scene: Scene
    errors: Mapping[str, Sequence[str]]
    controlling: frozenset[str]


def fields_for_render(
    form: Mapping[str, Any],
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]],
    context: Mapping[str, Any],
    *,
    now: datetime,
) -> list[FieldView]:
    """The visible fields with what was typed, and the sentences of `errors` beside the field they name."""
    components = read(form)
    page = _Page(look(components, values, context, now=now), errors, _controlling(components))
    return list(_views(components, values, page, ("", ())))


def texts(form: Mapping[str, Any], context: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Everything a form says besides its fixed words, by component: texts with the case's data in them, choices, facts.

    Hidden ones too: which are hidden depends on answers, and what the case says does not.
    """
    components = read(form)
    scene = look(components, {}, context, now=now)
    found = {one.id: _said(one, scene) for one in walk(components)}
    return {id_: said for id_, said in found.items() if said}


def _said(component: Component, scene: Scene) -> dict[str, Any]:
    written = {"text": str(component.raw.get("text") or ""), "hint": component.hint}
    said: dict[str, Any] = {
        name: _filled(text, scene) for name, text in written.items() if text.startswith("=") or _PLACE.search(text)
    }
    if component.source is not None:
        said["choices"] = [[option_text(one), one.label] for one in scene.options(component) or ()]
    if component.is_answered and component.fixed is not False:
        said["value"] = _words(component, scene.context.get(component.key, component.default), scene)
    return said


def outcome_field(outcomes: Mapping[str, str], chosen: str | None, errors: Sequence[str] = ()) -> FieldView:
    """The outcome of a decision: value -> label. Nothing is chosen unless the person chose it."""
    options = tuple(Option(value, label) for value, label in outcomes.items())
    shown = _option_views(options, "f-outcome", chosen)
    return FieldView(
        "radio", "outcome", "f-outcome", "Outcome", is_required=True, options=shown, errors=tuple(errors), controls=True
    )


def summary(fields: Sequence[FieldView], errors: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Links for the error summary, in the order of the page; what belongs to no visible field comes last."""
    places = {one.name: one for one in _all(fields)}
    ordered = [name for name in places if name in errors] + [name for name in errors if name not in places]
    found = []
    for name in ordered:
        view = places.get(name)
        found.append({"href": f"#{_target(view)}", "text": " ".join(errors[name])})
    return found


def _target(view: FieldView | None) -> str:
    if view is None:
        return "task-form"
    return view.options[0].id if view.options and view.kind != "select" else view.id


def _all(fields: Sequence[FieldView]) -> Iterator[FieldView]:
    for one in fields:
        yield one
        yield from _all(one.children)
        for row in one.rows:
            yield from _all(row)


def _controlling(components: tuple[Component, ...]) -> frozenset[str]:
    read_by = [one.hide for one in walk(components)] + [one.fixed for one in walk(components)]
    return frozenset(name for one in read_by if one is not None and not isinstance(one, bool) for name in one.names)


def _views(
    components: tuple[Component, ...], values: Mapping[str, Any], page: _Page, place: tuple[str, Address]
) -> Iterator[FieldView]:
    prefix, at = place
    for one in components:
        here = (*at, one.id)
        if here in page.scene.hidden or one.kind in ("spacer", "button"):
            continue
        if one.kind == "group":
            yield _group(one, values, page, (prefix, here))
        elif one.kind == "dynamiclist":
            yield _rows(one, values, page, (prefix, here))
        else:
            yield _single(one, values, page, prefix)


def _group(component: Component, values: Mapping[str, Any], page: _Page, place: tuple[str, Address]) -> FieldView:
    prefix, here = place
    inner = values.get(component.key) if component.key else values
    below = f"{prefix}{component.key}." if component.key else prefix
    children = tuple(_views(component.children, inner if isinstance(inner, Mapping) else {}, page, (below, here)))
    label = component.label if component.raw.get("showOutline") is not False else ""
    return FieldView("group", f"{prefix}{component.key}", _id(f"{prefix}{component.id}"), label, children=children)


def _rows(component: Component, values: Mapping[str, Any], page: _Page, place: tuple[str, Address]) -> FieldView:
    prefix, here = place
    name = f"{prefix}{component.key}"
    first: list[Mapping[str, Any]] = [{}] * min(int(component.raw.get("defaultRepetitions") or 1), MAX_ROWS)
    rows = rows_of(values[component.key]) if component.key in values else first
    scenes = [_Page(page.scene.row(row), page.errors, page.controlling) for row in rows]
    shown = tuple(
        tuple(_views(component.children, row, scenes[number], (f"{name}.{number}.", (*here, number))))
        for number, row in enumerate(rows)
    )
    changes = bool(component.raw.get("allowAddRemove", True))
    return FieldView(
        "rows", name, _id(name), component.label, component.hint, component.is_required, rows=shown,
        errors=tuple(page.errors.get(name, ())), may_add=changes and len(rows) < MAX_ROWS, may_remove=changes,
    )  # fmt: skip


def _single(component: Component, values: Mapping[str, Any], page: _Page, prefix: str) -> FieldView:
    name = f"{prefix}{component.key or component.id}"
    if component.kind == "text":
        text = _filled(str(component.raw.get("text") or ""), page.scene)
        return FieldView("prose", name, _id(name), blocks=blocks(text))
    if component.kind == "separator":
        return FieldView("rule", name, _id(name))
    value = values.get(component.key, component.default)
    if page.scene.is_fixed(component):
        known = value if value is not None else page.scene.context.get(component.key)
        return FieldView("shown", name, _id(name), component.label, value=_words(component, known, page.scene))
    options = page.scene.options(component) or ()
    appearance = component.raw.get("appearance") or {}
    hint = _filled(component.hint, page.scene)
    return FieldView(
        _kind(component, options), name, _id(name), component.label, hint, component.is_required,
        value=_text(value), options=_option_views(options, _id(name), value), errors=tuple(page.errors.get(name, ())),
        controls=component.key in page.controlling, inputmode=_inputmode(component),
        prefix=str(appearance.get("prefixAdorner") or ""), suffix=str(appearance.get("suffixAdorner") or ""),
    )  # fmt: skip


def _kind(component: Component, options: Sequence[Option]) -> str:
    if component.kind in CHOICE:
        return "radio" if len(options) <= RADIO_MAX and component.kind == "radio" else "select"
    if component.kind in CHOICES:
        return "checklist"
    if component.kind == "datetime":
        return subtype_of(component)
    if component.kind == "textfield":
        return "email" if component.rules.get("validationType") == "email" else "text"
    return component.kind


def _inputmode(component: Component) -> str:
    if component.kind != "number":
        return ""
    return "numeric" if component.raw.get("decimalDigits") == 0 else "decimal"


def _option_views(options: Sequence[Option], id_: str, value: Any) -> tuple[OptionView, ...]:
    chosen = {_text(one) for one in value} if isinstance(value, list | tuple) else {_text(value)} - {""}
    return tuple(
        OptionView(option_text(one), one.label, f"{id_}-{place}", option_text(one) in chosen, one.hint)
        for place, one in enumerate(options)
    )


def _words(component: Component, value: Any, scene: Scene) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    picked = value if isinstance(value, list | tuple) else [value]
    labels = {option_text(one): one.label for one in scene.options(component) or ()}
    return ", ".join(labels.get(_text(one), _text(one)) for one in picked if one is not None)


def _filled(text: str, scene: Scene) -> str:
    """An author's text: a FEEL expression ("=…"), or words with {{expressions}} in them."""
    if text.startswith("="):
        return _result(text, scene)
    return _PLACE.sub(lambda match: _result(match[1], scene), text)


def _result(expression: str, scene: Scene) -> str:
    try:
        value = scene.value(parse(expression))
    except FeelError:
        return ""
    return "" if value is None else to_text(value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, list | tuple | Mapping):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _id(name: str) -> str:
    return "f-" + name.replace(".", "-")
