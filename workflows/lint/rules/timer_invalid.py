"""A timer that gives no time is found when its token arrives: too late."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from workflows.engine.faults import EngineFault
from workflows.engine.timers import cycle_of, due_at, is_literal
from workflows.feel import FeelError, parse
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model, Timer

RULE = "timer-invalid"


_MEANT_AS_DURATION = re.compile(r"[-+]?P[T\d]\w*")
"""A name in FEEL, but nobody calls a variable so."""
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        trigger = element.trigger("timer")
        if trigger is None:
            continue
        if trigger.timer is None:
            yield error(RULE, element.id, "The timer has no time. Give a date, a duration or a cycle.")
            continue
        yield from _check(element, trigger.timer)


def _check(element: Element, timer: Timer) -> Iterator[Finding]:
    try:
        parsed = None if is_literal(timer.text) else parse(timer.text)
    except FeelError as problem:
        yield error(RULE, element.id, f"The timer {timer.text!r} is neither ISO 8601 nor FEEL: {problem}")
        return
    if _MEANT_AS_DURATION.fullmatch(timer.text.strip()) and not is_literal(timer.text):
        yield error(RULE, element.id, f"{timer.text.strip()} is no ISO 8601 duration. Write it like P3D or PT1H30M.")
        return
    if parsed is not None and (parsed.names or "(" in timer.text):
        return  # Depends on data.
    compute = cycle_of if timer.kind == "cycle" else due_at
    try:
        compute(timer.text, lambda text: parse(text).evaluate({}, now=_SOME_TIME).value, _SOME_TIME, UTC)
    except EngineFault as fault:
        yield error(RULE, element.id, fault.message)
