"""Operators that touch our database only, run between two steps of the engine, inside the verb's transaction.

What goes wrong in one is its own affair: everything it wrote is undone by a savepoint, the step stops with an incident,
and what the person did who set it in motion stays.
"""

from collections.abc import Mapping
from typing import Any

from store import faults
from store.errors import DomainError, Unavailable
from store.faults import Busy
from store.transaction import savepoint
from workflows import service_tasks
from workflows.engine import EngineFault
from workflows.failures import failure
from workflows.service_tasks import BusinessError, ServiceCall

FAILED = "service-failed"
REFUSED = "service-refused"


def invoke(call: ServiceCall, *, may_refuse: bool) -> Mapping[str, Any]:
    """The operator's answer. Raises BusinessError (what it wrote stays) or EngineFault (it is undone).

    may_refuse: whether a refusal in words goes back to a person, who then has done nothing; where no person waits for
    an answer it is an incident. A database that is busy or silent ends the whole verb: the same works later.
    """
    try:
        return _undone_when_it_fails(call)
    except (BusinessError, EngineFault):
        raise
    except DomainError as refusal:
        if may_refuse or isinstance(refusal, Busy | Unavailable):
            raise
        facts = {"operator": call.operator, "code": refusal.code}
        raise EngineFault(REFUSED, refusal.text, facts) from refusal
    except Exception as error:
        if isinstance(faults.in_words(error), Busy | Unavailable):
            raise
        raise _fault(call, error) from error


def _undone_when_it_fails(call: ServiceCall) -> Mapping[str, Any]:
    with savepoint():
        try:
            return service_tasks.invoke(call)
        except BusinessError as error:
            answered = error
    raise answered


def _fault(call: ServiceCall, error: Exception) -> EngineFault:
    found = failure(error)
    said = found.text or f"{call.operator} failed ({found.error})."
    facts = {"operator": call.operator, **found.facts}
    return EngineFault(FAILED, f"{said} Nothing of it was kept. Retry it, or answer it by hand.", facts)
