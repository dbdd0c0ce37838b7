"""Plays a model in the engine and in the token game at once, and compares what can be seen after each step."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from tests.workflows.engine.token_game.interpreter import Armed, Game, Work
from workflows.engine import CompiledProcess, EngineIncident, Execution
from workflows.feel import from_python

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Seen = dict[str, Any]


class Silent:
    """A host that is asked nothing."""

    zone: tzinfo = UTC

    def decide(self, decision_id: str, context: Any, element_id: str) -> Any:
        raise AssertionError(decision_id)


@dataclass
class Match:
    """One instance in both. store: whether it is stored and loaded again before each step.

    stalled: joins that the token game found hopeless so far; None when nothing at all could happen.
    given: answers so far; each is told apart from all others, so that no write goes unnoticed.
    """

    process: CompiledProcess
    game: Game
    execution: Execution
    now: datetime
    store: Callable[[], bool]
    incidents: list[EngineIncident]
    given: int = 0
    stalled: set[str | None] = field(default_factory=set)

    @classmethod
    def begin(cls, process: CompiledProcess, variables: dict[str, Any], store: Callable[[], bool]) -> "Match":
        """Start both."""
        typed = {name: from_python(value) for name, value in variables.items()}
        game = Game(list(process.models), process.process_id, typed, NOON)
        execution = Execution.start(process, typed, host=Silent(), now=NOON)
        return cls(process, game, execution, NOON, store, execution.drain_incidents())

    def choices(self) -> list[Work | Armed]:
        """What can be done next: works, the timer that is due first, messages. The order does not depend on ids."""
        armed = sorted(self.game.armed(), key=lambda one: (one.due or NOON, one.element.id))
        timers = [one for one in armed if one.due is not None]
        works = sorted(self.game.works(), key=lambda one: (one.token.element.id, repr(one.known.data)))
        return [*works, *timers[:1], *(one for one in armed if one.message is not None)]

    def name(self, choice: Work | Armed) -> str:
        """The element of a choice."""
        return choice.token.element.id if isinstance(choice, Work) else choice.element.id

    def do(self, choice: Work | Armed, answer: int) -> None:
        """One step in both."""
        if self.store():
            self.execution = Execution.load(self.process, self.execution.dump(), host=Silent(), now=self.now)
        if isinstance(choice, Work):
            self.given += 1
            answers = {"n": Decimal(answer), "at": Decimal(self.given)}
            self.execution.complete_user_task(self._task(choice), answers)
            self.game.complete(choice, answers)
        elif choice.due is not None:
            self.now = max(self.now, choice.due)
            self.execution.fire_timers(self.now)
            self.game.happen(choice, self.now)
        else:
            found = [one for one in self.execution.waiting().messages if one.element_id == choice.element.id]
            self.execution.deliver_message(found[0].name, {"n": Decimal(1)}, found[0].id)
            self.game.happen(choice, self.now)
        self.incidents += self.execution.drain_incidents()

    def pass_time(self, seconds: int) -> None:
        """Let time pass, less than to the next timer."""
        due = [one.due for one in self.game.armed() if one.due is not None]
        latest = min(due, default=datetime.max.replace(tzinfo=UTC)) - timedelta(seconds=1)
        self.now = self.game.now = max(self.now, min(latest, self.now + timedelta(seconds=seconds)))
        self.execution.fire_timers(self.now)

    def has_tie(self) -> bool:
        """Whether two timers are due at once; their order is nobody's business."""
        due = Counter(one.due for one in self.game.armed() if one.due is not None)
        return any(number > 1 for number in due.values())

    def _task(self, work: Work) -> Any:
        element_id, data = work.token.element.id, work.known.data
        found = [one for one in self.execution.waiting().user_tasks if one.element_id == element_id]
        same = [one for one in found if one.data == data]
        return (same or found)[0].id

    def of_engine(self) -> Seen:
        """What the engine shows."""
        waiting, status = self.execution.waiting(), self.execution.status
        return {
            "works": sorted((one.element_id, _told(one.data)) for one in waiting.user_tasks),
            "timers": sorted((one.element_id, one.due_at) for one in waiting.timers),
            "messages": sorted(one.element_id for one in waiting.messages),
            "status": status,
            "ends": Counter(self.execution.end_events),
            "result": _told(self.execution.variables) if self._is_told else "",
            "stalled": {one.element_id for one in self.incidents if one.kind == "stalled"},
            "incidents": [one for one in self.incidents if one.kind != "stalled"],
        }

    def of_game(self) -> Seen:
        """What the token game shows."""
        armed, works = self.game.armed(), self.game.works()
        hopeless = self.game.hopeless()
        at_rest = "running" if armed or works else "stopped"
        self.stalled |= hopeless or ({None} if at_rest == "stopped" and not self.game.completed else set())
        return {
            "works": sorted((one.token.element.id, _told(one.known.data)) for one in works),
            "timers": sorted((one.element.id, one.due) for one in armed if one.due is not None),
            "messages": sorted(one.element.id for one in armed if one.message is not None),
            "status": "completed" if self.game.completed else at_rest,
            "ends": self.game.ends,
            "result": _told(self.game.result) if self._is_told else "",
            "stalled": self.stalled,
            "incidents": [],
        }

    @property
    def _is_told(self) -> bool:
        """Process data is compared when the process came to its end by itself."""
        return self.game.completed and not self.game.terminated


def _told(data: Any) -> str:
    return repr(sorted((name, value) for name, value in data.items()))
