"""A scenario under way: one execution in memory, its clock, and the answers its service tasks get.

No database, no network, no clock of the machine. Between two steps the state is stored and loaded, as in the product.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from workflows import service_tasks
from workflows.engine import EngineFault, EngineIncident, Execution, Step, WaitingServiceCall
from workflows.scenarios.book import Answers, Book
from workflows.scenarios.material import Host, Material
from workflows.scenarios.told import Differs, feel_of
from workflows.service_tasks import TechnicalFailure

T = TypeVar("T")

MAX_ROUNDS = 500
"""How often one step may go from the engine to service tasks and timers and back."""
FAILED = "service-failed"


@dataclass(frozen=True, slots=True)
class Called:
    """A service task that was answered."""

    element_id: str
    operator: str
    parameters: Mapping[str, Any]


@dataclass
class Stage:
    """One run.

    usual:     how service tasks are answered, the most particular first.
    steps:     what the engine did since the start. called: the service tasks that were answered.
    opened:    incidents since the last step of the scenario. sent: names of what was thrown since then.
    stopped:   element id to the engine's task that stopped there.
    """

    material: Material
    book: Book
    execution: Execution
    host: Host
    usual: tuple[Answers, ...]
    steps: list[Step] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    opened: list[EngineIncident] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, material: Material, book: Book, start: Mapping[str, Any], usual: tuple[Answers, ...]) -> "Stage":
        """Start an instance with the told variables and let it come to rest. Raises Differs, DomainError."""
        host = Host(material, book.zone, book.now, book.holidays)
        variables = {name: feel_of(told, {}, now=host.local) for name, told in start.items()}
        execution = Execution.start(material.process, variables, host=host, now=book.now)
        stage = cls(material, book, execution, host, usual)
        stage.settle()
        return stage

    @property
    def now(self) -> datetime:
        """The scenario's time."""
        return self.host.now

    def reload(self) -> None:
        """Store the instance and load it again; also hands the engine the time."""
        self.execution = Execution.load(self.material.process, self.execution.dump(), host=self.host, now=self.host.now)

    def value(self, told: Any) -> Any:
        """A told value; FEEL reads the process data. Raises Differs."""
        return feel_of(told, self.execution.variables, now=self.host.local)

    def pass_until(self, moment: datetime) -> None:
        """Move the clock; everything that is due on the way happens at its own time, in order. Raises Differs."""
        for _ in range(MAX_ROUNDS):
            due = [one.due_at for one in self.execution.waiting().timers if one.due_at <= moment]
            if not due:
                break
            self.host.now = max(self.host.now, min(due))
            self.execution.fire_timers(self.host.now)
            self.settle()
        else:
            raise Differs("the timers to come to rest", f"{MAX_ROUNDS} that fired before {moment:%Y-%m-%d %H:%M}")
        self.host.now = moment
        self.reload()

    def settle(self) -> None:
        """Answer service tasks until nothing is left that the scenario can answer. Raises Differs."""
        for _ in range(MAX_ROUNDS):
            answered = [self._answer(call) for call in self.execution.waiting().service_calls]
            if not any(answered):
                break
        else:
            raise Differs("the process to come to rest", "service tasks that call each other without end")
        self.steps += self.execution.drain_steps()
        self.opened += self.execution.drain_incidents()
        self.stopped |= {one.element_id or "": str(one.facts["task_id"]) for one in self.opened if _is_stop(one)}
        self.sent += [one.name for one in self.execution.drain_messages()]
        self.sent += [one.name for one in self.execution.drain_signals()]

    def _answer(self, call: WaitingServiceCall) -> bool:
        """False when nothing is told about it: one that reaches outside then waits, a local one refuses by name."""
        failure, error, result = (self._told(call, kind) for kind in ("failures", "errors", "results"))
        narrow = min(one[0] for one in (failure, error, result))
        if narrow == _UNTOLD:
            self._require_no_local(call)
            return False
        if failure[0] == narrow:
            self.fail(call, failure[1])
        elif error[0] == narrow:
            self.throw(call, error[1], {})
        else:
            context = {**self.execution.variables, **call.parameters}
            self.finish(call, feel_of(result[1], context, now=self.host.local))
        return True

    def _told(self, call: WaitingServiceCall, kind: str) -> tuple[int, Any]:
        """How near the scenario says something about a call: the step before the scenario before the book."""
        for distance, answers in enumerate(self.usual):
            told: Mapping[str, Any] = getattr(answers, kind)
            for place, name in enumerate((call.element_id, call.operator)):
                if name in told:
                    return 2 * distance + place, told[name]
        return _UNTOLD, None

    def _require_no_local(self, call: WaitingServiceCall) -> None:
        operator = service_tasks.find(call.operator)
        if operator is None or operator.local:
            kind = "an operator that is not known here" if operator is None else "an operator that runs at once"
            expected = f'an answer of {call.operator} at {call.element_id} (in "services")'
            raise Differs(expected, f"none, and it is {kind}", call.element_id)

    def finish(self, call: WaitingServiceCall, result: Any) -> None:
        """Answer a call; parameters and result are held against what the operator declares. Raises Differs."""
        operator = service_tasks.find(call.operator)
        if operator is not None:
            fault = _refusal(lambda: service_tasks.require_parameters(operator, call.parameters))
            if fault is not None:
                self.fail(call, fault)
                return
            found = _refusal(lambda: service_tasks.require_result(operator, result))
            if found is not None:
                raise Differs(f"an answer that {call.operator} may give", found, call.element_id)
            result = service_tasks.require_result(operator, result)
        self._note(call)
        self.execution.finish_service_call(call.id, result)

    def throw(self, call: WaitingServiceCall, code: str, payload: Mapping[str, Any]) -> None:
        """Answer a call with a BPMN error that the operator declares. Raises Differs."""
        operator = service_tasks.find(call.operator)
        if operator is not None and code not in operator.errors:
            declared = ", ".join(operator.errors) or "none"
            raise Differs(f"an error code of {call.operator} (declared: {declared})", code, call.element_id)
        self._note(call)
        self.execution.throw_error(call.id, code, {"code": code, "message": "", **payload})

    def fail(self, call: WaitingServiceCall, sentence: str) -> None:
        """Stop a call by a technical failure."""
        self._note(call)
        self.execution.fail_service_call(call.id, EngineFault(FAILED, sentence, {"operator": call.operator}))

    def _note(self, call: WaitingServiceCall) -> None:
        self.called.append(Called(call.element_id, call.operator, call.parameters))


_UNTOLD = 1_000_000


def _refusal(check: Callable[[], object]) -> str | None:
    try:
        check()
    except TechnicalFailure as error:
        return str(error)
    return None


def _is_stop(incident: EngineIncident) -> bool:
    return incident.element_id is not None and "task_id" in incident.facts
