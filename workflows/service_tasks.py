"""Which operators may a service task call, and with what?

A model names an operator ("denials.triage"); the line of work registers the function behind it once, at import. The
studio, the linter and the runner read the same catalog, so a model can never name work that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError

from workflows import service_schemas as schemas
from workflows.feel.types import FeelType
from workflows.service_schemas import Parameter

__all__ = ["Parameter"]

Decide = Callable[[str, Mapping[str, object]], object]
Declared = Mapping[str, Parameter | str] | type[Schema]


class BusinessError(Exception):
    """The work was done and its answer is an error of the business, which the model handles by a boundary event.

    code: the BPMN error code, one of the operator's declared `errors`.
    Anything else a handler raises is technical: the call is tried again and ends as an incident.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class TechnicalFailure(Exception):
    """The work could not be done. text: a sentence for an operator, without case data; it is kept and shown.

    permanent: another attempt would fail alike, so that none is made. retry_in: the pause that the other side asks
    for (Retry-After). Of any other exception only its class and the places it passed are kept, because its message may
    quote a record.
    """

    permanent = False

    def __init__(self, text: str, *, retry_in: timedelta | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.retry_in = retry_in


class Permanent(TechnicalFailure):
    """The other side refuses this call for good, e.g. with a 4xx status."""

    permanent = True


class UnknownOperator(LookupError):
    """No function is registered under this operator. Choose one of `catalog()`."""


class ParametersRefused(Permanent, ValueError):
    """The call's parameters are not the ones the operator declares. Correct the model, or the data, and retry.

    fields: dotted name to what is wrong; never the value itself.
    """

    def __init__(self, text: str, fields: Mapping[str, list[str]]) -> None:
        super().__init__(text)
        self.fields = dict(fields)


class ResultRefused(Permanent, RuntimeError):
    """The operator answered with something else than it declares. fields: as in ParametersRefused."""

    def __init__(self, text: str, fields: Mapping[str, list[str]]) -> None:
        super().__init__(text)
        self.fields = dict(fields)


class UndeclaredError(Permanent, RuntimeError):
    """The operator answered with an error code it never declared, so no model could have prepared for it."""


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One attempt of one service task.

    id:         the engine's task id.
    parameters: what the operator declared, checked; FEEL values (numbers are Decimal) or what its Schema makes of them.
    subject_id: the case the instance is about; None when it has none.
    decide:     answers a decision of the instance's own definition version: decide(decision_id, context). A decision
                without an answer stops the task with an incident, and what the operator wrote is undone. Operators
                that reach outside have none.
    key:        idempotency key: the same at every attempt, another one only after an operator had the call made again
                with other parameters. Hand it to the other side.
    attempt:    1, 2, 3 …
    timeout:    how long the handler may take; hand it to your client, because nothing can stop a waiting thread.
    settings:   what the composition root configured for this operator, such as an address and a key. Never shown.
    """

    id: UUID
    operator: str
    parameters: Mapping[str, Any] = field(repr=False)
    instance_id: UUID
    practice_id: int
    subject_id: UUID | None
    element_id: str
    now: datetime
    decide: Decide = field(repr=False)
    key: str = ""
    attempt: int = 1
    timeout: timedelta = timedelta(0)
    settings: Any = field(default=None, repr=False)


Handler = Callable[[ServiceCall], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How an operator that reaches outside is called.

    timeout:  of one attempt. retries: further attempts after the first; the element's `retries` goes before.
    backoff:  pause before the second attempt, doubled before each further one; the element's `backoff` goes before.
    """

    timeout: timedelta = timedelta(seconds=30)
    retries: int = 4
    backoff: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Operator:
    """An entry of the catalog.

    local:  True = touches our database only and runs inside the runtime's transaction, right after the step;
            False = reaches outside and is run by a job, never inside a transaction.
    errors: BPMN error codes the operator may answer with.
    result: what it answers with, for whoever reads it in a model.
    takes, gives: the schemas that every call is held against.
    """

    key: str
    handler: Handler
    parameters: Mapping[str, Parameter]
    local: bool
    errors: tuple[str, ...]
    result: FeelType
    summary: str
    pace: Pace
    takes: Schema = field(repr=False)
    gives: Schema = field(repr=False)


_operators: dict[str, Operator] = {}
_settings: dict[str, Any] = {}


def service_task(
    key: str,
    *,
    parameters: Declared,
    result: str | type[Schema] = "context",
    local: bool = False,
    errors: tuple[str, ...] = (),
    **pace: Any,
) -> Callable[[Handler], Handler]:
    """Register a function as an operator.

    parameters: FEEL types by name (given as text: required) or a marshmallow Schema class. result: the FEEL type of
    what the handler returns, each entry of which may be null, or a Schema class. pace: `timeout`, `retries` and
    `backoff` of an operator that is not local (see Pace). The first line of the function's docstring is what modelers
    read. Registering a second function under the same key is refused.
    """
    takes, declared = _input(parameters)
    gives, kind = _output(result)

    def register(handler: Handler) -> Handler:
        known = _operators.get(key)
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"Operator {key!r} is registered already; choose another key.")
        summary = (handler.__doc__ or "").strip().partition("\n")[0]
        _operators[key] = Operator(key, handler, declared, local, errors, kind, summary, Pace(**pace), takes, gives)
        return handler

    return register


