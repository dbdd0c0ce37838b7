"""The shipped decision tables, read once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from workflows.decisions import DecisionModel, DecisionResult, decide, read
from workflows.feel import Value

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@cache
def model(decision_id: str) -> DecisionModel:
    return read(source(decision_id))


def source(decision_id: str) -> bytes:
    return (files("workflows") / "bpmn" / "denial_appeal" / f"{decision_id}.dmn").read_bytes()


def result(decision_id: str, context: Mapping[str, Value]) -> DecisionResult:
    return decide(model(decision_id), decision_id, context, now=NOW)


def decided(decision_id: str, context: Mapping[str, Value]) -> Value:
    """In the shape `triage` takes."""
    return result(decision_id, context).value


def row_of(matched: tuple[str, ...]) -> int:
    """The row number in the name of the only matched rule."""
    (rule_id,) = matched
    return next(int(part) for part in rule_id.split("_") if part.isdigit() and len(part) == 2)
