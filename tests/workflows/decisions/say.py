"""Short ways to decide in tests."""

from datetime import UTC, datetime
from typing import cast

from workflows.decisions import DecisionModel, DecisionResult, decide
from workflows.feel import Value, from_python

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def result(model: DecisionModel, decision_id: str = "d", /, **context: object) -> DecisionResult:
    """The whole result, from Python values."""
    values = cast(dict[str, Value], from_python(context))
    return decide(model, decision_id, values, now=NOW)


def decided(model: DecisionModel, decision_id: str = "d", /, **context: object) -> Value:
    """The value."""
    return result(model, decision_id, **context).value
