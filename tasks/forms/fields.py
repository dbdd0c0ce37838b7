"""One marshmallow field per component. Every message is a sentence that names the label and says what to do."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from marshmallow import Schema, ValidationError
from marshmallow.fields import Field

from tasks.forms.components import CHOICE, CHOICES, MAX_ROWS, Component, Option
from tasks.forms.values import subtype_of, to_decimal, to_moment, to_text

MAX_TEXT = 20_000
"""Characters of one text answer when the form sets no smaller limit; patterns never see more."""

LARGEST_NUMBER = 10**12
"""Beyond it canonical JSON has no exact integers (RFC 8785), so nothing larger could be signed."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9 ().-]{7,20}")


class Answer(Field[Any]):
    """An answer of one component. `read` turns what was sent into a value or raises ValidationError."""

    def __init__(self, component: Component, read: Callable[[Any], Any], *, required: bool) -> None:
        missing = f"{component.subject}: {missing_text(component)}"
        super().__init__(required=required, error_messages={"required": missing, "null": missing})
        self.read = read

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.read(value)


def missing_text(component: Component) -> str:
    """What to do about an answer that is missing."""
    if component.kind == "checkbox":
        return "tick the box to confirm."
    if component.kind in CHOICES:
        return "choose at least one."
    return "choose one." if component.kind in CHOICE else "required."


def text(component: Component) -> Answer:
    """Text, trimmed; length, pattern and address rules."""
    rules = component.rules

    def read(value: Any) -> str:
        if not isinstance(value, str):
            _refuse(component, "enter text.")
        found = to_text(value)
        shortest, longest = int(rules.get("minLength") or 0), int(rules.get("maxLength") or MAX_TEXT)
        if len(found) < shortest:
            _refuse(component, f"at least {shortest} characters; this has {len(found)}.")
        if len(found) > longest:
            _refuse(component, f"at most {longest} characters; this has {len(found)}.")
        if (pattern := rules.get("pattern")) and not re.fullmatch(str(pattern), found):
            _refuse(component, str(rules.get("patternErrorMessage") or "does not have the right form."))
        kind = rules.get("validationType")
        if kind == "email" and not _EMAIL.fullmatch(found):
            _refuse(component, "enter an e-mail address, like name@practice.example.")
        if kind == "phone" and not _PHONE.fullmatch(found):
            _refuse(component, "enter a telephone number.")
        return found

    return Answer(component, read, required=component.is_required)


def number(component: Component) -> Answer:
    """An int when the form allows no decimals, else a Decimal; never a float."""
    digits = component.raw.get("decimalDigits")

    def read(value: Any) -> int | Decimal:
        found = to_decimal(value)
        if found is None:
            _refuse(component, f"enter a number; “{str(value)[:40]}” is none.")
        if abs(found) > LARGEST_NUMBER:
            _refuse(component, "enter a smaller number.")
        exponent = found.normalize().as_tuple().exponent
        if digits is not None and isinstance(exponent, int) and -exponent > int(digits):
            _refuse(component, "enter a whole number." if int(digits) == 0 else f"at most {digits} decimals.")
        _require_between(component, found)
        return int(found) if digits == 0 else found

    return Answer(component, read, required=component.is_required)


def _require_between(component: Component, found: Decimal) -> None:
    low, high = to_decimal(component.rules.get("min")), to_decimal(component.rules.get("max"))
    if low is not None and high is not None and not low <= found <= high:
        _refuse(component, f"between {low} and {high}.")
    if low is not None and found < low:
        _refuse(component, f"at least {low}.")
    if high is not None and found > high:
        _refuse(component, f"at most {high}.")


def checkbox(component: Component) -> Answer:
    """True or False. Required means ticked."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            _refuse(component, "answer with true or false.")
        if component.is_required and not value:
            _refuse(component, missing_text(component))
        return value

    return Answer(component, read, required=component.is_required)


def choice(component: Component, options: tuple[Option, ...] | None) -> Answer:
    """One of a closed list, with the type the list gives it."""
    return Answer(component, lambda value: _chosen(component, options, value), required=component.is_required)


def choices(component: Component, options: tuple[Option, ...] | None) -> Answer:
    """Several of a closed list, each once."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            _refuse(component, "send a list of choices.")
        found: list[Any] = []
        for one in value:
            picked = _chosen(component, options, one)
            if picked not in found:
                found.append(picked)
        return found

    return Answer(component, read, required=component.is_required)


def _chosen(component: Component, options: tuple[Option, ...] | None, value: Any) -> Any:
    if options is None:
        _refuse(component, "the list of choices could not be loaded. Reload the page, or tell the process admin.")
    for option in options:
        if (type(option.value) is type(value) and option.value == value) or option_text(option) == value:
            return option.value
    _refuse(component, "choose one of the list.")


def option_text(option: Option) -> str:
    """How a choice travels through an HTML form."""
    return str(option.value).lower() if isinstance(option.value, bool) else str(option.value)


def moment(component: Component, now: datetime) -> Answer:
    """A date, a time, or an aware date and time. One without an offset is read in the zone of `now`."""
    subtype = subtype_of(component)
    examples = {"date": "a date, like 2026-10-14", "time": "a time, like 14:30", "datetime": "like 2026-10-14T14:30"}

    def read(value: Any) -> Any:
        found = to_moment(value, subtype)
        if found is None:
            _refuse(component, f"enter {examples[subtype]}.")
        if isinstance(found, datetime) and found.tzinfo is None:
            found = found.replace(tzinfo=now.tzinfo)
        if component.raw.get("disallowPassedDates") and _is_past(found, now):
            _refuse(component, "must not lie in the past.")
        return found

    return Answer(component, read, required=component.is_required)


def _is_past(found: Any, now: datetime) -> bool:
    if isinstance(found, datetime):
        return found < now
    return isinstance(found, date) and found < now.date()


class Rows(Field[Any]):
    """Rows of a dynamic list, each with its own schema: what is asked may differ from row to row."""

    def __init__(self, component: Component, schemas: list[Schema]) -> None:
        missing = f"{component.subject}: add at least one row."
        super().__init__(required=component.is_required, error_messages={"required": missing})
        self.component, self.schemas = component, schemas

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
            _refuse(self.component, "send a list of rows.")
        if len(value) > MAX_ROWS:
            _refuse(self.component, f"at most {MAX_ROWS} rows.")
        found, errors = [], {}
        for place, (schema, row) in enumerate(zip(self.schemas, value, strict=True)):
            try:
                found.append(schema.load(row))
            except ValidationError as error:
                errors[place] = error.messages
        if errors:
            raise ValidationError(errors)
        return found


class Group(Field[Any]):
    """Answers one level down, under the path of a group."""

    def __init__(self, component: Component, schema: Schema) -> None:
        required = any(one.required for one in schema.fields.values())
        super().__init__(required=required, error_messages={"required": f"{component.subject}: required."})
        self.component, self.schema = component, schema

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            _refuse(self.component, "send an object.")
        return self.schema.load(value)


def _refuse(component: Component, sentence: str) -> NoReturn:
    raise ValidationError(f"{component.subject}: {sentence}")
