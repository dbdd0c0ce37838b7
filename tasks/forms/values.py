"""Text to value: numbers, dates and times as people type them. What cannot be read stays text, so it can be named."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from tasks.forms.components import Component

MAX_NUMBER_TEXT = 40
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def coerce(component: Component, value: Any) -> Any:
    """The typed value of an answer where its text allows it, else the answer as it came."""
    if component.kind == "number":
        number = to_decimal(value)
        return value if number is None else number
    if component.kind == "datetime" and isinstance(value, str):
        moment = to_moment(value, subtype_of(component))
        return value if moment is None else moment
    if component.kind in ("textfield", "textarea") and isinstance(value, str):
        return to_text(value)
    return value


def to_text(value: str) -> str:
    """Trimmed, with line ends as \\n: browsers send \\r\\n."""
    return value.replace("\r\n", "\n").strip()


def to_decimal(value: Any) -> Decimal | None:
    """An exact number, or None. Thousands may be grouped by commas. Booleans are no numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        return number if number.is_finite() else None
    if isinstance(value, float):
        value = repr(value)
    if not isinstance(value, str) or len(value) > MAX_NUMBER_TEXT:
        return None
    text = value.strip()
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        return None
    with suppress(InvalidOperation):
        return Decimal(text)
    return None


def subtype_of(component: Component) -> str:
    """What a moment is: "date", "time" or "datetime"."""
    return str(component.raw.get("subtype") or "date")


def to_moment(value: Any, subtype: str) -> date | time | datetime | None:
    """A date, time or date and time in ISO 8601, or None."""
    if isinstance(value, datetime):
        return value if subtype == "datetime" else None
    if isinstance(value, date):
        return value if subtype == "date" else None
    if isinstance(value, time):
        return value if subtype == "time" else None
    if not isinstance(value, str):
        return None
    readers: dict[str, Callable[[str], date | time | datetime]] = {
        "date": date.fromisoformat,
        "time": time.fromisoformat,
        "datetime": datetime.fromisoformat,
    }
    with suppress(ValueError):
        return readers[subtype](value.strip())
    return None
