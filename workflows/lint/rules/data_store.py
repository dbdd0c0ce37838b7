"""Data stores have no implementation; process data and documents of the case replace them."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import bpmn

RULE = "data-store"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for tag in ("dataStore", "dataStoreReference"):
        for node in model.root.iter(bpmn(tag)):
            yield error(
                RULE, node.get("id"), "Data stores are not supported. Replace it by an annotation or process data."
            )
