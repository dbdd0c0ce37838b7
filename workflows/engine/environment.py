"""How a running instance evaluates, writes and reports: FEEL for every expression, one door for every write.

No model runs Python. `decisions`, `now` and `today` are readable by every expression and writable by none.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.util.task import TaskState

from store.errors import DomainError
from workflows.engine import guard
from workflows.engine.faults import EngineFault
from workflows.engine.journal import EngineIncident, Journal
from workflows.feel import FeelError, from_python, parse, parse_assignments

RESERVED = frozenset({"decisions", "now", "today"})
_ENTERED = TaskState.WAITING | TaskState.READY | TaskState.STARTED
_NOT_ENTERED = TaskState.PREDICTED_MASK | TaskState.FUTURE


class Host(Protocol):
    """What the engine asks its surroundings for while it runs. Pure: no input or output."""

    def decide(self, decision_id: str, context: Mapping[str, Any]) -> Any:
        """Evaluate a decision of the pinned version."""
        ...


class FeelEngine(PythonScriptEngine):
    """The script engine of one instance during one verb.

    decisions:  decision type to last outcome; written only by `Execution.complete_user_task`.
    end_events: end events of the process that were reached, in order.
    passes:     how often a gateway that closes a loop was passed, by element id.
    """

    is_ours = True

    def __init__(self, host: Host, now: datetime) -> None:
        super().__init__(_Refusing())
        self.host, self.now = host, now
        self.timestamp = now.timestamp()
        self.decisions: dict[str, str] = {}
        self.end_events: list[str] = []
        self.passes: dict[str, int] = {}
        self.journal = Journal()
        self.send: Callable[[Any, Any], None] = _unset
        self.throw: Callable[[Any, Any, Any], None] = _unset
        self.waiting_key: Callable[[Any, Any], str | None] = _unset
        self.handler_key: Callable[[Any, Any], str | None] = _unset

    # Reading

    def context(self, task: Any, external: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Everything an expression of this task may read."""
        return {
            **task.workflow.data_objects,
            **(external or {}),
            **task.data,
            "decisions": self.decisions,
            "now": self.now,
            "today": self.now.date(),
        }

    def value(self, task: Any, expression: str, external: Mapping[str, Any] | None = None) -> tuple[Any, list[str]]:
        """The value, and the reasons why it is null if it is. Raises the "expression" fault when it cannot be run."""
        try:
            parsed = parse(expression or "")
            context = self.context(task, external)
            if "decisions" in parsed.names:
                context["decisions"] = self._decisions_read_by(parsed)
            found = parsed.evaluate(context, now=self.now)
        except FeelError as error:
            raise _expression_fault(expression, str(error)) from error
        return found.value, [problem.message for problem in found.problems]

    def evaluate(self, task: Any, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of a parameter, payload or input; null stays null."""
        return self.value(task, expression, external_context)[0]

    def required(self, task: Any, expression: str) -> Any:
        """The value; a null that comes from a mistake is a fault."""
        value, problems = self.value(task, expression)
        if value is None and problems:
            raise _expression_fault(expression, problems[0])
        return value

    def condition(self, task: Any, expression: str) -> bool:
        """Whether a condition holds. Null without a mistake is false; any other kind of value is a fault."""
        value = self.required(task, expression)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise _expression_fault(expression, f"It gives {type(value).__name__} where true or false is needed.")
        return value

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
            raise _expression_fault(script, str(error)) from error
        before = dict(task.data)
        try:
            for assignment in assignments:
                self._assign(task, assignment)
        except Exception:
            task.data = before
            raise
        return True

    def _assign(self, task: Any, assignment: Any) -> None:
        try:
            context = self.context(task)
            if "decisions" in assignment.expression.names:
                context["decisions"] = self._decisions_read_by(assignment.expression)
            value = assignment.expression.evaluate(context, now=self.now).value
        except FeelError as error:
            raise _expression_fault(".".join(assignment.target), str(error)) from error
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
            return self.host.decide(decision_id, self.context(task))
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

    # Hearing from the engine (see patches.py)

    def arriving(self, task: Any) -> None:
        """A token arrives at an activity or catching event."""
        spec = task.task_spec
        if getattr(spec, "guard", None) is not None and spec.guarded_on_arrival:
            guard.check(spec.guard, self.decisions, "arrival")

    def becoming_ready(self, task: Any) -> None:
        """An element is about to fire."""
        spec = task.task_spec
        if getattr(spec, "guard", None) is not None:
            guard.check(spec.guard, self.decisions, "arrival")
        if getattr(spec, "max_passes", None) is not None:
            self._count_pass(spec)

    def _count_pass(self, gateway: Any) -> None:
        element_id = gateway.element.id
        self.passes[element_id] = self.passes.get(element_id, 0) + 1
        if self.passes[element_id] > gateway.max_passes:
            raise EngineFault(
                "loop-bound",
                f"The loop went round {gateway.max_passes} times. Look at the case, then retry or raise maxIterations.",
                {"limit": gateway.max_passes},
            )

    def leaving(self, task: Any) -> None:
        """An element is about to be finished: the guard must still hold, then what it invalidates is void."""
        spec = task.task_spec
        if getattr(spec, "guard", None) is not None:
            guard.check(spec.guard, self.decisions, "completion")
        for decision_type in getattr(spec, "invalidates", ()):
            self.decisions.pop(decision_type, None)
        decided = task.internal_data.pop("decided", None)
        if decided is not None:
            self.decisions[decided[0]] = decided[1]

    def observe(self, task: Any, before: int, after: int) -> None:
        """A task changed its state: note it when it stands for a visible element."""
        spec = task.task_spec
        if not getattr(spec, "visible", False):
            return
        element = spec.element
        if after & _ENTERED and (before & _NOT_ENTERED or (spec.is_child and before == TaskState.WAITING)):
            self.journal.step(element, "entered", task.id)
        elif after == TaskState.COMPLETED:
            self.journal.step(element, "completed", task.id)
            if isinstance(spec, EndEvent) and task.workflow.parent_task_id is None:
                self.end_events.append(element.id)
        elif after == TaskState.CANCELLED and before & _ENTERED:
            self.journal.step(element, "cancelled", task.id)

    def stop(self, task: Any, error: Exception) -> None:
        """Stop a branch at this task and say why. The rest of the instance is not touched."""
        fault = error if isinstance(error, EngineFault) else _unexpected(error)
        task._set_state(TaskState.ERROR)
        element = getattr(task.task_spec, "element", None)
        element_id = element.id if element is not None else None
        self.journal.incidents.append(
            EngineIncident(fault.kind, element_id, fault.message, {**fault.facts, "task_id": str(task.id)})
        )

    def report(self, kind: str, element_id: str | None, message: str) -> None:
        """An incident that stops nothing by itself."""
        self.journal.incidents.append(EngineIncident(kind, element_id, message, {}))


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


def _expression_fault(expression: str, reason: str) -> EngineFault:
    return EngineFault(
        "expression",
        f"The expression {expression} cannot be used. {reason}",
        {"expression": expression, "reason": reason},
    )


def _unexpected(error: Exception) -> EngineFault:
    kind = type(error).__name__
    if "No conditions satisfied" in str(error):
        return EngineFault("no-gateway-match", "No condition of this gateway holds and it has no default flow.", {})
    return EngineFault("engine", f"The engine cannot go on here ({kind}): {error}", {"cause": kind})


def _unset(*_: Any) -> Any:
    raise RuntimeError("The engine was used before its instance was built.")
