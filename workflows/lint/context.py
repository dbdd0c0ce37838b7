"""What a check knows about the world around a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.model import Model


@dataclass(frozen=True)
class LintContext:
    """None means unknown: rules that would need it stay silent.

    decision_types: decision type to its outcomes.
    forms, decisions, operators, groups: the ids that exist.
    called: models of other files by process id, for call activities.
    """

    decision_types: Mapping[str, frozenset[str]] | None = None
    forms: frozenset[str] | None = None
    decisions: frozenset[str] | None = None
    operators: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    called: Mapping[str, Model] = field(default_factory=dict)
