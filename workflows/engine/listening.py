"""The engine of one instance: it hears of every token (see patches.py), guards it, notes it and stops it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import guard
from workflows.engine.environment import Feel, Host
from workflows.engine.faults import EngineFault
from workflows.engine.journal import EngineIncident, Journal

_ENTERED = TaskState.WAITING | TaskState.READY | TaskState.STARTED
_NOT_ENTERED = TaskState.PREDICTED_MASK | TaskState.FUTURE


class FeelEngine(Feel):
    """The script engine of one instance during one verb.

    end_events: end events of the process that were reached, in order.
    passes:     how often a gateway that closes a loop was passed, by element id.
    pending:    what a step threw and its catchers have yet to hear.
    begin_at:   id of the start event a new instance begins at, when one was asked for.
    send, throw, waiting_key, handler_key: set by the execution; they need the compiled process.
    """

    is_ours = True

    def __init__(self, host: Host, now: datetime) -> None:
        super().__init__(host, now)
        self.timestamp = now.timestamp()
        self.end_events: list[str] = []
        self.passes: dict[str, int] = {}
        self.journal = Journal()
        self.pending: list[Callable[[], object]] = []
        self.begin_at: str | None = None
        self.send: Callable[[Any, Any], None] = _unset
        self.throw: Callable[[Any, Any, Any], None] = _unset
        self.waiting_key: Callable[[Any, Any], str | None] = _unset
        self.handler_key: Callable[[Any, Any], str | None] = _unset

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

    def carry(self) -> None:
        """The step is over: let everybody hear what it threw."""
        while self.pending:
            self.pending.pop(0)()

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
            if isinstance(spec, EndEvent) and _ends_process(task.workflow):
                self.end_events.append(element.id)
        elif after == TaskState.CANCELLED and before & (_ENTERED | TaskState.ERROR):
            self.journal.step(element, "cancelled", task.id)

    def stop(self, task: Any, error: Exception) -> None:
        """Stop a branch at this task and say why. The rest of the instance is not touched."""
        fault = error if isinstance(error, EngineFault) else _unexpected(error)
        task._set_state(TaskState.ERROR)
        element = getattr(task.task_spec, "element", None)
        element_id = element.id if element is not None else fault.facts.get("element_id")
        self.journal.incidents.append(
            EngineIncident(fault.kind, element_id, fault.message, {**fault.facts, "task_id": str(task.id)})
        )

    def report(self, kind: str, element_id: str | None, message: str) -> None:
        """An incident that stops nothing by itself."""
        self.journal.incidents.append(EngineIncident(kind, element_id, message, {}))


def _ends_process(scope: Any) -> bool:
    """Whether what ends here ends the process: it does at the top, and in what has interrupted the top."""
    around = scope.parent_task
    while around is not None:
        if around.workflow.task_tree.internal_data.get("interrupted") != around.task_spec.name:
            return False
        around = around.workflow.parent_task
    return True


def _unexpected(error: Exception) -> EngineFault:
    kind = type(error).__name__
    if "No conditions satisfied" in str(error):
        return EngineFault("no-gateway-match", "No condition of this gateway holds and it has no default flow.", {})
    return EngineFault("engine", f"The engine cannot go on here ({kind}): {error}", {"cause": kind})


def _unset(*_: Any) -> Any:
    raise RuntimeError("The engine was used before its instance was built.")
