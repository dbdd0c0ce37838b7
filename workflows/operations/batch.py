"""Trying the same again in many instances: each in its own transaction, and what came of each is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store import faults
from store.errors import DomainError
from store.transaction import reading
from workflows import incidents
from workflows.operations.applying import LONGEST_REASON, Order, ReasonMissing, apply
from workflows.operations.kinds import Retry
from workflows.operations.previewing import plan

LARGEST = 200
"""Incidents of one batch."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one incident. text: why not; empty when it was tried again."""

    incident_id: UUID
    instance_id: UUID
    text: str = ""

    @property
    def done(self) -> bool:
        """Whether the step was tried again."""
        return not self.text


def retry_all(kind: str, reason: str, by: UUID, *, now: datetime, only: Sequence[UUID] | None = None) -> list[Tried]:
    """Retry the open incidents of a kind in the practices in view, the oldest of the newest LARGEST first.

    only: ids of incidents that were shown and chosen; None for all. Raises ReasonMissing; what stands against a single
    one is said in its result.
    """
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    with reading() as session:
        found = [
            (one.id, one.instance_id, incidents.task_of(one))
            for one, _ in incidents.listing(session, kind=kind, limit=LARGEST)
            if only is None or one.id in only
        ]
    return [
        Tried(incident_id, instance_id, _retry(instance_id, step, reason, by, now=now))
        for incident_id, instance_id, step in reversed(found)
    ]


def _retry(instance_id: UUID, step: UUID | None, reason: str, by: UUID, *, now: datetime) -> str:
    """Why not; empty when it was done."""
    if step is None:
        return "No step stopped with this incident. Look at the instance."
    operation = Retry(step)
    try:
        with reading() as session:
            digest = plan(session, instance_id, operation, now=now).digest
        apply(Order(instance_id, operation, digest, reason, by), now=now)
    except DomainError as error:
        return error.text
    except Exception as error:
        known = faults.in_words(error)
        if known is None:
            raise
        return known.text
    return ""
