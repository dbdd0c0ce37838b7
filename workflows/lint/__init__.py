"""Can this model be run correctly? Every reason why not, with the element and what to do."""

from dataclasses import replace

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.declared import declared_types
from workflows.lint.rules import RULES
from workflows.model import Model, ModelRefused, read

__all__ = ["LintContext", "declared_types", "lint", "lint_file"]

_NOTHING_KNOWN = LintContext()


def lint(model: Model, context: LintContext = _NOTHING_KNOWN) -> list[Finding]:
    """All findings of all rules; errors block publication."""
    fresh = replace(context)
    return [finding for rule in RULES for finding in rule(model, fresh)]


def lint_file(xml: bytes, context: LintContext = _NOTHING_KNOWN) -> list[Finding]:
    """The same for a file that may be unreadable: then the reasons it was refused are the findings."""
    try:
        model = read(xml)
    except ModelRefused as refused:
        return list(refused.findings)
    return lint(model, context)
