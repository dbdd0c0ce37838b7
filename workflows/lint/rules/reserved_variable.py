"""The names decisions, now and today belong to the engine; nothing in a model writes them."""

from collections.abc import Iterator

from workflows.engine.environment import RESERVED
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.lint.writes import script_targets, written
from workflows.model import Element, Model

RULE = "reserved-variable"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        for name in sorted(_names(element) & RESERVED):
            yield error(
                RULE, element.id, f"The name {name} cannot be written by a model. Choose another variable name."
            )
    for process in model.processes.values():
        for name in sorted({*process.inputs, *process.outputs, *process.data_objects} & RESERVED):
            yield error(RULE, process.id, f"The name {name} cannot be process data. Choose another name.")


def _names(element: Element) -> set[str]:
    loop = element.loop
    items = {loop.input_item, loop.output_item, loop.output_ref} if loop is not None else set()
    return {*written(element), *script_targets(element), *(one for one in items if one)}
