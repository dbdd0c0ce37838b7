"""Decision tables (DMN 1.2 to 1.5): read, decide, lint. All rules are FEEL; a table that contradicts itself refuses
to answer instead of choosing silently."""

from workflows.decisions.errors import (
    DecisionConflict,
    DecisionError,
    DecisionInputInvalid,
    DecisionModelRefused,
    DecisionNotFound,
)
from workflows.decisions.evaluate import DecisionResult, decide
from workflows.decisions.explain import DecisionExplanation, RowExplanation, TableExplanation, explain, explain_rows
from workflows.decisions.lint import gate_findings, lint
from workflows.decisions.model import Decision, DecisionModel
from workflows.decisions.read import examine, read
from workflows.decisions.tables import TableTrace

__all__ = [
    "Decision",
    "DecisionConflict",
    "DecisionError",
    "DecisionExplanation",
    "DecisionInputInvalid",
    "DecisionModel",
    "DecisionModelRefused",
    "DecisionNotFound",
    "DecisionResult",
    "RowExplanation",
    "TableExplanation",
    "TableTrace",
    "decide",
    "examine",
    "explain",
    "explain_rows",
    "gate_findings",
    "lint",
    "read",
]
