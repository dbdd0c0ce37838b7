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
from workflows.decisions.lint import lint
from workflows.decisions.model import Decision, DecisionModel
from workflows.decisions.read import examine, read
from workflows.decisions.tables import TableTrace

__all__ = [
    "Decision",
    "DecisionConflict",
    "DecisionError",
    "DecisionInputInvalid",
    "DecisionModel",
    "DecisionModelRefused",
    "DecisionNotFound",
    "DecisionResult",
    "TableTrace",
    "decide",
    "examine",
    "lint",
    "read",
]
