"""The types that forms, decision tables and operators declare, as a process uses them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from workflows.decisions import DecisionModel
from workflows.feel.types import FeelType
from workflows.lint.answers import answers_of
from workflows.service_tasks import Operator


def declared_types(
    forms: Mapping[str, bytes], tables: Iterable[DecisionModel], operators: Mapping[str, Operator]
) -> dict[str, Any]:
    """Fields of a LintContext. forms: key to its JSON; one that cannot be read says nothing here."""
    return {
        "answers": {key: kind for key, data in forms.items() if (kind := _answers(data)) is not None},
        "tables": {decision: table for table in tables for decision in table.decisions},
        "parameters": {key: _parameters(operator) for key, operator in operators.items()},
        "results": {key: operator.result for key, operator in operators.items()},
    }


def _answers(data: bytes) -> FeelType | None:
    try:
        form = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return answers_of(form) if isinstance(form, Mapping) else None


def _parameters(operator: Operator) -> Mapping[str, FeelType]:
    return {name: one.kind for name, one in operator.parameters.items()}
