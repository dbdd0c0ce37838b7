"""A called process says what goes in and out; what a call assigns must be part of it."""

from collections.abc import Iterator

from workflows.feel import FeelError, parse
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model, Process

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
        else:
            yield from _assigned(element, called)
    yield from _cycles(model, context, known)


def _assigned(element: Element, called: Process) -> Iterator[Finding]:
    for one in element.inputs:
        if one.target not in called.inputs:
            message = f"The process {called.id} has no input {one.target}. Use one of: {', '.join(called.inputs)}."
            yield error(RULE, element.id, message)
    for one in element.outputs:
        try:
            unknown = sorted(parse(one.source).names - set(called.outputs))
        except FeelError as problem:
            yield error(RULE, element.id, f"The output {one.target} is not FEEL: {problem}")
            continue
        if unknown:
            message = f"The process {called.id} gives no {', '.join(unknown)}. It gives: {', '.join(called.outputs)}."
            yield error(RULE, element.id, message)


def _cycles(model: Model, context: LintContext, known: dict[str, Process]) -> Iterator[Finding]:
    calls: dict[str, set[str]] = {}
    for other in (model, *context.called.values()):
        for element in other.elements.values():
            if element.kind == "callActivity" and element.called_element in known:
                calls.setdefault(element.process_id, set()).add(element.called_element)
    for start in [one for one in calls if one in model.processes]:
        seen: set[str] = set()
        stack = [*calls[start]]
        while stack:
            one = stack.pop()
            if one not in seen:
                seen.add(one)
                stack.extend(calls.get(one, ()))
        if start in seen:
            yield error(RULE, start, f"The process {start} calls itself. Use a loop instead.")
