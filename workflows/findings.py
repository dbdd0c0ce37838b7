"""The one shape in which every linter reports. Decisions own it, so that they can be used without the rest."""

from workflows.decisions.findings import Finding, Severity

__all__ = ["Finding", "Severity"]
