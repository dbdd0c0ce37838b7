"""Which operators may a service task call, and with what?

A model names an operator ("denials.triage"); the line of work registers the function behind it once, at import. The
studio, the linter and the runner read the same catalog, so a model can never name work that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflows.feel import FeelSyntaxError, from_python
from workflows.feel.budget import Run
from workflows.feel.parse_types import parse_type
from workflows.feel.types import FeelType, conforms

Decide = Callable[[str, Mapping[str, object]], object]


class BusinessError(Exception):
    """The work was done and its answer is an error of the business, which the model handles by a boundary event.

    code: the BPMN error code, one of the operator's declared `errors`.
    Anything else a handler raises is technical: the call is tried again and ends as an incident.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class UnknownOperator(LookupError):
    """No function is registered under this operator. Choose one of `catalog()`."""


class ParametersRefused(ValueError):
    """The call's parameters are not the ones the operator declares. Correct the model."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of an operator.

    type: FEEL type as it is written, such as "number" or "list<string>".
    """

    type: str
    required: bool = True
    description: str = ""

    def __post_init__(self) -> None:
        _type(self.type)

    @property
    def kind(self) -> FeelType:
        """The type itself."""
        return _type(self.type)


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One attempt of one service task.

    id:         the engine's task id; the same at every attempt, so it serves as idempotency key.
    parameters: FEEL values as the model computed them (numbers are Decimal).
    subject_id: the case the instance is about; None when it has none.
    decide:     answers a decision of the instance's own definition version: decide(decision_id, context). A decision
                without an answer stops the task with an incident; what was written before it was asked stays, so ask
                first.
    """

    id: UUID
    operator: str
    parameters: Mapping[str, object]
    instance_id: UUID
    practice_id: int
    subject_id: UUID | None
    element_id: str
    now: datetime
    decide: Decide


Handler = Callable[[ServiceCall], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Operator:
    """An entry of the catalog.

    local:  True = touches our database only and runs inside the runtime's transaction, right after the step;
            False = reaches outside and is run by a job, never inside a transaction.
    errors: BPMN error codes the operator may answer with.
    result: what it answers with, for whoever reads it in a model.
    """

    key: str
    handler: Handler
    parameters: Mapping[str, Parameter]
    local: bool
    errors: tuple[str, ...]
    result: FeelType
    summary: str


_operators: dict[str, Operator] = {}


def service_task(
    key: str,
    *,
    parameters: Mapping[str, Parameter | str],
    result: str = "context",
    local: bool = False,
    errors: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Register a function as an operator.

    A parameter given as text is a required one of that FEEL type; result is the FEEL type of what the handler returns,
    each entry of which may be null. The first line of the function's docstring is what
    modelers read. Registering a second function under the same key is refused.
    """

    def register(handler: Handler) -> Handler:
        known = _operators.get(key)
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"Operator {key!r} is registered already; choose another key.")
        summary = (handler.__doc__ or "").strip().partition("\n")[0]
        _operators[key] = Operator(key, handler, _declared(parameters), local, errors, _type(result), summary)
        return handler

    return register


def catalog() -> Mapping[str, Operator]:
    """All registered operators by key, sorted."""
    return {key: _operators[key] for key in sorted(_operators)}


def find(key: str) -> Operator | None:
    """The operator with this key, or None."""
    return _operators.get(key)


def get_operator(key: str) -> Operator:
    """Raises UnknownOperator."""
    operator = find(key)
    if operator is None:
        raise UnknownOperator(f"No operator is called {key!r}; see the catalog.")
    return operator


def invoke(call: ServiceCall) -> Mapping[str, object]:
    """Run the call's operator and return its result.

    Raises UnknownOperator, ParametersRefused, BusinessError, or whatever technical error the handler met. An error
    code the operator never declared is technical too, and so is an answer of another type: the model was checked
    against what is declared.
    """
    operator = get_operator(call.operator)
    require_parameters(operator, call.parameters)
    try:
        found = operator.handler(call)
        if not conforms(Run(call.now), from_python(found), operator.result):
            raise RuntimeError(f"{operator.key} answered with something else than it declares.")
        return found
    except BusinessError as error:
        if error.code not in operator.errors:
            raise RuntimeError(f"{operator.key} answered with the undeclared error code {error.code!r}.") from error
        raise


def require_parameters(operator: Operator, given: Mapping[str, object]) -> None:
    """Refuse missing and unknown parameter names; values are the operator's own business."""
    unknown = sorted(given.keys() - operator.parameters.keys())
    missing = sorted(name for name, one in operator.parameters.items() if one.required and name not in given)
    if unknown or missing:
        raise ParametersRefused(
            f"{operator.key}: missing {', '.join(missing) or 'nothing'}, unknown {', '.join(unknown) or 'nothing'}."
        )


def _type(text: str) -> FeelType:
    try:
        return parse_type(text)
    except FeelSyntaxError as error:
        raise ValueError(f"{text!r} is not a FEEL type: {error}") from None


def _declared(parameters: Mapping[str, Parameter | str]) -> Mapping[str, Parameter]:
    return {name: Parameter(one) if isinstance(one, str) else one for name, one in parameters.items()}
