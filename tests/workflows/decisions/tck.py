"""Reads the public DMN TCK cases beside the repository: which decision, which inputs, which result."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from workflows.decisions import DecisionConflict, DecisionInputInvalid, DecisionModel, decide, examine
from workflows.decisions.evaluate import Request
from workflows.decisions.tables import DecisionRun
from workflows.feel import FeelBudgetExceeded, Value
from workflows.feel.errors import Trouble
from workflows.feel.temporal import read_date, read_datetime, read_duration, read_time

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "dmn-tck"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_READERS: dict[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "dateTime": read_datetime,
    "duration": read_duration,
}


@dataclass(frozen=True)
class Case:
    """One expected result. kind: "decision", "bkm" or "decisionService"."""

    id: str
    level: int
    model: Path
    target: str
    part: str
    kind: str
    inputs: dict[str, Value]
    expected: Value


def cases(level: int) -> Iterator[Case]:
    """Every expected result of a compliance level."""
    for path in sorted(FOLDER.glob(f"compliance-level-{level}/*/*-test-*.xml")):
        root = etree.parse(path).getroot()
        model = path.parent / (root.findtext("{*}modelName") or "").strip()
        for case in root.iter("{*}testCase"):
            inputs = {str(one.get("name")): _value(one) for one in case.iterfind("{*}inputNode")}
            for result in case.iterfind("{*}resultNode"):
                expected = result.find("{*}expected")
                yield Case(
                    id=f"{path.parent.name}:{case.get('id')}:{result.get('name')}",
                    level=level,
                    model=model,
                    target=str(case.get("invocableName") or result.get("name")),
                    part=str(result.get("name")),
                    kind=str(case.get("type") or "decision"),
                    inputs=inputs,
                    expected=None if expected is None else _value(expected),
                )


def _value(element: Any) -> Value:
    components = element.findall("{*}component")
    if components:
        return {str(one.get("name")): _value(one) for one in components}
    listed = element.find("{*}list")
    if listed is not None:
        return None if listed.get(_XSI + "nil") == "true" else [_value(one) for one in listed.iterfind("{*}item")]
    value = element.find("{*}value")
    if value is None or value.get(_XSI + "nil") == "true":
        return None
    return _simple(value.text or "", str(value.get(_XSI + "type") or "").rpartition(":")[2])


def _simple(text: str, kind: str) -> Value:
    if kind in ("decimal", "double", "float", "integer", "int"):
        return Decimal(text)
    if kind == "boolean":
        return text.strip() == "true"
    reader = _READERS.get(kind)
    value: Value = text if reader is None else reader(text)
    return value


@lru_cache(maxsize=128)
def model_of(path: Path) -> DecisionModel:
    """Models are read leniently: the cases contain broken expressions on purpose, and expect null for them."""
    return examine(path.read_bytes())[0]


def run(case: Case) -> Value:
    """The value we get; null where we refuse."""
    model = model_of(case.model)
    try:
        if case.kind == "decision":
            return decide(model, case.target, case.inputs, now=NOW).value
        return _invoke(model, case)
    except (DecisionInputInvalid, DecisionConflict, FeelBudgetExceeded):
        return None


def _invoke(model: DecisionModel, case: Case) -> Value:
    request = Request(model, case.inputs, DecisionRun(NOW))
    services = {one.name: one for one in model.services.values()}
    service = services.get(case.target)
    function = request.knowledge(case.target) if service is None else request.service(service)
    assert function is not None
    try:
        value = function.call(request.run, [case.inputs.get(name) for name in function.parameters])
    except Trouble:
        return None
    return value.get(case.part) if isinstance(value, dict) and case.part in value else value


def equal(got: Value, expected: Value) -> bool:
    """Numbers agree to eight decimal places, as the cases write them."""
    if isinstance(got, Decimal) and isinstance(expected, Decimal):
        try:
            return abs(got - expected) <= max(Decimal("1e-8"), abs(expected) * Decimal("1e-12"))
        except InvalidOperation:
            return False
    if isinstance(got, list) and isinstance(expected, list):
        return len(got) == len(expected) and all(equal(a, b) for a, b in zip(got, expected, strict=True))
    if isinstance(got, dict) and isinstance(expected, dict):
        return got.keys() == expected.keys() and all(equal(got[key], expected[key]) for key in got)
    return type(got) is type(expected) and got == expected
