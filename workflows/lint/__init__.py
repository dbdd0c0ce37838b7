"""Can this model be run correctly? Every reason why not, with the element and what to do."""

from dataclasses import replace

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.declared import declared_types
from workflows.lint.idle import idle_ids
from workflows.lint.rules import RULES, duplicate_id
from workflows.model import Model, ModelRefused, read

__all__ = ["LintContext", "declared_types", "lint", "lint_file"]

_NOTHING_KNOWN = LintContext()


def lint(model: Model, context: LintContext = _NOTHING_KNOWN) -> list[Finding]:
    """All findings of all rules; errors block publication. Pools that are never run have none but ids used twice."""
    fresh = replace(context)
    idle = idle_ids(model, context)
    found = (finding for rule in RULES for finding in rule(model, fresh))
    return [one for one in found if one.element_id not in idle or one.rule == duplicate_id.RULE]


def lint_file(xml: bytes, context: LintContext = _NOTHING_KNOWN) -> list[Finding]:
    """The same for a file that may be unreadable: then the reasons it was refused are the findings."""
    try:
        model = read(xml)
    except ModelRefused as refused:
        return list(refused.findings)
    return lint(model, context)
