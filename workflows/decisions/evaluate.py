"""Deciding: a decision and everything it requires, each evaluated once per request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.decisions.errors import DecisionInputInvalid, DecisionNotFound
from workflows.decisions.model import Decision, DecisionModel, InputData, Knowledge, Requirements, Service
from workflows.decisions.tables import DecisionRun, TableTrace
from workflows.feel import FeelBudgetExceeded, Function, Problem, Value
from workflows.feel.budget import MAX_CALLS, Run, Scope
from workflows.feel.errors import Trouble
from workflows.feel.types import convert

STEPS_OF_KNOWLEDGE = 10


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What was decided and why.

    matched:  rule ids of the decision's own table, in table order; empty when its logic is not a table.
    inputs:   column or input data name to value, as the decision saw them.
    trace:    every table that was run, in order, those of required decisions included.
    problems: why parts are null.
    digest:   SHA-256 of the model file.
    """

    value: Value
    matched: tuple[str, ...]
    inputs: Mapping[str, Value]
    decision_id: str
    trace: tuple[TableTrace, ...]
    problems: tuple[Problem, ...]
    digest: str


def decide(model: DecisionModel, decision_id: str, context: Mapping[str, Value], *, now: datetime) -> DecisionResult:
    """Evaluate one decision, named by id (or by its name). context: input data by name.

    Raises DecisionNotFound, DecisionInputInvalid, DecisionConflict or FeelBudgetExceeded.
    """
    decision = find_decision(model, decision_id)
    try:
        return result_of(Request(model, context, DecisionRun(now)), decision)
    except RecursionError:
        raise FeelBudgetExceeded("calls", MAX_CALLS) from None


def result_of(request: "Request", decision: Decision) -> DecisionResult:
    """Evaluate a decision within a request and say what was decided. Raises what `decide` does, and RecursionError."""
    value = request.decision(decision)
    own = [trace for trace in request.run.tables if decision.table and trace.table_id == decision.table.id]
    return DecisionResult(
        value=value,
        matched=own[-1].matched if own else (),
        inputs=own[-1].inputs if own else request.inputs,
        decision_id=decision.id,
        trace=tuple(request.run.tables),
        problems=tuple(request.run.problems),
        digest=request.model.digest,
    )


def find_decision(model: DecisionModel, decision_id: str) -> Decision:
    """By id, else by name. Raises DecisionNotFound."""
    found = model.decisions.get(decision_id)
    if found is None:
        found = next((one for one in model.decisions.values() if one.name == decision_id), None)
    if found is None:
        raise DecisionNotFound(decision_id)
    return found


def within(names: dict[str, Value], requires: Requirements, wanted: str) -> dict[str, Value]:
    """Where an element sees what it requires: among its own names, or in a context named like the import."""
    for name in requires.paths.get(wanted, ()):
        inner = names.setdefault(name, {})
        if not isinstance(inner, dict):
            inner = names[name] = {}
        names = inner
    return names


def _at(context: Mapping[str, Value], path: tuple[str, ...]) -> Value:
    value: Value = None
    for name in path:
        value = context.get(name)
        context = value if isinstance(value, dict) else {}
    return value


