"""Small parts of a scenario file that is written by the program."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from workflows.feel import FeelError, parse_assignments
from workflows.model import Element


def written_out(book: Mapping[str, Any]) -> str:
    """A file with one book, as a person would like to read it."""
    return json.dumps([book], ensure_ascii=False, indent=1) + "\n"


def duration(passed: timedelta) -> str:
    """ISO 8601 in days, hours, minutes and seconds; "" for less than a second."""
    seconds = int(passed.total_seconds())
    if seconds <= 0:
        return ""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    clock = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number)
    return "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")


def written_by(element: Element) -> frozenset[str]:
    """Variables that an element writes, so that they need not be given at the start."""
    names = {element.properties.get("variable") or element.id} if element.kind in ("userTask", "manualTask") else set()
    names |= {element.extensions.get("messageVariable", ""), element.extensions.get("resultVariable", "")}
    names |= {element.properties.get("resultVariable", ""), *(one.variable or "" for one in element.triggers)}
    if element.operator is not None:
        names.add(element.operator.result_variable or "")
    if element.loop is not None:
        names |= {element.loop.output_ref or "", element.loop.output_item or "", element.loop.input_item or ""}
    return frozenset(names | _assigned(element)) - {""}


def _assigned(element: Element) -> set[str]:
    try:
        return {one.target[0] for one in parse_assignments(element.script or "")} if element.script else set()
    except FeelError:
        return set()
