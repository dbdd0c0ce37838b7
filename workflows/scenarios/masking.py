"""Turning case data into the data of a scenario: no name, no number of a record and no free text goes along.

What a model can tell apart stays: the choices of forms, the texts that conditions, scripts and tables compare with,
true and false, small numbers. Every other text becomes a placeholder, the same one wherever it stood, so that what was
equal stays equal. Dates move by whole weeks, all by the same, so that weekdays and distances stay.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from workflows.decisions import DecisionModel
from workflows.feel import Range, Value, to_text
from workflows.scenarios.material import Material

WEEK = timedelta(days=7)
BIG = Decimal(1_000_000)
"""A whole number from here on may be the number of a person or a record."""
MAX_KEPT = 80
"""Characters of a text that a model compares with; a longer one is prose."""
_ID = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]{0,60}$")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}(T.+)?$")
_FILLER = " to be written"
LONGEST = 400
"""Characters of the longest placeholder."""


class Mask:
    """Replaces values, the same ones always by the same.

    kept: texts that stay. shift: whole weeks by which dates move. shortest: characters that a form may ask for.
    """

    def __init__(self, kept: Iterable[str], *, shift: timedelta, shortest: int) -> None:
        self.kept, self.shift, self.shortest = frozenset(kept), shift, min(shortest, LONGEST)
        self._texts: dict[str, str] = {}
        self._numbers: dict[Decimal, Decimal] = {}

    def told(self, value: Value) -> Any:
        """A value as a scenario file tells it."""
        if isinstance(value, dict):
            return {self._key(key): self.told(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.told(one) for one in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Decimal):
            return self._number(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Range):
            return "=" + to_text(replace(value, low=self._end(value.low), high=self._end(value.high)))
        return f'=@"{to_text(self._moved(value))}"'

    def _end(self, value: Any) -> Any:
        """One end of a range."""
        return self._text(value) if isinstance(value, str) else self._moved(value)

    def _key(self, key: str) -> str:
        return key if _ID.match(key) else self._text(key)

    def _number(self, value: Decimal) -> int | float:
        if abs(value) >= BIG:
            value = self._numbers.setdefault(value, BIG + len(self._numbers) + 1)
        return int(value) if value == value.to_integral_value() else float(value)

    def _text(self, value: str) -> str:
        if value in self.kept or not value.strip():
            return value
        if _DAY.match(value):
            return self._day(value)
        known = self._texts.get(value)
        if known is None:
            known = self._texts[value] = _padded(f"Text {len(self._texts) + 1}", min(len(value), self.shortest))
        return known

    def _day(self, value: str) -> str:
        try:
            moved = self._moved(datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value))
        except ValueError:
            return "Text"
        return str(moved.isoformat())

    def _moved(self, value: Any) -> Any:
        return value + self.shift if isinstance(value, date) else value


def _padded(text: str, length: int) -> str:
    """As long as a form may ask for."""
    while len(text) < length:
        text += _FILLER
    return text


def shift(start: date, base: date) -> timedelta:
    """Whole weeks from a day to about another one."""
    return round((base - start) / WEEK) * WEEK


def shortest(material: Material) -> int:
    """The longest text that a form of the process asks for at least."""
    return max((one for form in material.forms.values() for one in _shortest(form)), default=0)


def _shortest(form: Any) -> Iterator[int]:
    if isinstance(form, Mapping):
        length = (form.get("validate") or {}).get("minLength")
        if isinstance(length, int):
            yield length
        for one in form.get("components") or ():
            yield from _shortest(one)


def vocabulary(material: Material) -> frozenset[str]:
    """Texts that the process itself tells apart."""
    found: set[str] = set()
    for form in material.forms.values():
        found |= set(_choices(form))
    for model in material.process.models:
        for node in model.root.iter():
            if isinstance(node.tag, str):
                found |= _quoted(node.text or "")
                found |= {one for value in node.attrib.values() for one in _quoted(value)}
    for element in material.process.elements.values():
        found |= {*element.names("outcomes"), *element.names("errorCodes")}
    for table in material.decisions.values():
        found |= _compared(table)
    return frozenset(one for one in found if len(one) <= MAX_KEPT)


def _choices(form: Any) -> Iterator[str]:
    """The values of the choices anywhere in a form."""
    if isinstance(form, Mapping):
        for option in form.get("values") or ():
            if isinstance(option, Mapping) and isinstance(option.get("value"), str):
                yield option["value"]
        for one in form.get("components") or ():
            yield from _choices(one)


def _quoted(text: str) -> set[str]:
    return set(_QUOTED.findall(text)) if '"' in text else set()


def _compared(model: DecisionModel) -> set[str]:
    rules = [rule for table in model.tables for rule in table.rules]
    cells = [*(one.text for rule in rules for one in rule.cells), *(one.text for rule in rules for one in rule.outputs)]
    return {text for cell in cells for text in _quoted(cell)}
