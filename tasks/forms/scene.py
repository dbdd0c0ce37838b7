"""What is asked, given the answers so far? Conditions are decided here, once, for page and check alike.

Conditions read answers that are not trusted yet, so the context of the case wins over an answer of the same name.
A hidden answer counts as null for every other condition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.forms.components import CHOICES, Component, Option, options_of, walk
from tasks.forms.values import coerce
from workflows.feel import Expression, FeelBudgetExceeded, Value, from_python

Address = tuple[str | int, ...]
"""Where a component stands: ids of what contains it, row numbers, its own id."""


@dataclass(frozen=True)
class Scene:
    """Answers, context and what they hide. context: FEEL values of the case; now: aware, in the practice's zone."""

    context: Mapping[str, Value]
    answers: Mapping[str, Any]
    hidden: frozenset[Address]
    now: datetime

    def row(self, values: Mapping[str, Any]) -> "Scene":
        """The same scene inside one row of a list: the row's own answers come before the rest."""
        return Scene(self.context, {**self.answers, **values}, self.hidden, self.now)

    def value(self, expression: Expression) -> Value:
        """What an expression gives here; null when it cannot be computed."""
        return _evaluate(expression, self.answers, self.context, self.now)

    def is_fixed(self, component: Component) -> bool:
        """Whether a component only shows. A condition that cannot be decided means yes."""
        if isinstance(component.fixed, bool):
            return component.fixed
        return self.value(component.fixed) is not False

    def options(self, component: Component) -> tuple[Option, ...] | None:
        """The closed list of choices; None when it cannot be found, which refuses every answer."""
        if component.options is not None or component.source is None:
            return component.options
        found = _evaluate(component.source, {}, self.context, self.now)
        return options_of(found) if isinstance(found, list) else None


def look(
    components: tuple[Component, ...], answers: Mapping[str, Any], context: Mapping[str, Any], *, now: datetime
) -> Scene:
    """Decide what is hidden: in document order, again until nothing changes.

    A circle of conditions cannot be published; should one come anyway, whatever flickers stays hidden.
    """
    facts = {key: _feel(value) for key, value in context.items()}
    hidden: frozenset[Address] = frozenset()
    for _ in range(sum(1 for _ in walk(components)) + 1):
        shown = visible_answers(components, answers, hidden)
        found = frozenset(_hidden(components, shown, Scene(facts, shown, hidden, now), ()))
        if found == hidden:
            return Scene(facts, shown, hidden, now)
        hidden = found
    return Scene(facts, visible_answers(components, answers, hidden), hidden, now)


def visible_answers(
    components: tuple[Component, ...], answers: Mapping[str, Any], hidden: frozenset[Address], at: Address = ()
) -> dict[str, Any]:
    """Known, visible answers, typed where their text allows it."""
    found: dict[str, Any] = {}
    for one in components:
        here = (*at, one.id)
        if here in hidden:
            continue
        if one.kind == "group" and not one.key:
            found.update(visible_answers(one.children, answers, hidden, here))
        elif one.kind == "group":
            found[one.key] = visible_answers(one.children, _mapping(answers.get(one.key)), hidden, here)
        elif one.kind == "dynamiclist":
            rows = enumerate(rows_of(answers.get(one.key)))
            found[one.key] = [visible_answers(one.children, row, hidden, (*here, number)) for number, row in rows]
        elif one.is_answered and one.key in answers:
            found[one.key] = coerce(one, answers[one.key])
    return found


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a dynamic list as sent; anything else counts as none."""
    return [_mapping(row) for row in value] if isinstance(value, list | tuple) else []


def _hidden(
    components: tuple[Component, ...], values: Mapping[str, Any], scene: Scene, at: Address
) -> Iterator[Address]:
    for one in components:
        here = (*at, one.id)
        if one.hide is not None and scene.value(one.hide) is True:
            yield here
        elif one.kind == "group":
            inner = _mapping(values.get(one.key)) if one.key else values
            yield from _hidden(one.children, inner, scene, here)
        elif one.kind == "dynamiclist":
            for number, row in enumerate(rows_of(values.get(one.key))):
                yield from _hidden(one.children, row, scene.row(row), (*here, number))


def _evaluate(expression: Expression, answers: Mapping[str, Any], context: Mapping[str, Value], now: datetime) -> Value:
    known: dict[str, Value] = {name: None for name in expression.names}
    for key, value in answers.items():
        known[key] = _feel(value)
    try:
        return expression.evaluate({**known, **context}, now=now).value
    except FeelBudgetExceeded:
        return None


def _feel(value: Any) -> Value:
    try:
        return from_python(value)
    except (TypeError, ValueError, FeelBudgetExceeded):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def is_blank(component: Component, value: Any) -> bool:
    """Whether a value says nothing: then it is absent, not an answer."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return (component.kind in CHOICES or component.kind == "dynamiclist") and value in ([], ())
