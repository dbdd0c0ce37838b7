"""This package's background work. A body takes ids, calls one verb and is quiet when nothing is left to do."""

from uuid import UUID

from mso.denials import intake
from mso.denials.service_tasks import RELEASE_JOB
from store import clock
from store.jobs import BACKOFF, job


@job(RELEASE_JOB, retry=BACKOFF)
def release_remittance(practice_id: int, row_id: str) -> None:
    """Run the rest of the intake of a released transaction."""
    intake.release(practice_id, UUID(row_id), now=clock.now())
