"""This package's background work. A body takes ids, calls one verb and is quiet when nothing is left to do."""

from uuid import UUID

from store import clock
from store.jobs import BACKOFF, job
from store.practice import as_practice
from store.transaction import transaction
from workflows import runtime, timers
from workflows.webhooks import inbound


@job("workflows:timers.sweep", cron="* * * * * *")
def sweep_timers() -> None:
    """Every second: lease what is due until now."""
    with transaction():
        timers.claim_due(clock.now())


@job("workflows:timer.fire", retry=BACKOFF)
def fire_timers(practice_id: int, instance_id: str) -> None:
    """Wake one instance."""
    with as_practice(practice_id), transaction():
        runtime.fire_timers(UUID(instance_id), now=clock.now())


@job("workflows:webhook.deliver", retry=BACKOFF)
def deliver_webhook(delivery_id: str) -> None:
    """Process one accepted delivery."""
    inbound.deliver(UUID(delivery_id), now=clock.now())


@job("workflows:webhook.wake", cron="*/20 * * * * *")
def wake_webhooks() -> None:
    """Queue again what was accepted and never finished, because its job was lost."""
    inbound.wake_waiting(now=clock.now())
