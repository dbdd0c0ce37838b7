"""This package's background work. A body takes ids, calls one verb and is quiet when nothing is left to do."""

from uuid import UUID

from store import clock, ids
from store.jobs import BACKOFF, job
from store.practice import as_practice
from store.transaction import transaction
from workflows import runtime, service_calls, wakeups
from workflows.delivery import broadcasting, delivering, firing, starting
from workflows.webhooks import inbound


@job("workflows:timers.sweep", cron="* * * * * *")
def sweep_timers() -> None:
    """Every second: start and wake what is due until now."""
    starting.sweep(clock=clock.now)
    firing.sweep(clock=clock.now)


@job("workflows:timers.plan", cron="*/10 * * * * *")
def plan_start_timers() -> None:
    """Notice which processes are to be started by the clock."""
    starting.plan(now=clock.now())


@job("workflows:timer.fire", retry=BACKOFF)
def fire_timers(practice_id: int, instance_id: str) -> None:
    """Wake one instance."""
    with as_practice(practice_id), transaction():
        runtime.fire_timers(UUID(instance_id), now=clock.now())


@job("workflows:message.deliver", retry=BACKOFF)
def deliver_message(practice_id: int, row_id: str) -> None:
    """Take a message to its fate."""
    delivering.deliver(practice_id, UUID(row_id), clock=clock.now)


@job("workflows:signal.broadcast", retry=BACKOFF)
def broadcast_signal(practice_id: int, row_id: str) -> None:
    """Carry a signal to everybody who is to hear it."""
    broadcasting.carry(practice_id, UUID(row_id), clock=clock.now)


@job("workflows:delivery.wake", cron="*/5 * * * * *")
def wake_deliveries() -> None:
    """Queue messages and signals again whose job was lost, and messages whose time to live is over."""
    with transaction():
        wakeups.claim_due(clock.now())


@job("workflows:webhook.deliver", retry=BACKOFF)
def deliver_webhook(delivery_id: str) -> None:
    """Process one accepted delivery."""
    inbound.deliver(UUID(delivery_id), now=clock.now())


@job("workflows:webhook.wake", cron="*/20 * * * * *")
def wake_webhooks() -> None:
    """Queue again what was accepted and never finished, because its job was lost."""
    inbound.wake_waiting(now=clock.now())


@job("workflows:service_call.run", retry=BACKOFF)
def run_service_call(practice_id: int, call_id: str) -> None:
    """Make one attempt of a service task that reaches outside."""
    with as_practice(practice_id):
        service_calls.run(UUID(call_id), clock=clock.now, chance=ids.chance)


@job("workflows:service_call.wake", cron="*/5 * * * * *")
def wake_service_calls() -> None:
    """Queue the calls again whose job or worker was lost."""
    with transaction():
        service_calls.wake_due(clock.now())
