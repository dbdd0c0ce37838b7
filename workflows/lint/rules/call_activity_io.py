"""A called process without declared inputs and outputs would share all data with its caller."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model, Process

RULE = "call-activity-io"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    known = {
        **{one: process for other in context.called.values() for one, process in other.processes.items()},
        **model.processes,
    }
    for element in model.elements.values():
        if element.kind != "callActivity":
            continue
        called = known.get(element.called_element or "")
        if called is None:
            message = (
                f"The called process {element.called_element or ''} is not known. Publish it first or correct the id."
            )
            yield error(RULE, element.id, message)
        elif not called.has_io:
            message = f"The process {called.id} declares no inputs and outputs. Add an ioSpecification to it."
            yield error(RULE, element.id, message)
    yield from _cycles(model, known)


def _cycles(model: Model, known: dict[str, Process]) -> Iterator[Finding]:
    calls: dict[str, set[str]] = {}
    for element in model.elements.values():
        if element.kind == "callActivity" and element.called_element in known:
            calls.setdefault(element.process_id, set()).add(element.called_element)
    for start in calls:
        seen: set[str] = set()
        stack = [*calls[start]]
        while stack:
            one = stack.pop()
            if one not in seen:
                seen.add(one)
                stack.extend(calls.get(one, ()))
        if start in seen:
            yield error(RULE, start, f"The process {start} calls itself. Use a loop instead.")
