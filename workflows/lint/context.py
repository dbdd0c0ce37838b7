"""What a check knows about the world around a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions import DecisionModel
from workflows.feel.types import FeelType
from workflows.model import Model


@dataclass(frozen=True)
class LintContext:
    """None means unknown: rules that would need it stay silent.

    decision_types: decision type to its outcomes.
    forms, decisions, operators, groups: the ids that exist.
    called: models of other files by process id, for call activities.
    answers: form id to the type of its submissions; tables: decision id to the model that holds it;
    parameters: operator to its parameters' types; results: operator to what it answers with. What they do not hold
    has unknown types.
    memo: what one rule worked out about a model and another can use; `lint` begins with an empty one.
    """

    decision_types: Mapping[str, frozenset[str]] | None = None
    forms: frozenset[str] | None = None
    decisions: frozenset[str] | None = None
    operators: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    called: Mapping[str, Model] = field(default_factory=dict)
    answers: Mapping[str, FeelType] = field(default_factory=dict)
    tables: Mapping[str, DecisionModel] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, FeelType]] = field(default_factory=dict)
    results: Mapping[str, FeelType] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
