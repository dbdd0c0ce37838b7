"""Holding a run against what a scenario expects: the first difference, in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from workflows.engine import EngineIncident, same
from workflows.feel import Value, to_text
from workflows.scenarios.book import Expectation, ExpectedIncident
from workflows.scenarios.stage import Stage
from workflows.scenarios.told import Differs, instant_of

MAX_SHOWN = 200
"""Characters of a value that a difference repeats."""


def require(stage: Stage, expected: Expectation) -> None:
    """Raises Differs for the first thing that is not as expected; incidents first, since they explain the rest."""
    _require_incidents(stage, expected.incidents)
    waiting, execution = stage.execution.waiting(), stage.execution
    tasks = [one.element_id for one in waiting.user_tasks]
    calls = [one.element_id for one in waiting.service_calls]
    _require_names("the open tasks to be", "open:", expected.open, tasks)
    _require_names("these to wait for an answer:", "waiting:", expected.calls, calls)
    _require_timers(stage, expected.timers)
    _require_variables(stage, expected.variables)
    for decision, outcome in expected.decisions.items():
        _require_equal(f"the decision {decision} to be", outcome or "not taken", execution.decisions.get(decision))
    _require_rows(stage, expected.rows)
    if expected.status is not None:
        _require_equal("the process to be", expected.status, execution.status)
    if expected.end is not None:
        _require_list("the end events to be", expected.end, execution.end_events)
    _require_path(stage, expected)
    if expected.sent is not None:
        _require_list("these to be sent:", expected.sent, stage.sent)


def require_end(stage: Stage, end: str) -> None:
    """Raises Differs unless the process ended, with this end event last."""
    from_engine = stage.execution.end_events
    if stage.execution.status != "completed" or from_engine[-1:] != [end]:
        reached = f" (it reached {', '.join(from_engine)})" if from_engine else ""
        raise Differs(f"the process to end at {end}", f"{_state(stage)}{reached}", end)


def _state(stage: Stage) -> str:
    if stage.execution.status == "completed":
        return "an end elsewhere"
    tasks = sorted(one.element_id for one in stage.execution.waiting().user_tasks)
    return f"a {stage.execution.status} process, open: {', '.join(tasks) or 'no task'}"


def _require_incidents(stage: Stage, expected: Sequence[ExpectedIncident] | None) -> None:
    left = list(stage.opened)
    for one in expected or ():
        found = next((incident for incident in left if _fits(one, incident)), None)
        if found is None:
            where = f" at {one.element_id}" if one.element_id else ""
            raise Differs(f"the incident {one.kind}{where}", _incidents(stage.opened), one.element_id)
        left.remove(found)
    if left:
        raise Differs("no further incident" if expected else "no incident", _incidents(left), left[0].element_id)


def _fits(expected: ExpectedIncident, found: EngineIncident) -> bool:
    return expected.kind == found.kind and expected.element_id in (None, found.element_id)


def _incidents(found: Sequence[EngineIncident]) -> str:
    said = [f"{one.kind}{f' at {one.element_id}' if one.element_id else ''}: {one.message}" for one in found]
    return " / ".join(said) or "none"


def _require_names(words: str, got: str, expected: Sequence[str] | None, found: Sequence[str]) -> None:
    """The same names, in any order."""
    if expected is not None and sorted(expected) != sorted(found):
        raise Differs(f"{words} {_names(sorted(expected))}", f"{got} {_names(sorted(found))}")


def _require_list(words: str, expected: Sequence[str], found: Sequence[str]) -> None:
    if list(expected) != list(found):
        raise Differs(f"{words} {_names(expected)}", _names(found))


def _require_equal(words: str, expected: str, found: str | None) -> None:
    if expected != (found or "not taken"):
        raise Differs(f"{words} {expected}", found or "not taken")


def _names(found: Sequence[str]) -> str:
    return ", ".join(found) or "none"


def _require_timers(stage: Stage, expected: Mapping[str, Any]) -> None:
    due = {one.element_id: one.due_at for one in stage.execution.waiting().timers}
    for element_id, told in expected.items():
        wanted = instant_of(told, stage.execution.variables, stage.book.zone, now=stage.host.local)
        found = due.get(element_id)
        if found is None or abs(found - wanted) >= timedelta(seconds=1):
            said = f"{found:%Y-%m-%d %H:%M} UTC" if found else f"no timer there (timers: {_names(sorted(due))})"
            raise Differs(f"{element_id} to be due {wanted:%Y-%m-%d %H:%M} UTC", said, element_id)


def _require_variables(stage: Stage, expected: Mapping[str, Any]) -> None:
    variables = stage.execution.variables
    for name, told in expected.items():
        missing = object()
        found = _at(variables, name.split("."), missing)
        wanted = stage.value(told)
        if found is missing:
            raise Differs(f"{name} to be {_shown(wanted)}", "no such variable")
        for place, one, other in _unequal(name, wanted, found):
            raise Differs(f"{place} to be {_shown(one)}", _shown(other))


def _at(value: Any, path: Sequence[str], missing: object) -> Any:
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return missing
        value = value[name]
    return value


def _unequal(name: str, wanted: Value, found: Value) -> Iterator[tuple[str, Value, Value]]:
    """Where two values differ; of a context only the entries that are wanted count."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, one in wanted.items():
            yield from _unequal(f"{name}.{key}", one, found.get(key))
    elif not same(wanted, found):
        yield name, wanted, found


def _shown(value: Value) -> str:
    text = to_text(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _require_rows(stage: Stage, expected: Mapping[str, Sequence[str]]) -> None:
    for decision, rows in expected.items():
        asked = [one for one in stage.host.asked if one.decision_id == decision]
        if not asked:
            raise Differs(f"the table {decision} to be asked", "it was not")
        if list(rows) != list(asked[-1].matched):
            inputs = ", ".join(f"{name} = {_shown(value)}" for name, value in asked[-1].inputs.items())
            raise Differs(f"{decision} to match {_names(rows)}", f"{_names(asked[-1].matched)} ({inputs})")


def _require_path(stage: Stage, expected: Expectation) -> None:
    completed = [one.element_id for one in stage.steps if one.what == "completed"]
    if expected.exact_path is not None:
        _require_list("exactly this path:", expected.exact_path, completed)
    remaining = iter(completed)
    for element_id in expected.path or ():
        if element_id not in remaining:
            order = _names(expected.path or ())
            raise Differs(f"the path {order}", f"no {element_id} in its place ({_names(completed)})", element_id)
