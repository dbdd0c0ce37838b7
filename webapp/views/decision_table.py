"""A decision with its whole table: which row decided, and which cell of every other row said no, and why."""

from datetime import datetime
from typing import Any

from mso.cases import Case
from webapp.views.decisions import HIDDEN, Asked, entry, said, verdict
from workflows.decisions.explain import CellExplanation, RowExplanation, explain_rows

POLICIES = {
    "UNIQUE": "Exactly one row may fit.",
    "ANY": "Rows that fit must agree.",
    "FIRST": "The first row that fits decides.",
    "PRIORITY": "Of the rows that fit, the most important result decides.",
    "RULE ORDER": "All rows that fit count, in their order.",
    "OUTPUT ORDER": "All rows that fit count, the most important result first.",
    "COLLECT": "All rows that fit count.",
}
DECIDED, FITS, NO = "decided", "fits", "no"
_STATES = {DECIDED: "counts", FITS: "fits too, later", NO: "does not fit"}


def details(case: Case, one: Asked, *, local: datetime, now: datetime) -> dict[str, Any]:
    """Everything about one decision. local: when it was decided, by the clocks of the practice."""
    record = one.record
    return {
        **entry(case, one, now=now),
        "process_version": f"v{one.definition.version}",
        "problems": [problem["message"] for problem in record.problems],
        "tables": [_table(one, place, local) for place in range(len(record.matched))],
    }


def _table(one: Asked, place: int, local: datetime) -> dict[str, Any]:
    table, values = one.table(place), one.content.tables[place]
    hidden = [one.hides(clause.name) for clause in table.inputs]
    gives = [clause.name or one.model.decisions[table.decision_id].name for clause in table.outputs]
    owner = one.model.decisions.get(table.decision_id)
    rules = one.record.matched[place]["rules"]
    rows = explain_rows(table, values.inputs, one.content.context, now=local)
    return {
        "title": owner.name if owner is not None else table.id,
        "policy": POLICIES[table.policy],
        "verdict": verdict(one, place),
        "columns": [
            {"name": clause.name, "value": said(one.shown(clause.name, values.inputs.get(clause.name)))}
            for clause in table.inputs
        ],
        "gives": gives,
        "rows": [_row(row, rules, hidden, [one.hides(name) for name in gives]) for row in rows],
        "result": said(one.shown(gives[0] if len(gives) == 1 else "", values.output)),
    }


def _row(row: RowExplanation, rules: list[str], hidden: list[bool], secret: list[bool]) -> dict[str, Any]:
    """rules: those that counted when it was decided, which the kept record knows best."""
    state = DECIDED if row.rule_id in rules else FITS if row.matched else NO
    cells = [_cell(cell, hides, state) for cell, hides in zip(row.cells, hidden, strict=True)]
    # In a row that several cells refuse it is enough to know the first reason.
    first = next((place for place, cell in enumerate(cells) if cell["is_no"]), None)
    return {
        "number": row.number,
        "state": state,
        "state_text": _STATES[state],
        "why": _why(row.cells[first], hidden[first]) if first is not None else "",
        "cells": cells,
        "outputs": [HIDDEN if hides else text for text, hides in zip(row.outputs, secret, strict=True)],
        "note": row.annotation,
    }


def _cell(cell: CellExplanation, hides: bool, state: str) -> dict[str, Any]:
    return {
        "column": cell.column,
        "text": HIDDEN if hides else cell.text,
        "is_any": cell.text == "-",
        "is_no": state == NO and cell.answer is not True,
    }


def _why(cell: CellExplanation, hides: bool) -> str:
    return f"{cell.column} does not fit" if hides else f"{cell.column}: {cell.why}"
