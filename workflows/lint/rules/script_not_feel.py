"""Scripts are FEEL assignments; no model runs another language."""

from collections.abc import Iterator

from workflows.feel import FeelError, parse_assignments
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model

RULE = "script-not-feel"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind != "scriptTask":
            continue
        if (element.script_format or "").strip().lower() not in ("feel", "text/feel"):
            yield error(
                RULE, element.id, 'The script is not marked as FEEL. Set scriptFormat="FEEL" and write assignments.'
            )
        if element.script is None:
            yield error(RULE, element.id, "The script is empty. Write lines of the form: variable = expression.")
            continue
        try:
            parse_assignments(element.script)
        except FeelError as problem:
            yield error(RULE, element.id, f"The script is not FEEL: {problem}")
