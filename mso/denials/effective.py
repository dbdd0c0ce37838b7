"""Rows that hold from a day until another, and the CSV files they ship in.

`valid_from` is the first day, None = since ever; `valid_to` is the first day the row no longer holds, None = open.
Rows are never edited: end-date one and add another.
"""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files


@cache
def shipped_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of mso/denials/data/<name>.csv."""
    text = (files("mso.denials") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def holds(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    return (valid_from is None or valid_from <= on) and (valid_to is None or on < valid_to)
