"""Is what came back an answer to what was asked? A schema per submission: hidden and unknown fields are refused."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError
from marshmallow.fields import Field

from store.errors import Invalid
from tasks.forms import fields
from tasks.forms.components import CHOICE, CHOICES, MAX_ROWS, Component, read, walk
from tasks.forms.scene import Address, Scene, is_blank, look, rows_of

MAX_UNKNOWN = 40
"""Characters of a foreign field's name that a message repeats."""


class AnswersInvalid(Invalid):
    """Answers that break a rule of the form. `fields`: dotted name of the answer -> sentences."""

    code = "form.invalid"
    message = "Some answers need attention. Correct the fields named below and send again."


def validate(
    form: Mapping[str, Any], posted: Mapping[str, Any], context: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    """The typed answers. Raises AnswersInvalid naming every field that breaks a rule, hidden and foreign ones too.

    context: facts of the case that conditions and choices read; an answer cannot shadow them.
    """
    components = read(form)
    scene = look(components, posted, context, now=now)
    schema = _schema(components, scene, scene.answers, ())
    try:
        answers: dict[str, Any] = schema.load(_said(components, posted, scene, ()))
    except ValidationError as error:
        raise AnswersInvalid(fields=_sentences(components, error.messages_dict)) from None
    return answers


def _schema(components: tuple[Component, ...], scene: Scene, values: Mapping[str, Any], at: Address) -> Schema:
    return _Answers(dict(_fields(components, scene, values, at)))


class _Answers(Schema):
    """The fields of one submission; a class of its own for each costs more than the check."""

    def __init__(self, asked: dict[str, Field[Any]]) -> None:
        super().__init__(unknown=RAISE)
        self.declared_fields = asked
        self._init_fields()


def _fields(
    components: tuple[Component, ...], scene: Scene, values: Mapping[str, Any], at: Address
) -> Iterator[tuple[str, Field[Any]]]:
    for one in components:
        here = (*at, one.id)
        if here in scene.hidden or scene.is_fixed(one):
            continue
        if one.kind == "group" and not one.key:
            yield from _fields(one.children, scene, values, here)
        elif one.kind == "group":
            yield one.key, fields.Group(one, _schema(one.children, scene, values.get(one.key, {}), here))
        elif one.kind == "dynamiclist":
            rows = rows_of(values.get(one.key))[:MAX_ROWS]
            schemas = [_schema(one.children, scene.row(row), row, (*here, place)) for place, row in enumerate(rows)]
            yield one.key, fields.Rows(one, schemas)
        elif one.is_answered:
            yield one.key, _answer(one, scene)


def _answer(component: Component, scene: Scene) -> fields.Answer:
    if component.kind in CHOICE:
        return fields.choice(component, scene.options(component))
    if component.kind in CHOICES:
        return fields.choices(component, scene.options(component))
    if component.kind == "datetime":
        return fields.moment(component, scene.now)
    return {"number": fields.number, "checkbox": fields.checkbox}.get(component.kind, fields.text)(component)


def _said(components: tuple[Component, ...], posted: Mapping[str, Any], scene: Scene, at: Address) -> dict[str, Any]:
    """What was sent without what says nothing: blanks are absent, and so is an unticked box that is not asked."""
    places = {component.key: (component, here) for component, here in _flat(components, at) if component.key}
    found: dict[str, Any] = {}
    for key, value in posted.items():
        component, here = places.get(key, (None, ()))
        if component is None:
            found[key] = value
        elif is_blank(component, value) or (value is False and _is_hidden(scene, here)):
            continue
        elif component.kind == "group" and isinstance(value, Mapping):
            found[key] = _said(component.children, value, scene, here)
        elif component.kind == "dynamiclist" and isinstance(value, list | tuple):
            rows = enumerate(value)
            found[key] = [
                _said(component.children, row, scene, (*here, place)) if isinstance(row, Mapping) else row
                for place, row in rows
            ]
        else:
            found[key] = value
    return found


def _flat(components: tuple[Component, ...], at: Address) -> Iterator[tuple[Component, Address]]:
    """Components that share one level of answers: groups without a path add none."""
    for one in components:
        here = (*at, one.id)
        if one.kind == "group" and not one.key:
            yield from _flat(one.children, here)
        else:
            yield one, here


def _is_hidden(scene: Scene, here: Address) -> bool:
    return any(here[: end + 1] in scene.hidden for end in range(len(here)))


def _sentences(components: tuple[Component, ...], messages: Mapping[Any, Any]) -> dict[str, list[str]]:
    labels = {one.key: one.label for one in walk(components) if one.key}
    return {name: [_sentence(name, text, labels) for text in texts] for name, texts in _flatten(messages, "")}


def _sentence(name: str, text: str, labels: Mapping[str, str]) -> str:
    if text != "Unknown field.":
        return text
    label = labels.get(name.rsplit(".", 1)[-1])
    if label:
        return f"{label}: not asked with these answers. Leave it out."
    return f"This form has no field “{name[:MAX_UNKNOWN]}”. Leave it out."


def _flatten(messages: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for key, value in messages.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{name}.")
        else:
            yield name, [str(one) for one in (value if isinstance(value, list) else [value])]
