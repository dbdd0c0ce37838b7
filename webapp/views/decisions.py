"""How was it decided? The decision tables of a case in the words of its page.

What a table read and gave is shown to whoever may see the case; amounts are not shown to those who decide medicine.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from mso.cases import Case
from webapp.frame import when, words
from webapp.views.tasks import sentence, short
from workflows import decision_records, definitions
from workflows.decision_records import Content, DecisionRecord, UnknownRecord
from workflows.decisions import DecisionModel
from workflows.decisions.model import Table
from workflows.definitions import Definition
from workflows.feel import Value, to_text

SHOWN = 8
"""Decisions on the page of a case; the others stand on a page of their own."""
MAX_SAID = 160
HIDDEN = "not shown"
_MONEY = re.compile(r"amount|charge|paid|payment|price|cost|balance|dollar|usd", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A kept evaluation with the version of the process that it was answered by."""

    record: DecisionRecord
    definition: Definition
    content: Content
    with_money: bool

    @property
    def model(self) -> DecisionModel:
        return self.definition.decisions[self.record.decision_id]

    @property
    def name(self) -> str:
        return self.model.decisions[self.record.decision_id].name or self.record.decision_id

    @property
    def element(self) -> str:
        """Name of the element that asked; "" when none did."""
        found = self.definition.process.elements.get(self.record.element_id or "")
        return (found.name or found.id) if found is not None else ""

    def table(self, place: int) -> Table:
        """The table of one entry of `matched`."""
        wanted = self.record.matched[place]["table"]
        return next(table for table in self.model.tables if table.id == wanted)

    @property
    def own(self) -> int | None:
        """Which entry of `matched` is the decision's own table; None when it is a formula."""
        places = [at for at, one in enumerate(self.record.matched) if one["decision"] == self.record.decision_id]
        return places[-1] if places else None

    def rows(self, place: int) -> list[tuple[int, str, str]]:
        """Number, id and annotation of the rows that matched."""
        rules, table = self.record.matched[place]["rules"], self.table(place)
        return [(at, rule.id, rule.annotation) for at, rule in enumerate(table.rules, 1) if rule.id in rules]

    def hides(self, name: str) -> bool:
        """Whether a column or result of this name is kept from the viewer."""
        return not self.with_money and bool(_MONEY.search(name))

    def shown(self, name: str, value: Value) -> Value:
        """A value as this viewer may see it, parts of it included."""
        if self.hides(name):
            return HIDDEN
        if isinstance(value, Mapping):
            return {key: self.shown(key, one) for key, one in value.items()}
        return [self.shown(name, one) for one in value] if isinstance(value, list) else value


def asked(
    session: Session, case: Case, with_money: bool, *, limit: int = SHOWN, after: UUID | None = None
) -> list[Asked]:
    """What was decided in a case, newest first. after: id of the last one shown before."""
    if case.instance_id is None:
        return []
    found = decision_records.of_instance(session, case.instance_id, limit=limit, after=after)
    return [_asked(session, one, with_money) for one in found]


def get(session: Session, case: Case, record_id: UUID, with_money: bool) -> Asked:
    """One of them. Raises UnknownRecord."""
    if case.instance_id is None:
        raise UnknownRecord()
    return _asked(session, decision_records.get(session, case.instance_id, record_id), with_money)


def _asked(session: Session, record: DecisionRecord, with_money: bool) -> Asked:
    definition = definitions.get(session, record.definition_id)
    return Asked(record, definition, decision_records.content(record), with_money)


def entry(case: Case, one: Asked, *, now: datetime) -> dict[str, Any]:
    """One line of the list: what decided, from what, and the result."""
    rows = one.rows(one.own) if one.own is not None else []
    inputs = one.content.inputs if one.own is None else one.content.tables[one.own].inputs
    return {
        "name": one.name,
        "href": url_for("cases.decision", case_id=case.id, record_id=one.record.id),
        "element": one.element,
        "verdict": verdict(one, one.own),
        "is_open": one.own is not None and not rows and one.content.tables[one.own].output is None,
        "notes": [note for _, _, note in rows if note],
        "result": said(one.shown("", one.content.value)),
        "inputs": [{"label": name, "value": said(one.shown(name, value))} for name, value in inputs.items()],
        "at_text": when(one.record.at, case.service_state, now=now),
        "at_iso": one.record.at.isoformat(),
        "version": short(one.record.digest),
    }


def verdict(one: Asked, place: int | None) -> str:
    """Which rows decided, in words. place: the entry of `matched`; None for a formula."""
    if place is None:
        return "Worked out by a formula"
    numbers = [str(number) for number, _, _ in one.rows(place)]
    if not numbers:
        empty = one.content.tables[place].output in (None, [])
        return "No row fits" if empty else "No row fits; the default was taken"
    if len(numbers) == 1:
        return f"Row {numbers[0]} decided"
    return f"Rows {', '.join(numbers[:-1])} and {numbers[-1]} fit"


def said(value: Value) -> str:
    """A value in plain words."""
    text = _said(value)
    return text if len(text) <= MAX_SAID else f"{text[: MAX_SAID - 1]}…"


def _said(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        is_key = value.islower() or ("_" in value and value.isupper())
        return words(value.lower()) if is_key else value or "empty"
    if isinstance(value, Mapping):
        return " · ".join(f"{sentence(words(name))}: {_said(one)}" for name, one in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value) or "none"
    return to_text(value)