def configure(key: str, settings: Any) -> None:
    """Give an operator its settings (addresses, keys). Called by the composition root, and by nothing else.

    They reach the handler as `call.settings`; a model cannot name them, and nothing stores or prints them.
    """
    _settings[key] = settings


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

    Raises UnknownOperator, BusinessError, TechnicalFailure (ParametersRefused, ResultRefused, UndeclaredError among
    them), or whatever else the handler met. An error code the operator never declared is technical, and so is an
    answer of another type: the model was checked against what is declared.
    """
    operator = get_operator(call.operator)
    parameters = require_parameters(operator, call.parameters)
    try:
        found = operator.handler(replace(call, parameters=parameters, settings=_settings.get(operator.key)))
    except BusinessError as error:
        require_declared(operator, error.code)
        raise
    return require_result(operator, found)


def require_parameters(operator: Operator, given: Mapping[str, object]) -> Mapping[str, Any]:
    """The parameters as the handler gets them. Raises ParametersRefused."""
    try:
        return schemas.load(operator.takes, given)
    except ValidationError as refused:
        fields = schemas.sentences(refused, given)
        text = f"{operator.key} cannot be called with these parameters: {_joined(fields)}"
        raise ParametersRefused(text, fields) from None


def require_result(operator: Operator, found: Any) -> Mapping[str, Any]:
    """The answer as the process gets it, from a handler or from a person. Raises ResultRefused."""
    text = f"{operator.key} answered with something else than it declares"
    if not isinstance(found, Mapping):
        raise ResultRefused(f"{text}.", {})
    try:
        answer = schemas.load(operator.gives, found)
    except ValidationError as refused:
        fields = schemas.sentences(refused, found)
        raise ResultRefused(f"{text}: {_joined(fields)}", fields) from None
    if not schemas.is_result(answer, operator.result):
        raise ResultRefused(f"{text}.", {})
    return answer


def require_declared(operator: Operator, code: str) -> None:
    """Raises UndeclaredError for an error code that no model could have prepared for."""
    if code not in operator.errors:
        raise UndeclaredError(f"{operator.key} answered with the undeclared error code {code!r}.")


def _joined(fields: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{name or 'all of it'}: {' '.join(texts)}" for name, texts in fields.items())


def _input(declared: Declared) -> tuple[Schema, Mapping[str, Parameter]]:
    if isinstance(declared, Mapping):
        parameters = {name: Parameter(one) if isinstance(one, str) else one for name, one in declared.items()}
        return schemas.schema_of(parameters), parameters
    schema = declared()
    return schema, schemas.parameters_of(schema)


def _output(declared: str | type[Schema]) -> tuple[Schema, FeelType]:
    if isinstance(declared, str):
        kind = schemas.feel_type(declared)
        return schemas.schema_of_result(kind), kind
    schema = declared()
    return schema, schemas.type_of_result(schema)
