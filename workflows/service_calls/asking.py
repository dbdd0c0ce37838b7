"""One attempt: the handler at work, with no transaction open and no database within its reach.

It runs in a thread of its own, which has no application context: a handler that tries to use our database fails at
once. A thread cannot be stopped from outside, so a handler that takes too long is left behind; its answer is not taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Any

from workflows import service_tasks
from workflows.failures import Failure, failure
from workflows.service_tasks import BusinessError, Permanent, ServiceCall


@dataclass(frozen=True, slots=True)
class Answered:
    """The operator did the work."""

    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Thrown:
    """The operator answered with one of its declared BPMN errors."""

    code: str
    text: str


Outcome = Answered | Thrown | Failure


def ask(call: ServiceCall) -> Outcome:
    """Make one attempt; at most as long as the call's timeout."""
    found: list[Outcome] = []
    thread = Thread(target=lambda: found.append(_invoke(call)), name=f"service-call-{call.id}", daemon=True)
    thread.start()
    thread.join(call.timeout.total_seconds())
    if not found:
        return Failure("Timeout", f"{call.operator} gave no answer within {call.timeout.total_seconds():g} s.")
    return found[0]


def _invoke(call: ServiceCall) -> Outcome:
    try:
        return Answered(service_tasks.invoke(call))
    except BusinessError as error:
        return Thrown(error.code, error.text)
    except Exception as error:
        return failure(error)


def no_decisions(decision_id: str, context: Mapping[str, object]) -> object:
    """What `call.decide` is for an operator that reaches outside: the database is not at hand."""
    raise Permanent("An operator that reaches outside asks no decisions. Put a business rule task before it.")
