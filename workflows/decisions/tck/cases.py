"""Reading the kit's test files (testCases.xsd): which model, what goes in, what must come out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from workflows.decisions.xml import Element, parse_tree
from workflows.feel import Value
from workflows.feel.temporal import read_date, read_datetime, read_duration, read_time

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NUMBERS = frozenset({"decimal", "double", "float", "integer", "int", "long"})
_READERS: dict[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "dateTime": read_datetime,
    "duration": read_duration,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """One value a case asks for. name: of the decision, or of a service's output. target: what is evaluated for it."""

    name: str
    target: str
    value: Value


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. level: 2 or 3. kind: "decision", "bkm" or "decisionService". It passes when all values agree."""

    level: int
    folder: str
    id: str
    model: Path
    kind: str
    inputs: dict[str, Value]
    expected: tuple[Expected, ...]

    @property
    def key(self) -> str:
        """Unique in the kit."""
        return f"{self.folder}:{self.id}"


def cases(kit: Path) -> Iterator[Case]:
    """Every test case below the kit's folder, by level, folder and file."""
    for path in sorted(kit.glob("compliance-level-*/*/*-test-*.xml")):
        root = parse_tree(path.read_bytes())
        model = path.parent / (root.findtext("{*}modelName") or "").strip()
        for element in root.iter("{*}testCase"):
            yield _case(element, path, model)


def _case(element: Element, path: Path, model: Path) -> Case:
    invocable = element.get("invocableName")
    return Case(
        level=int(path.parent.parent.name.rpartition("-")[2]),
        folder=path.parent.name,
        id=str(element.get("id")),
        model=model,
        kind=str(element.get("type") or "decision"),
        inputs={str(one.get("name")): _value(one) for one in element.iterfind("{*}inputNode")},
        expected=tuple(_expected(one, invocable) for one in element.iterfind("{*}resultNode")),
    )


def _expected(element: Element, invocable: str | None) -> Expected:
    name = str(element.get("name"))
    expected = element.find("{*}expected")
    return Expected(name, invocable or name, None if expected is None else _value(expected))


def _value(element: Element) -> Value:
    components = element.findall("{*}component")
    if components:
        return {str(one.get("name")): _value(one) for one in components}
    listed = element.find("{*}list")
    if listed is not None:
        return None if listed.get(_NIL) == "true" else [_value(one) for one in listed.iterfind("{*}item")]
    value = element.find("{*}value")
    if value is None or value.get(_NIL) == "true":
        return None
    return _simple(value.text or "", str(value.get(_TYPE) or "").rpartition(":")[2])


def _simple(text: str, kind: str) -> Value:
    if kind in _NUMBERS:
        return Decimal(text)
    if kind == "boolean":
        return text.strip() == "true"
    reader = _READERS.get(kind)
    value: Value = text if reader is None else reader(text)
    return value
