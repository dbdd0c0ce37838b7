"""What can be seen of a process instance from outside."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from SpiffWorkflow.util.task import TaskState

from workflows.engine import tokens, tree, waiting
from workflows.engine.journal import EngineIncident, OutgoingMessage, OutgoingSignal, Step
from workflows.engine.listening import FeelEngine
from workflows.engine.specs import CompiledProcess
from workflows.engine.watch import is_stalled

Status = Literal["running", "completed", "stopped", "cancelled"]


class View:
    """The reading half of an execution."""

    def __init__(self, process: CompiledProcess, engine: FeelEngine, instance: Any, is_cancelled: bool = False) -> None:
        self.process = process
        self._engine = engine
        self._instance = instance
        self._is_cancelled = is_cancelled
        self._seen: dict[str, tuple[int, Any]] = {}

    def _look(self, what: str, look: Callable[[Any], Any]) -> Any:
        """What was seen stays true until something changes; callers look several times in one verb."""
        changes = self._instance.index.changes
        known = self._seen.get(what)
        if known is None or known[0] != changes:
            known = self._seen[what] = changes, look(self._instance)
        return known[1]

    def waiting(self) -> waiting.Waiting:
        """What the instance waits for."""
        found: waiting.Waiting = self._look("waiting", waiting.look)
        return found

    def tokens(self) -> tuple[tokens.Token, ...]:
        """Where the instance stands."""
        found: tuple[tokens.Token, ...] = self._look("tokens", tokens.look)
        return found

    @property
    def status(self) -> Status:
        """stopped: at least one branch needs an operator; other branches may still be worked on."""
        if self._is_cancelled:
            return "cancelled"
        if self._instance.completed:
            return "completed"
        return "stopped" if self._look("stopped", _is_stopped) else "running"

    @property
    def end_events(self) -> list[str]:
        """Ids of the process's end events that were reached, in order."""
        return list(self._engine.end_events)

    @property
    def variables(self) -> dict[str, Any]:
        """Process data as of now; data objects are apart."""
        return dict(self._look("variables", tree.variables))

    @property
    def data_objects(self) -> dict[str, Any]:
        """Data objects of the process as of now."""
        return dict(self._instance.data_objects)

    @property
    def decisions(self) -> Mapping[str, str]:
        """Decision type to last outcome."""
        return dict(self._engine.decisions)

    def drain_steps(self) -> list[Step]:
        """Steps since the last call."""
        steps, self._engine.journal.steps = self._engine.journal.steps, []
        return steps

    def drain_incidents(self) -> list[EngineIncident]:
        """Incidents since the last call."""
        incidents, self._engine.journal.incidents = self._engine.journal.incidents, []
        return incidents

    def drain_messages(self) -> list[OutgoingMessage]:
        """Messages thrown since the last call."""
        thrown, self._engine.journal.messages = self._engine.journal.messages, []
        return thrown

    def drain_signals(self) -> list[OutgoingSignal]:
        """Signals thrown since the last call."""
        thrown, self._engine.journal.signals = self._engine.journal.signals, []
        return thrown


def _is_stopped(instance: Any) -> bool:
    return tree.has_tasks(instance, TaskState.ERROR) or is_stalled(instance)
