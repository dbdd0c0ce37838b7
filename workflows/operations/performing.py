"""Doing an operation to an instance in memory. The same for a preview, whose copy is thrown away, and for the deed."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import Conflict, Invalid, NotFound
from workflows import definitions, service_tasks
from workflows.deciding import Host
from workflows.definitions import Definition, ProcessDefinition
from workflows.engine import migrate
from workflows.model import Element
from workflows.operations.kinds import (
    Answer,
    Cancel,
    Migrate,
    Move,
    Operation,
    Resume,
    Retry,
    Rewind,
    SetVariables,
    Skip,
    Suspend,
    Throw,
)
from workflows.runtime import Run
from workflows.service_tasks import ResultRefused, UndeclaredError


class NotSuspended(Conflict):
    """Only a suspended instance can be resumed."""

    code = "operation.not_suspended"
    message = "This instance is not suspended. Reload the page to see how it stands."


class SuspendedAlready(Conflict):
    """The instance is held already, and moves only after it is resumed."""

    code = "operation.suspended"
    message = "This instance is suspended. Resume it first."


class UnknownStep(NotFound):
    """The instance has no token of that id."""

    code = "operation.unknown_step"
    message = "This instance has no such step any more. Reload the page to see where it stands."


class NotAService(Invalid):
    """Only a service task has an answer, and ends in an error."""

    code = "operation.not_a_service"
    message = "This step is no service task, so it has no answer. Retry it, skip it, or move the token."


class AnswerRefused(Invalid):
    """The answer is not what the operator declares; `fields` says where."""

    code = "operation.answer_refused"
    message = "This is not what the service task answers with. Correct it as the fields below say."


class UnknownVersion(NotFound):
    """The process has no published version of that number."""

    code = "operation.unknown_version"
    message = "This process has no version {version}. Choose one of its published versions."


def perform(run: Run, operation: Operation) -> None:
    """Do it in memory. Raises what the engine refuses, or one of the errors above."""
    suspended = run.row.suspended_at is not None
    if isinstance(operation, Resume) and not suspended:
        raise NotSuspended()
    if suspended and not isinstance(operation, Resume | Cancel | SetVariables | Migrate):
        raise SuspendedAlready()
    _DEEDS[type(operation)](run, operation)


def element_of(run: Run, task_id: UUID | None) -> Element | None:
    """The element of the step; None for operations on the whole instance. Raises UnknownStep."""
    if task_id is None:
        return None
    token = next((one for one in run.execution.tokens() if one.id == task_id), None)
    if token is None:
        raise UnknownStep()
    return run.definition.process.elements.get(token.element_id)


def version(session: Session, key: str, number: int) -> Definition:
    """A published version of a process. Raises UnknownVersion."""
    found = session.scalar(
        select(ProcessDefinition.id).where(ProcessDefinition.key == key, ProcessDefinition.version == number)
    )
    if found is None:
        raise UnknownVersion(version=number)
    return definitions.get(session, found)


def _nothing(run: Run, operation: Suspend) -> None:
    """The row alone changes."""


def _resume(run: Run, operation: Resume) -> None:
    run.execution.fire_timers(run.now)


def _cancel(run: Run, operation: Cancel) -> None:
    run.execution.cancel()


def _set(run: Run, operation: SetVariables) -> None:
    run.execution.set_variables(operation.values, operation.removed)


def _retry(run: Run, operation: Retry) -> None:
    element_of(run, operation.step)
    run.execution.retry(operation.step)


def _answer(run: Run, operation: Answer) -> None:
    run.execution.skip(operation.step, _checked(_service(run, operation.step), operation.value))


def _skip(run: Run, operation: Skip) -> None:
    element_of(run, operation.step)
    run.execution.skip(operation.step, None)


def _throw(run: Run, operation: Throw) -> None:
    operator = _service(run, operation.step)
    if operator is not None:
        try:
            service_tasks.require_declared(operator, operation.code)
        except UndeclaredError:
            declared = ", ".join(operator.errors) or "none"
            raise AnswerRefused(fields={"code": [f"{operator.key} declares these errors: {declared}."]}) from None
    payload = {"code": operation.code, "message": "Thrown by an operator."}
    run.execution.throw_error(operation.step, operation.code, payload)


def _move(run: Run, operation: Move) -> None:
    element_of(run, operation.step)
    run.execution.move_token(operation.step, operation.element)


def _rewind(run: Run, operation: Rewind) -> None:
    run.execution.rewind(operation.step)


def _migrate(run: Run, operation: Migrate) -> None:
    new = version(run.session, run.definition.key, operation.version)
    host = Host(new, run.now, run.host.zone, business=run.host.business)
    run.execution = migrate(run.execution, new.process, operation.mapping, host=host, now=run.now)
    run.definition, run.host = new, host


def _service(run: Run, task_id: UUID) -> service_tasks.Operator | None:
    """The operator of a service task's step; None when nobody registered it. Raises NotAService."""
    element = element_of(run, task_id)
    if element is None or element.operator is None:
        raise NotAService()
    return service_tasks.find(element.operator.id)


def _checked(operator: service_tasks.Operator | None, value: Any) -> Any:
    if operator is None:
        return value
    try:
        return service_tasks.require_result(operator, value)
    except ResultRefused as refused:
        fields = {f"result.{name}": texts for name, texts in refused.fields.items()}
        raise AnswerRefused(fields=fields or {"result": ['Write a context, e.g. {status: "paid"}.']}) from None


_DEEDS: Mapping[type[Operation], Callable[[Run, Any], None]] = {
    Suspend: _nothing,
    Resume: _resume,
    Cancel: _cancel,
    SetVariables: _set,
    Retry: _retry,
    Answer: _answer,
    Skip: _skip,
    Throw: _throw,
    Move: _move,
    Rewind: _rewind,
    Migrate: _migrate,
}
