"""What can be seen of a process instance from outside."""

from collections.abc import Mapping
from typing import Any, Literal

from SpiffWorkflow.util.task import TaskState

from workflows.engine import tree, waiting
from workflows.engine.journal import EngineIncident, OutgoingMessage, Step
from workflows.engine.listening import FeelEngine
from workflows.engine.run import is_stalled
from workflows.engine.specs import CompiledProcess

Status = Literal["running", "completed", "stopped", "cancelled"]


class View:
    """The reading half of an execution."""

    def __init__(self, process: CompiledProcess, engine: FeelEngine, instance: Any, is_cancelled: bool = False) -> None:
        self.process = process
        self._engine = engine
        self._instance = instance
        self._is_cancelled = is_cancelled

    def waiting(self) -> waiting.Waiting:
        """What the instance waits for."""
        return waiting.look(self._instance)

    @property
    def status(self) -> Status:
        """stopped: at least one branch needs an operator; other branches may still be worked on."""
        if self._is_cancelled:
            return "cancelled"
        if self._instance.completed:
            return "completed"
        return "stopped" if tree.tasks_in(self._instance, TaskState.ERROR) or is_stalled(self._instance) else "running"

    @property
    def end_events(self) -> list[str]:
        """Ids of the process's end events that were reached, in order."""
        return list(self._engine.end_events)

    @property
    def variables(self) -> dict[str, Any]:
        """Process data as of now."""
        return tree.variables(self._instance)

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
