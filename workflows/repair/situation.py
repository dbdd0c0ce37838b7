"""What a repair looks at: the file, what it says, and what stands against it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workflows.findings import Finding
from workflows.lint import LintContext, lint
from workflows.model import Model, read
from workflows.repair.document import Document
from workflows.repair.offers import Offer


@dataclass(frozen=True)
class Situation:
    """A file that can be read, with its findings under what is known around it."""

    document: Document
    model: Model
    findings: tuple[Finding, ...]
    known: LintContext
    against: frozenset[tuple[str, str | None]]

    def rule(self, node: Any, *rules: str) -> str:
        """Which of the rules has a finding about a node; "" for none."""
        element_id = node if isinstance(node, str) or node is None else node.get("id")
        return next((rule for rule in rules if (rule, element_id) in self.against), "")

    def kind_of(self, *rules: str) -> str:
        """Which of the rules has a finding anywhere."""
        return next((rule for rule in rules if any(rule == one for one, _ in self.against)), "")


Kind = Callable[[Situation], Iterator[Offer]]
"""Finds everything of one kind that can be repaired."""


def look(data: bytes, known: LintContext) -> Situation:
    """Raises ModelRefused when the file cannot be read."""
    model = read(data)
    findings = tuple(lint(model, known))
    against = frozenset((one.rule, one.element_id) for one in findings if one.severity == "error")
    return Situation(Document(data), model, findings, known, against)
