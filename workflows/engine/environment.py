"""How a running instance evaluates, writes and reports: FEEL for every expression, one door for every write.

No model runs Python. `decisions`, `now` and `today` are readable by every expression and writable by none.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from store.errors import DomainError
from workflows.engine import data_objects, diagnosis
from workflows.engine.faults import EngineFault
from workflows.engine.timers import wall_clock
from workflows.feel import Assignment, Evaluation, Expression, FeelError, from_python, parse, parse_assignments

RESERVED = frozenset({"decisions", "now", "today"})


class Host(Protocol):
    """What the engine asks its surroundings for while it runs. Pure: no input or output.

    zone: where the instance is at home; its days begin and end there.
    """

    @property
    def zone(self) -> tzinfo: ...

    def business_day(self, day: date, count: int) -> date:
        """The day so many business days after a day, on the calendar where the instance is at home."""
        ...

    def decide(self, decision_id: str, context: Mapping[str, Any], element_id: str) -> Any:
        """Evaluate a decision of the pinned version for an element. Raises EngineFault when it has no answer."""
        ...


class Feel(PythonScriptEngine):
    """Evaluates and writes for one instance during one verb.

    decisions: decision type to last outcome; written only by `Execution.complete_user_task`.
    """

    def __init__(self, host: Host, now: datetime) -> None:
        super().__init__(_Refusing())
        self.host, self.now = host, now
        self.decisions: dict[str, str] = {}

    @property
    def local(self) -> datetime:
        """Now, by the clocks of the place where the instance is at home."""
        return wall_clock(self.now, self.host.zone)

    # Reading

    def context(self, task: Any, external: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Everything an expression of this task may read."""
        local = self.local
        return {
            **data_objects.visible(task.workflow),
            **(external or {}),
            **task.data,
            "decisions": self.decisions,
            "now": local,
            "today": local.date(),
        }

    def evaluate(self, task: Any, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of a parameter, payload or input; null stays null. Raises the "expression" fault."""
        return self._found(task, self._parsed(expression), external_context)[0].value

    def required(self, task: Any, expression: str) -> Any:
        """The value; a null that comes from a mistake is a fault."""
        return self._required(task, self._parsed(expression))

    def condition(self, task: Any, expression: str) -> bool:
        """Whether a condition holds. Null without a mistake is false; any other kind of value is a fault."""
        value = self.required(task, expression)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise diagnosis.wrong_kind(expression, value, "true or false")
        return value

    def holds(self, task: Any, expression: str) -> bool:
        """Whether what a conditional event waits for has come; data that are not there yet do not hold."""
        value = self.evaluate(task, expression)
        if value is not None and not isinstance(value, bool):
            raise diagnosis.wrong_kind(expression, value, "true or false")
        return bool(value)

    def _parsed(self, expression: str) -> Expression:
        try:
            return parse(expression or "")
        except FeelError as error:
            raise diagnosis.refused(expression or "", error) from error

    def _found(
        self, task: Any, parsed: Expression, external: Mapping[str, Any] | None = None, target: str = ""
    ) -> tuple[Evaluation, dict[str, Any]]:
        """What the expression gives, and the context it was given."""
        context = self.context(task, external)
        if "decisions" in parsed.names:
            context["decisions"] = self._decisions_read_by(parsed)
        try:
            return parsed.evaluate(context, now=self.local), context
        except FeelError as error:
            raise diagnosis.refused(parsed.text, error, target) from error

    def _required(self, task: Any, parsed: Expression, target: str = "") -> Any:
        found, context = self._found(task, parsed, target=target)
        if found.value is None and found.problems:
            raise diagnosis.null_by_mistake(parsed, found.problems, context, now=self.local, target=target)
        return found.value

    def _decisions_read_by(self, parsed: Any) -> dict[str, str | None]:
        """Decisions with null for those not taken, so that reading one is never a mistake."""
        known = dict.fromkeys(path[1] for path in parsed.paths if path[0] == "decisions" and len(path) > 1)
        return {**known, **self.decisions}

    # Writing

    def execute(self, task: Any, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a FEEL script: assignments in order, all or none."""
        try:
            assignments = parse_assignments(script or "")
        except FeelError as error:
            raise diagnosis.refused(script or "", error) from error
        before = dict(task.data)
        try:
            for assignment in assignments:
                self._assign(task, assignment)
        except Exception:
            task.data = before
            raise
        return True

    def _assign(self, task: Any, assignment: Assignment) -> None:
        """A null that comes from a mistake is never assigned: whoever reads it could not tell it from an answer."""
        value = self._required(task, assignment.expression, ".".join(assignment.target))
        name, *path = assignment.target
        self.assign(task, name, _replaced(task.data.get(name), path, value) if path else value)

    def assign(self, task: Any, name: str, value: Any) -> None:
        """The one door for writes to process data: whole values of FEEL kinds, never under a reserved name."""
        if name in RESERVED:
            raise EngineFault(
                "decisions-read-only",
                f"{name} belongs to the engine and cannot be written. Choose another variable name.",
                {"name": name},
            )
        try:
            task.data[name] = from_python(value)
        except (TypeError, ValueError, FeelError) as error:
            raise EngineFault("value", f"The value of {name} cannot be stored: {error}", {"name": name}) from error

    def decide(self, task: Any, decision_id: str) -> Any:
        """Ask the host for a decision over everything this task may read."""
        try:
            return self.host.decide(decision_id, self.context(task), task.task_spec.element.id)
        except (DomainError, FeelError, LookupError, TypeError, ValueError, ArithmeticError) as error:
            kind = type(error).__name__
            raise EngineFault(
                "decision",
                f"The decision {decision_id} gives no result: {error}",
                {"decision": decision_id, "cause": kind},
            ) from error

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        """Service tasks are parked and answered later, never called while the engine runs."""
        raise EngineFault("engine", "Service tasks are never called while the engine runs.")


class _Refusing(BasePythonScriptEngineEnvironment):
    """Nothing may evaluate outside a task; whoever tries has found a way around the engine."""

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> Any:
        raise EngineFault("engine", "An expression was evaluated outside a task.")

    def execute(self, script: str, context: Any, external_context: Any = None) -> Any:
        raise EngineFault("engine", "A script was run outside a task.")


def _replaced(value: Any, path: list[str], new: Any) -> Any:
    """A copy of a context with the value at the path replaced; whatever is no context on the way becomes one."""
    if not path:
        return new
    entries = dict(value) if isinstance(value, dict) else {}
    entries[path[0]] = _replaced(entries.get(path[0]), path[1:], new)
    return entries
