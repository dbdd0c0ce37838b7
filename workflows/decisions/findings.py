"""What a check found in a model, a form or a decision table. Every linter speaks this one shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.feel import Value

Severity = Literal["error", "warn", "info"]


@dataclass(frozen=True)
class Finding:
    """One finding.

    rule:       stable kebab-case id; it names the page that explains the rule.
    severity:   "error" blocks publication; "warn" and "info" do not.
    element_id: BPMN, DMN or form id it belongs to; None for the file as a whole.
    message:    a whole sentence that says what to do.
    """

    rule: str
    severity: Severity
    element_id: str | None
    message: str


@dataclass(frozen=True)
class TableFinding(Finding):
    """A finding about a decision table that an input shows.

    rules:   ids of the rules it is about, in table order.
    example: column name to a value; deciding with these values shows the finding. None when no input can.
    """

    rules: tuple[str, ...] = ()
    example: Mapping[str, Value] | None = None