class Request:
    """One evaluation. context stays visible below everything, so that a table without declared input data can read
    the data of the process directly; given: results that stand in for decisions (inputs of a decision service).
    results: what was decided so far, by decision id."""

    def __init__(
        self,
        model: DecisionModel,
        context: Mapping[str, Value],
        run: DecisionRun,
        given: Mapping[str, Value] | None = None,
    ) -> None:
        self.model = model
        self.run = run
        self.inputs: dict[str, Value] = {}
        self._outside = Scope(run, context)
        self._context = context
        self.results: dict[str, Value] = dict(given or {})
        self._functions: dict[str, Value] = {}

    def decision(self, decision: Decision) -> Value:
        """Its result, computed at the first call."""
        if decision.id not in self.results:
            value = decision.code(self._scope(decision.id, decision.requires))
            self.results[decision.id] = self._fitting(decision, value)
        return self.results[decision.id]

    def _fitting(self, decision: Decision, value: Value) -> Value:
        try:
            return convert(self.run, value, decision.type)
        except Trouble as trouble:
            return self.run.problem(trouble.kind, trouble.message)

    def _scope(self, owner: str, requires: Requirements) -> Scope:
        names: dict[str, Value] = {}
        scope = Scope(self.run, names, self._outside)
        for one in requires.knowledge:
            self._add_knowledge(one, within(names, requires, one))
        for one in requires.inputs:
            if one in self.model.inputs:
                data = self.model.inputs[one]
                value = self.inputs[data.name] = self._input(owner, data, requires.paths.get(one, ()))
                within(names, requires, one)[data.name] = value
        for one in requires.decisions:
            if one in self.model.decisions:
                required = self.model.decisions[one]
                within(names, requires, one)[required.variable] = self.decision(required)
        return scope

    def _input(self, owner: str, data: InputData, path: tuple[str, ...]) -> Value:
        """Data of an imported file is given under the import's name, or plainly."""
        value = _at(self._context, (*path, data.name))
        if value is None:
            value = self._context.get(data.name)
        if value is None:
            return None
        try:
            return convert(self.run, value, data.type)
        except Trouble:
            raise DecisionInputInvalid(owner, data.name, "is not of the declared type or allowed values") from None

    def knowledge(self, name: str) -> Function | None:
        """A business knowledge model as a function, by name."""
        names: dict[str, Value] = {}
        for one in self.model.knowledge.values():
            if one.name == name:
                self._add_knowledge(one.id, names)
        found = names.get(name)
        return found if isinstance(found, Function) else None

    def _add_knowledge(self, wanted: str, names: dict[str, Value]) -> None:
        if wanted in self.model.knowledge:
            one = self.model.knowledge[wanted]
            names[one.name] = self._function(one)
        elif wanted in self.model.services:
            service = self.model.services[wanted]
            names[service.name] = self.service(service)

    def _function(self, one: Knowledge) -> Value:
        """A business knowledge model sees itself and what it requires, and nothing of its caller."""
        if one.id in self._functions:  # models that require each other can be reached in very many ways
            return self._functions[one.id]
        self.run.charge(STEPS_OF_KNOWLEDGE)
        names: dict[str, Value] = {}
        scope = Scope(self.run, names)
        for required in one.requires.knowledge:
            if required != one.id:
                self._add_knowledge(required, within(names, one.requires, required))
        names[one.name] = self._functions[one.id] = one.code(scope)
        return names[one.name]

    def service(self, service: Service) -> Function:
        """The service as a function of its input data and input decisions."""
        data = [self.model.inputs[one] for one in service.inputs if one in self.model.inputs]
        decisions = [self.model.decisions[one] for one in service.input_decisions if one in self.model.decisions]
        parameters = (*(one.name for one in data), *(one.variable for one in decisions))

        def call(run: Run, values: list[Value]) -> Value:
            if len(values) != len(parameters):
                raise Trouble("function", f'The arguments do not fit "{service.name}".')
            wanted = [one.type for one in data] + [one.type for one in decisions]
            fitting = [convert(run, value, one) for value, one in zip(values, wanted, strict=True)]
            context = dict(zip(parameters, fitting, strict=True))
            given = {one.id: context[one.variable] for one in decisions}
            return self._serve(service, context, given)

        return Function(service.name, parameters, call)

    def _serve(self, service: Service, context: dict[str, Value], given: dict[str, Value]) -> Value:
        inner = Request(self.model, context, self.run, given)
        outputs = [self.model.decisions[one] for one in service.outputs if one in self.model.decisions]
        results = {one.variable: inner.decision(one) for one in outputs}
        value: Value = next(iter(results.values())) if len(results) == 1 else results
        return convert(self.run, value, service.type)
